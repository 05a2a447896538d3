package io.varve.server.rdb;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;

/// Writes numbers as Redis keeps a set of them, all as wide as the widest needs:
///
/// ```
/// intset := bytes of a number, 2, 4 or 8 (4), numbers (4), number ..., ascending
/// ```
final class IntsetBytes {

  private static final int HEADER_BYTES = 8;

  private IntsetBytes() {}

  /// @param numbers ascending, at least one
  static Slice of(long[] numbers) {
    int width = Math.max(width(numbers[0]), width(numbers[numbers.length - 1]));
    GrowableBuffer out = GrowableBuffer.onHeap(HEADER_BYTES + width * numbers.length);
    out.putInt(width);
    out.putInt(numbers.length);
    for (long number : numbers) {
      for (int i = 0; i < width; i++) {
        out.putByte((int) (number >> (8 * i)));
      }
    }
    return out.slice();
  }

  private static int width(long number) {
    if (number == (short) number) {
      return Short.BYTES;
    }
    return number == (int) number ? Integer.BYTES : Long.BYTES;
  }
}
