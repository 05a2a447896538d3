package io.varve.engine.sstable;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.BoundKind;
import io.varve.engine.range.RangeTombstone;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The range of keys that a table can say anything of: its entries' and its range tombstones'.
///
/// @param smallest first key, inclusive
/// @param largest last key, or the first behind it
/// @param largestKind which of both
public record TableBounds(Slice smallest, Slice largest, BoundKind largestKind) {

  /// @param firstKey user key of the first entry, null if there is none
  /// @param lastKey user key of the last entry, null if there is none
  /// @throws IllegalArgumentException if there is neither an entry nor a tombstone
  public static TableBounds of(
      @Nullable Slice firstKey, @Nullable Slice lastKey, List<RangeTombstone> tombstones) {
    @Nullable Slice smallest = firstKey;
    @Nullable Slice largest = lastKey;
    BoundKind kind = BoundKind.INCLUSIVE;
    for (RangeTombstone tombstone : tombstones) {
      if (smallest == null || tombstone.start().compareTo(smallest) < 0) {
        smallest = tombstone.start();
      }
      if (largest == null || tombstone.end().compareTo(largest) > 0) {
        largest = tombstone.end();
        kind = BoundKind.EXCLUSIVE;
      }
    }
    if (smallest == null || largest == null) {
      throw new IllegalArgumentException("an empty table has no bounds");
    }
    return new TableBounds(smallest, largest, kind);
  }
}
