package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;

/// Whole numbers as Redis writes them: no plus, no leading zero, no blank. Allocates nothing.
public final class Decimals {

  /// Sign and digits of the longest 64-bit number.
  private static final int CHARS_MAX = 20;

  private Decimals() {}

  /// Whether the bytes are a 64-bit number in its only spelling.
  public static boolean isLong(Slice text) {
    int length = text.length();
    if (length == 0 || length > CHARS_MAX) {
      return false;
    }
    boolean negative = text.get(0) == '-';
    int from = negative ? 1 : 0;
    if (length - from == 0 || length - from > 19) {
      return false;
    }
    if (text.get(from) == '0') {
      return length == 1;
    }
    long value = 0;
    for (int i = from; i < length; i++) {
      int digit = text.get(i) - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      // Nineteen digits exceed the range by less than twice: an overflow shows as a minus.
      value = value * 10 + digit;
    }
    return value >= 0 || (negative && value == Long.MIN_VALUE);
  }

  /// The number of bytes of which [#isLong(Slice)] holds.
  public static long parseLong(Slice text) {
    boolean negative = text.get(0) == '-';
    long value = 0;
    for (int i = negative ? 1 : 0; i < text.length(); i++) {
      value = value * 10 + (text.get(i) - '0');
    }
    return negative ? -value : value;
  }

  static void append(long value, GrowableBuffer into) {
    if (value < 0) {
      into.putByte('-');
    }
    // Counts with negative numbers: the smallest long has no positive counterpart.
    long rest = value < 0 ? value : -value;
    long power = 1;
    while (rest / power <= -10) {
      power *= 10;
    }
    while (power > 0) {
      into.putByte((int) ('0' - rest / power));
      rest %= power;
      power /= 10;
    }
  }
}
