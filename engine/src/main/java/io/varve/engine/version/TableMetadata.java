package io.varve.engine.version;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.BoundKind;
import io.varve.engine.key.KeyRange;
import io.varve.engine.sstable.SstableSummary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// What a version knows of a table without opening it.
///
/// Immutable. The key slices are copies in memory outside the heap, like all other keys that a
/// lookup compares, so that the comparison sees one kind of segment; nobody may point them
/// elsewhere.
///
/// @param fileNumber names the file; never reused
/// @param fileBytes bytes of the file
/// @param entryCount versions of keys in it, tombstones included
/// @param tombstoneCount how many of them are tombstones
/// @param rawBytes bytes of keys and values before compression
/// @param smallestKey least user key of an entry or start of a range tombstone
/// @param largestKey greatest user key, or the first behind a range tombstone that reaches farther;
///     [KeyRange#END] if that covers all there can be
/// @param largestKind whether the largest key is part of the table
/// @param smallestSequence least sequence number of an entry or range tombstone
/// @param largestSequence greatest sequence number of an entry or range tombstone
/// @param rangeTombstoneCount range tombstones in it, which are no entries
/// @param times when its data came and when they go
/// @param valueFiles what its entries refer to in value files
public record TableMetadata(
    long fileNumber,
    long fileBytes,
    long entryCount,
    long tombstoneCount,
    long rawBytes,
    Slice smallestKey,
    Slice largestKey,
    BoundKind largestKind,
    long smallestSequence,
    long largestSequence,
    long rangeTombstoneCount,
    TableTimes times,
    List<ValueFileShare> valueFiles) {

  public TableMetadata {
    check(fileNumber > 0, "file number", fileNumber);
    check(fileBytes > 0, "file bytes", fileBytes);
    check(entryCount >= 0, "entry count", entryCount);
    check(rangeTombstoneCount >= 0, "range tombstone count", rangeTombstoneCount);
    check(entryCount + rangeTombstoneCount > 0, "entry count", entryCount);
    check(tombstoneCount >= 0 && tombstoneCount <= entryCount, "tombstone count", tombstoneCount);
    check(rawBytes >= 0, "raw bytes", rawBytes);
    check(smallestSequence >= 0, "smallest sequence number", smallestSequence);
    check(largestSequence >= smallestSequence, "largest sequence number", largestSequence);
    if (largestKind.endsBefore(largestKey, smallestKey)) {
      throw new IllegalArgumentException(
          "smallest key " + smallestKey + " is behind largest key " + largestKey);
    }
    boolean endless = KeyRange.isEndless(largestKey);
    int largestBytes = endless ? 0 : largestKey.length();
    MemorySegment keys = Arena.ofAuto().allocate(smallestKey.length() + largestBytes + 1L);
    smallestKey.copyTo(keys, 0);
    if (!endless) {
      largestKey.copyTo(keys, smallestKey.length());
    }
    largestKey =
        endless ? KeyRange.END : new Slice(keys, smallestKey.length(), largestKey.length());
    smallestKey = new Slice(keys, 0, smallestKey.length());
    valueFiles = List.copyOf(valueFiles);
  }

  /// A table of points only, of which no times are known.
  public TableMetadata(
      long fileNumber,
      long fileBytes,
      long entryCount,
      long tombstoneCount,
      long rawBytes,
      Slice smallestKey,
      Slice largestKey,
      long smallestSequence,
      long largestSequence) {
    this(
        fileNumber,
        fileBytes,
        entryCount,
        tombstoneCount,
        rawBytes,
        smallestKey,
        largestKey,
        BoundKind.INCLUSIVE,
        smallestSequence,
        largestSequence,
        0,
        TableTimes.UNKNOWN,
        List.of());
  }

  /// This table with what not every table has.
  public TableMetadata with(
      long rangeTombstones, TableTimes itsTimes, List<ValueFileShare> shares) {
    return new TableMetadata(
        fileNumber,
        fileBytes,
        entryCount,
        tombstoneCount,
        rawBytes,
        smallestKey,
        largestKey,
        largestKind,
        smallestSequence,
        largestSequence,
        rangeTombstones,
        itsTimes,
        shares);
  }

  /// What a version keeps of a table that was just written.
  ///
  /// @param oldestMillis when the oldest of its data left the memtable
  /// @param newestMillis when the youngest did
  public static TableMetadata of(SstableSummary summary, long oldestMillis, long newestMillis) {
    return new TableMetadata(
        summary.fileNumber(),
        summary.fileBytes(),
        summary.entryCount(),
        summary.tombstoneCount(),
        summary.rawKeyBytes() + summary.rawValueBytes(),
        summary.bounds().smallest(),
        summary.bounds().largest(),
        summary.bounds().largestKind(),
        summary.smallestSequence(),
        summary.largestSequence(),
        summary.rangeTombstoneCount(),
        new TableTimes(
            oldestMillis, newestMillis, summary.firstExpiryMillis(), summary.lastExpiryMillis()),
        List.of());
  }

  private static void check(boolean holds, String what, long value) {
    if (!holds) {
      throw new IllegalArgumentException(what + " " + value + " of a table is impossible");
    }
  }

  /// Bytes of the values in value files that entries of this table refer to.
  public long valueBytes() {
    long sum = 0;
    for (ValueFileShare share : valueFiles) {
      sum += share.bytes();
    }
    return sum;
  }

  /// Bytes of the file and of the values apart that its entries refer to: what the table stands for
  /// where space is counted.
  public long totalBytes() {
    return fileBytes + valueBytes();
  }

  /// The table's own file and the value files that it refers to.
  List<DataFile> files() {
    List<DataFile> files = new ArrayList<>();
    files.add(DataFile.table(fileNumber));
    for (ValueFileShare share : valueFiles) {
      files.add(DataFile.value(share.fileNumber()));
    }
    return files;
  }

  /// Whether the table may say anything of a key.
  public boolean covers(Slice userKey) {
    return smallestKey.compareTo(userKey) <= 0 && !endsBefore(userKey);
  }

  /// Whether all that the table speaks of lies before a key.
  public boolean endsBefore(Slice userKey) {
    return largestKind.endsBefore(largestKey, userKey);
  }

  /// Whether this table speaks of keys behind all of another one.
  public boolean reachesBehind(TableMetadata other) {
    int order = largestKey.compareTo(other.largestKey);
    return order > 0
        || (order == 0
            && largestKind == BoundKind.INCLUSIVE
            && other.largestKind == BoundKind.EXCLUSIVE);
  }

  /// Whether any key can lie both in this table and in a range, both ends inclusive.
  public boolean overlaps(Slice smallest, Slice largest) {
    return smallestKey.compareTo(largest) <= 0 && !endsBefore(smallest);
  }

  public boolean overlaps(TableMetadata other) {
    return !other.endsBefore(smallestKey) && !endsBefore(other.smallestKey);
  }

  @Override
  public String toString() {
    return "table "
        + fileNumber
        + " ["
        + smallestKey
        + ".."
        + (largestKind == BoundKind.INCLUSIVE
            ? largestKey + "] "
            : KeyRange.describeEnd(largestKey) + ") ")
        + entryCount
        + " entries, "
        + (rangeTombstoneCount == 0 ? "" : rangeTombstoneCount + " range tombstones, ")
        + fileBytes
        + " bytes";
  }
}
