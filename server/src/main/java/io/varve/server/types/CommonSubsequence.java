package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.RefusedException;
import java.util.ArrayList;
import java.util.List;

/// The longest common subsequence of two strings, for LCS.
///
/// The textbook table, but of one bit per cell: walking back needs to know of two neighbours which is
/// larger, and that is known while the rows are filled. So the memory is an eighth of a byte per cell
/// where Redis takes four, and the lengths need two rows. Work and memory are bounded by [#CELLS_MAX].
public final class CommonSubsequence {

  /// Product of both lengths, at most: 32 MiB of table.
  static final long CELLS_MAX = 1L << 28;

  /// Where a part of the subsequence stands in both strings; first and last byte each.
  public record Range(int aStart, int aEnd, int bStart, int bEnd) {
    /// Bytes of the part.
    public int length() {
      return aEnd - aStart + 1;
    }
  }

  private final byte[] a;
  private final byte[] b;

  /// Row by row, whether the length one row up exceeds the length one column back.
  private final long[] upIsLonger;

  private final int length;

  /// @throws RefusedException if the strings are too long together
  public CommonSubsequence(Slice one, Slice other) {
    long cells = (long) one.length() * other.length();
    if (cells > CELLS_MAX) {
      throw new RefusedException(
          "ERR Insufficient memory, failed allocating transient memory for LCS");
    }
    this.a = one.toByteArray();
    this.b = other.toByteArray();
    this.upIsLonger = new long[(int) ((cells + 63) >>> 6)];
    this.length = fill();
  }

  /// Bytes of the subsequence.
  public int length() {
    return length;
  }

  /// The subsequence itself.
  public byte[] bytes() {
    byte[] result = new byte[length];
    int at = length;
    int i = a.length;
    int j = b.length;
    while (i > 0 && j > 0) {
      if (a[i - 1] == b[j - 1]) {
        result[--at] = a[i - 1];
        i--;
        j--;
      } else if (goesUp(i, j)) {
        i--;
      } else {
        j--;
      }
    }
    return result;
  }

  /// The parts in which both strings run along together, from the last to the first.
  ///
  /// @param minLength shorter parts are left out
  public List<Range> ranges(long minLength) {
    List<Range> ranges = new ArrayList<>();
    int i = a.length;
    int j = b.length;
    int run = 0;
    while (i > 0 && j > 0) {
      if (a[i - 1] == b[j - 1]) {
        run++;
        i--;
        j--;
        continue;
      }
      addRange(ranges, i, j, run, minLength);
      run = 0;
      if (goesUp(i, j)) {
        i--;
      } else {
        j--;
      }
    }
    addRange(ranges, i, j, run, minLength);
    return ranges;
  }

  private static void addRange(List<Range> ranges, int i, int j, int run, long minLength) {
    if (run > 0 && run >= minLength) {
      ranges.add(new Range(i, i + run - 1, j, j + run - 1));
    }
  }

  private boolean goesUp(int i, int j) {
    long cell = (long) (i - 1) * b.length + (j - 1);
    return (upIsLonger[(int) (cell >>> 6)] >>> cell & 1) != 0;
  }

  private int fill() {
    int[] row = new int[b.length + 1];
    long cell = 0;
    for (byte fromA : a) {
      int diagonal = 0;
      for (int j = 1; j <= b.length; j++, cell++) {
        int up = row[j];
        int left = row[j - 1];
        if (fromA == b[j - 1]) {
          row[j] = diagonal + 1;
        } else if (up > left) {
          row[j] = up;
          upIsLonger[(int) (cell >>> 6)] |= 1L << cell;
        } else {
          row[j] = left;
        }
        diagonal = up;
      }
    }
    return row[b.length];
  }
}
