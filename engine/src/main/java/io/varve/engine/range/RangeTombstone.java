package io.varve.engine.range;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.KeyRange;

/// Says that all older versions of the keys from a start, inclusive, to an end, exclusive, are
/// deleted. Immutable: nobody may point the slices elsewhere.
///
/// @param start first key of the range
/// @param end first key behind it, [KeyRange#END] if there is none
/// @param sequence sequence number of the delete
public record RangeTombstone(Slice start, Slice end, long sequence) {

  public RangeTombstone {
    if (start.compareTo(end) >= 0) {
      throw new IllegalArgumentException(
          "a range tombstone from " + start + " to " + KeyRange.describeEnd(end) + " is empty");
    }
  }

  public boolean covers(Slice key) {
    return start.compareTo(key) <= 0 && key.compareTo(end) < 0;
  }

  @Override
  public String toString() {
    return "[" + start + ", " + KeyRange.describeEnd(end) + ")@" + sequence;
  }
}
