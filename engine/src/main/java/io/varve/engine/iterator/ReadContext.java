package io.varve.engine.iterator;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// What one read carries through the layers: whether it may go to disk, what it has cost so far, and
/// the blocks it holds on to.
///
/// Slices that a lookup returns point into blocks; the context keeps those blocks until
/// [#releasePins()]. A read that was refused for want of a block ([#memoryOnly()]) is repeated by a
/// thread that may wait, and the blocks which that thread pinned are handed to the second try with
/// [#adoptPins(ReadContext)]: so a small cache cannot starve a read. Reused from read to read; one
/// thread at a time.
public final class ReadContext {

  /// Levels that are counted apart; deeper ones count as the last.
  public static final int LEVELS_COUNTED = 16;

  private static final int REASONS = ReadReason.values().length;

  /// A block that is kept in memory while somebody reads it.
  public interface PinnedBlock {
    /// Number of the file that the block is part of.
    long fileNumber();

    /// Byte offset of the block in its file.
    long offset();

    /// Bytes of memory that the pin keeps.
    long memoryBytes();

    /// Lets go; called once.
    void unpin();
  }

  private final ArrayList<PinnedBlock> pins = new ArrayList<>();
  private final long[] readIos = new long[LEVELS_COUNTED * REASONS];
  private boolean memoryOnly;
  private long nowMillis;
  private long pinnedBytes;
  private long bytesRead;
  private long readNanos;
  private long cacheHits;
  private long runsProbed;
  private long filterProbes;
  private long filterNegatives;
  private long filterFalsePositives;

  /// Whether a block that is not in memory must raise `NotInMemoryException` instead of being read.
  public boolean memoryOnly() {
    return memoryOnly;
  }

  public ReadContext setMemoryOnly(boolean only) {
    memoryOnly = only;
    return this;
  }

  /// The time at which expiring entries are judged, in milliseconds since 1970. At 0, the default, none
  /// has expired: such a reader may see an entry or not once its time has passed.
  public long nowMillis() {
    return nowMillis;
  }

  public ReadContext setNowMillis(long millis) {
    nowMillis = millis;
    return this;
  }

  /// Counts a block read that memory could not serve.
  ///
  /// @param level level of the table, 0 the youngest
  /// @param bytes bytes read from the file
  /// @param nanos nanoseconds that the read took
  public void countReadIo(int level, ReadReason reason, long bytes, long nanos) {
    readIos[Math.min(level, LEVELS_COUNTED - 1) * REASONS + reason.ordinal()]++;
    bytesRead += bytes;
    readNanos += nanos;
  }

  /// Counts a block that the cache served.
  public void countCacheHit() {
    cacheHits++;
  }

  /// Counts a run that was asked for a key, be it that its filter denied it.
  public void countRunProbed() {
    runsProbed++;
  }

  /// @param maybe the filter's verdict: false means that the key is certainly not in the table
  public void countFilterProbe(boolean maybe) {
    filterProbes++;
    if (!maybe) {
      filterNegatives++;
    }
  }

  /// Counts a table whose filter said maybe and which did not hold the key.
  public void countFilterFalsePositive() {
    filterFalsePositives++;
  }

  /// Blocks read from disk at a level for a reason.
  public long readIos(int level, ReadReason reason) {
    return readIos[level * REASONS + reason.ordinal()];
  }

  /// Blocks read from disk, of all levels and reasons.
  public long readIos() {
    long sum = 0;
    for (long count : readIos) {
      sum += count;
    }
    return sum;
  }

  public long bytesRead() {
    return bytesRead;
  }

  public long readNanos() {
    return readNanos;
  }

  public long cacheHits() {
    return cacheHits;
  }

  public long runsProbed() {
    return runsProbed;
  }

  public long filterProbes() {
    return filterProbes;
  }

  public long filterNegatives() {
    return filterNegatives;
  }

  public long filterFalsePositives() {
    return filterFalsePositives;
  }

  /// Keeps a block until [#releasePins()].
  public void pin(PinnedBlock block) {
    pins.add(block);
    pinnedBytes += block.memoryBytes();
  }

  /// Bytes of memory that this context keeps.
  public long pinnedBytes() {
    return pinnedBytes;
  }

  /// A block that this context already holds, or null.
  public @Nullable PinnedBlock findPin(long fileNumber, long offset) {
    for (int i = 0; i < pins.size(); i++) {
      PinnedBlock pin = pins.get(i);
      if (pin.offset() == offset && pin.fileNumber() == fileNumber) {
        return pin;
      }
    }
    return null;
  }

  /// Takes over the blocks that another context holds.
  public void adoptPins(ReadContext other) {
    pins.addAll(other.pins);
    pinnedBytes += other.pinnedBytes;
    other.pins.clear();
    other.pinnedBytes = 0;
  }

  /// Adds the costs of another context to this one's, for a read that took two tries.
  public void addCosts(ReadContext other) {
    for (int i = 0; i < readIos.length; i++) {
      readIos[i] += other.readIos[i];
    }
    bytesRead += other.bytesRead;
    readNanos += other.readNanos;
    cacheHits += other.cacheHits;
    runsProbed += other.runsProbed;
    filterProbes += other.filterProbes;
    filterNegatives += other.filterNegatives;
    filterFalsePositives += other.filterFalsePositives;
  }

  /// Lets go of all blocks: slices from lookups are invalid from here on.
  public void releasePins() {
    for (int i = 0; i < pins.size(); i++) {
      pins.get(i).unpin();
    }
    pins.clear();
    pinnedBytes = 0;
  }

  /// Back to nothing held and nothing counted; [#memoryOnly()] and [#nowMillis()] stay.
  public void reset() {
    releasePins();
    if (runsProbed + cacheHits + bytesRead > 0) {
      java.util.Arrays.fill(readIos, 0);
      bytesRead = 0;
      readNanos = 0;
      cacheHits = 0;
      runsProbed = 0;
      filterProbes = 0;
      filterNegatives = 0;
      filterFalsePositives = 0;
    }
  }
}
