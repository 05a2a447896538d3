package io.varve.server.lua.value;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/// Numbers and their texts, as the C library of Lua 5.1 reads and writes them.
public final class Numbers {

  /// What 0/0 is on the machines that Redis runs on: its sign bit shows in its text.
  public static final double NAN = Double.longBitsToDouble(0xfff8000000000000L);

  /// Digits that `tostring` gives.
  private static final int DIGITS = 14;

  private static final double EXACT_MAX = 1e14;

  private Numbers() {}

  /// The number as Lua writes it: `%.14g`.
  public static String text(double number) {
    if (number == Math.rint(number) && Math.abs(number) < EXACT_MAX) {
      long whole = (long) number;
      return whole == 0 && isNegative(number) ? "-0" : Long.toString(whole);
    }
    return general(number, DIGITS, false);
  }

  /// The number as `%.<precision>g` writes it.
  ///
  /// @param keepZeros whether zeros at the end stay (the flag `#`)
  public static String general(double number, int precision, boolean keepZeros) {
    String odd = oddText(number);
    if (odd != null) {
      return odd;
    }
    int digits = precision == 0 ? 1 : precision;
    String sign = isNegative(number) ? "-" : "";
    if (number == 0) {
      return sign + "0" + (keepZeros && digits > 1 ? "." + "0".repeat(digits - 1) : "");
    }
    BigDecimal rounded =
        new BigDecimal(Math.abs(number)).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (exponent < -4 || exponent >= digits) {
      String unscaled = padded(rounded.unscaledValue().toString(), digits);
      String fraction = unscaled.substring(1);
      return sign
          + unscaled.charAt(0)
          + fraction(keepZeros ? fraction : withoutZeros(fraction))
          + exponent('e', exponent);
    }
    String plain = rounded.setScale(Math.max(0, digits - 1 - exponent)).toPlainString();
    return sign + (keepZeros || plain.indexOf('.') < 0 ? plain : trimmed(plain));
  }

  /// The number as `%.<precision>e` writes it.
  public static String scientific(double number, int precision) {
    String odd = oddText(number);
    if (odd != null) {
      return odd;
    }
    String sign = isNegative(number) ? "-" : "";
    if (number == 0) {
      return sign + "0" + fraction("0".repeat(precision)) + "e+00";
    }
    BigDecimal rounded =
        new BigDecimal(Math.abs(number))
            .round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
    int exponent = rounded.precision() - rounded.scale() - 1;
    String unscaled = padded(rounded.unscaledValue().toString(), precision + 1);
    return sign
        + unscaled.charAt(0)
        + fraction(unscaled.substring(1, precision + 1))
        + exponent('e', exponent);
  }

  /// The number as `%.<precision>f` writes it.
  public static String fixed(double number, int precision) {
    String odd = oddText(number);
    if (odd != null) {
      return odd;
    }
    String digits =
        new BigDecimal(Math.abs(number))
            .setScale(precision, RoundingMode.HALF_EVEN)
            .toPlainString();
    return isNegative(number) ? "-" + digits : digits;
  }

  /// The text of what is no finite number, or null.
  private static @Nullable String oddText(double number) {
    if (Double.isNaN(number)) {
      return isNegative(number) ? "-nan" : "nan";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "inf" : "-inf";
    }
    return null;
  }

  static boolean isNegative(double number) {
    return Double.doubleToRawLongBits(number) < 0;
  }

  private static String padded(String digits, int length) {
    return digits.length() >= length ? digits : digits + "0".repeat(length - digits.length());
  }

  private static String fraction(String digits) {
    return digits.isEmpty() ? "" : "." + digits;
  }

  private static String withoutZeros(String digits) {
    int end = digits.length();
    while (end > 0 && digits.charAt(end - 1) == '0') {
      end--;
    }
    return digits.substring(0, end);
  }

  private static String trimmed(String plain) {
    String text = withoutZeros(plain);
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private static String exponent(char letter, int exponent) {
    int size = Math.abs(exponent);
    return letter + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + size;
  }

  /// A text as a number: decimal or hexadecimal, `inf` and `nan`, blanks around it; null if it is none.
  public static @Nullable Double parse(LuaString text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.at(from))) {
      from++;
    }
    while (to > from && isBlank(text.at(to - 1))) {
      to--;
    }
    if (from == to) {
      return null;
    }
    return parse(text.slice(from, to).text());
  }

  private static @Nullable Double parse(String text) {
    int at = 0;
    boolean negative = false;
    if (text.charAt(0) == '-' || text.charAt(0) == '+') {
      negative = text.charAt(0) == '-';
      at = 1;
    }
    String rest = text.substring(at);
    Double size;
    if (rest.length() > 1 && rest.charAt(0) == '0' && (rest.charAt(1) | 0x20) == 'x') {
      size = parseHex(rest.substring(2));
    } else if (isDecimal(rest)) {
      size = Double.valueOf(rest);
    } else {
      size = parseWord(rest);
    }
    if (size == null) {
      return null;
    }
    return negative ? (Double) negate(size) : size;
  }

  /// Minus a number, also of what is not a number.
  public static double negate(double number) {
    return Double.longBitsToDouble(Double.doubleToRawLongBits(number) ^ Long.MIN_VALUE);
  }

  private static @Nullable Double parseWord(String word) {
    return switch (word.toLowerCase(java.util.Locale.ROOT)) {
      case "inf", "infinity" -> Double.POSITIVE_INFINITY;
      case "nan" -> Double.NaN;
      default -> null;
    };
  }

  private static boolean isDecimal(String text) {
    int at = 0;
    int digits = 0;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
      digits++;
    }
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
        digits++;
      }
    }
    if (digits == 0) {
      return false;
    }
    if (at < text.length() && (text.charAt(at) | 0x20) == 'e') {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      int exponentFrom = at;
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
      if (at == exponentFrom) {
        return false;
      }
    }
    return at == text.length();
  }

  /// Digits behind `0x`: whole, with a point, with a binary exponent.
  private static @Nullable Double parseHex(String digits) {
    int exponentAt = Math.max(digits.indexOf('p'), digits.indexOf('P'));
    String mantissa = exponentAt < 0 ? digits : digits.substring(0, exponentAt);
    String exponent = exponentAt < 0 ? "0" : digits.substring(exponentAt + 1);
    boolean any = false;
    boolean point = false;
    for (int i = 0; i < mantissa.length(); i++) {
      char c = mantissa.charAt(i);
      if (c == '.' && !point) {
        point = true;
      } else if (Character.digit(c, 16) >= 0 && c < 128) {
        any = true;
      } else {
        return null;
      }
    }
    int from = exponent.startsWith("-") || exponent.startsWith("+") ? 1 : 0;
    for (int i = from; i < exponent.length(); i++) {
      if (!isDigit(exponent.charAt(i))) {
        return null;
      }
    }
    if (!any || exponent.length() == from) {
      return null;
    }
    return Double.valueOf("0x" + mantissa + "p" + exponent);
  }

  public static boolean isBlank(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /// The number as a 64-bit integer, as a C cast makes it on x86: what does not fit is the smallest one.
  public static long toLong(double number) {
    return number >= -0x1p63 && number < 0x1p63 ? (long) number : Long.MIN_VALUE;
  }

  /// The number as a 32-bit integer, as a C cast makes it on x86.
  public static int toInt(double number) {
    return number > -2147483649.0 && number < 2147483648.0 ? (int) number : Integer.MIN_VALUE;
  }

  /// The remainder with the sign of the divisor.
  public static double modulo(double a, double b) {
    return orNan(a - Math.floor(a / b) * b, a, b);
  }

  /// A result that is not a number has the sign bit that x86 gives it.
  public static double orNan(double result, double a, double b) {
    if (Double.isNaN(result) && !Double.isNaN(a) && !Double.isNaN(b)) {
      return NAN;
    }
    return result;
  }
}
