package io.varve.engine.iterator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

  /// Rates of filters are counted as whole billionths.
  public static final double BILLION = 1e9;

  private static final int REASONS = ReadReason.values().length;
  private static final int FILTER_COUNTS = FilterCount.values().length;

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

  /// Bytes of the first piece of scratch memory, which is kept.
  private static final int SCRATCH_BYTES = 16 << 10;

  private final ArrayList<PinnedBlock> pins = new ArrayList<>();

  /// Pieces of scratch memory; the last one is being filled.
  private final ArrayList<MemorySegment> scratch = new ArrayList<>();

  private long scratchNext;
  private long scratchEnd;
  private final long[] readIos = new long[LEVELS_COUNTED * REASONS];
  private boolean memoryOnly;
  private long nowMillis;
  private long pinnedBytes;
  private long bytesRead;
  private long readNanos;
  private long cacheHits;
  private long runsProbed;

  /// Verdicts of filters, level by level: [FilterCount#ordinal()] says which is which.
  private final long[] filterCounts = new long[LEVELS_COUNTED * FILTER_COUNTS];

  /// A bit for each level that a filter was asked on.
  private int filterLevels;

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

  /// Counts a filter that said no: the key is certainly not in the table.
  ///
  /// @param level level of the table, 0 the youngest
  /// @param falsePositiveBillionths how often the filter should say maybe for keys that the table does
  ///     not hold, in billionths
  public void countFilterNegative(int level, long falsePositiveBillionths) {
    int at = filterCountsAt(level);
    filterCounts[at + FilterCount.NEGATIVE.ordinal()]++;
    filterCounts[at + FilterCount.EXPECTED_BILLIONTHS.ordinal()] += falsePositiveBillionths;
  }

  /// Counts a filter that said maybe.
  public void countFilterPositive(int level) {
    filterCounts[filterCountsAt(level) + FilterCount.POSITIVE.ordinal()]++;
  }

  /// Counts, after [#countFilterPositive(int)], that the table did not hold the key.
  public void countFilterFalsePositive(int level, long falsePositiveBillionths) {
    int at = filterCountsAt(level);
    filterCounts[at + FilterCount.FALSE_POSITIVE.ordinal()]++;
    filterCounts[at + FilterCount.EXPECTED_BILLIONTHS.ordinal()] += falsePositiveBillionths;
  }

  private int filterCountsAt(int level) {
    int counted = Math.min(level, LEVELS_COUNTED - 1);
    filterLevels |= 1 << counted;
    return counted * FILTER_COUNTS;
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

  /// What filters said at a level.
  public long filterCount(int level, FilterCount count) {
    return filterCounts[level * FILTER_COUNTS + count.ordinal()];
  }

  /// A bit for each level at which any filter was asked, the lowest for level 0.
  public int filterLevels() {
    return filterLevels;
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

  /// Memory for something that a read copies: as valid as the blocks that it holds.
  ///
  /// @return address of so many bytes
  public long scratch(int bytes) {
    long at = scratchNext;
    if (bytes > scratchEnd - at) {
      at = moreScratch(bytes);
    }
    scratchNext = at + bytes;
    return at;
  }

  private long moreScratch(int bytes) {
    long size = Math.max(bytes, (long) SCRATCH_BYTES << Math.min(scratch.size(), 6));
    MemorySegment piece = Arena.ofAuto().allocate(size, 8);
    scratch.add(piece);
    scratchEnd = piece.address() + size;
    return piece.address();
  }

  private void releaseScratch() {
    if (scratch.isEmpty()) {
      return;
    }
    while (scratch.size() > 1) {
      scratch.removeLast();
    }
    scratchNext = scratch.getFirst().address();
    scratchEnd = scratchNext + scratch.getFirst().byteSize();
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
    for (int i = 0; i < filterCounts.length; i++) {
      filterCounts[i] += other.filterCounts[i];
    }
    filterLevels |= other.filterLevels;
  }

  /// Lets go of all blocks: slices from lookups are invalid from here on.
  public void releasePins() {
    for (int i = 0; i < pins.size(); i++) {
      pins.get(i).unpin();
    }
    pins.clear();
    pinnedBytes = 0;
    releaseScratch();
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
      if (filterLevels != 0) {
        java.util.Arrays.fill(filterCounts, 0);
        filterLevels = 0;
      }
    }
  }
}
