package io.varve.protocol;

import java.nio.charset.StandardCharsets;

/// Floating point numbers as text, as Redis 7.2 and later reply them.
///
/// Whole numbers of less than 53 bits are written as integers. All others get the fewest digits that
/// read back as the same number, with zeros or a point where few of them do, with an exponent (`1e+20`,
/// `1.5e-10`) otherwise. Infinities are `inf` and `-inf`, not a number is `nan`. The digits
/// are those of [Double#toString(double)], which since JDK 19 are the fewest (Raffaello Giulietti, The
/// Schubfach way to render doubles), but never less than two: so the smallest number is `4.9e-324`.
public final class DoubleText {

  /// Whole numbers below this bound are exact and written as integers: 2^52.
  private static final double WHOLE_MAX = 4503599627370496.0;

  /// A whole number gets at most this many zeros appended before it takes an exponent.
  private static final int ZEROS_APPENDED_MAX = 7;

  private DoubleText() {}

  public static byte[] bytes(double value) {
    return of(value).getBytes(StandardCharsets.US_ASCII);
  }

  public static String of(double value) {
    if (value > -WHOLE_MAX && value < WHOLE_MAX && value == (long) value) {
      return value == 0 && 1 / value < 0 ? "-0" : Long.toString((long) value);
    }
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    return layOut(Double.toString(value));
  }

  /// Takes Java's form apart into significant digits and a power of ten, and lays them out anew.
  private static String layOut(String java) {
    boolean negative = java.charAt(0) == '-';
    int mark = java.indexOf('E');
    String mantissa = java.substring(negative ? 1 : 0, mark < 0 ? java.length() : mark);
    int exponent = mark < 0 ? 0 : Integer.parseInt(java, mark + 1, java.length(), 10);
    int point = mantissa.indexOf('.');
    String digits = mantissa.substring(0, point) + mantissa.substring(point + 1);
    // The number is 0.digits times ten to the power of `position`.
    int position = point + exponent;
    int from = 0;
    while (digits.charAt(from) == '0') {
      from++;
    }
    int to = digits.length();
    while (digits.charAt(to - 1) == '0') {
      to--;
    }
    position -= from;
    return (negative ? "-" : "") + place(digits.substring(from, to), position);
  }

  private static String place(String digits, int position) {
    int count = digits.length();
    int power = position - count;
    if (power >= 0 && power <= ZEROS_APPENDED_MAX) {
      return digits + "0".repeat(power);
    }
    int scientific = position - 1;
    if (power < 0 && (power > -7 || Math.abs(scientific) < 4)) {
      return position <= 0
          ? "0." + "0".repeat(-position) + digits
          : digits.substring(0, position) + "." + digits.substring(position);
    }
    return digits.charAt(0)
        + (count > 1 ? "." + digits.substring(1) : "")
        + (scientific < 0 ? "e-" : "e+")
        + Math.abs(scientific);
  }
}
