package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.RefusedException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Numbers as INCRBYFLOAT computes with them: the 80-bit `long double` of x86, so that results are
/// those of Redis to the last digit.
///
/// A value is a [BigDecimal] that has been rounded to 64 bits of mantissa. Slow next to hardware and
/// quick next to a round trip.
public final class LongDouble {

  private static final int MANTISSA_BITS = 64;

  /// Values from two to this power on are infinite.
  private static final int EXPONENT_LIMIT = 16384;

  /// Decimal exponents beyond these are out of range, without computing.
  private static final int DECIMAL_EXPONENT_MAX = 4940;

  private static final int DECIMAL_EXPONENT_MIN = -4950;

  /// Redis does not look at longer texts.
  private static final int CHARS_MAX = 5 * 1024 - 1;

  /// Digits behind the point that Redis prints before it strips zeros.
  private static final int FRACTION_DIGITS = 17;

  private LongDouble() {}

  /// @throws RefusedException "value is not a valid float"
  public static BigDecimal parse(Slice text) {
    if (text.isEmpty() || text.length() > CHARS_MAX) {
      throw notAFloat();
    }
    String number = new String(text.toByteArray(), StandardCharsets.ISO_8859_1);
    BigDecimal value;
    if (isHexadecimal(number)) {
      value = parseHexadecimal(number);
    } else if (isInfinite(number)) {
      // The sum cannot be anything but infinite.
      throw infinite();
    } else {
      value = parseDecimal(number);
    }
    return round(value);
  }

  /// @throws RefusedException "increment would produce NaN or Infinity"
  public static BigDecimal sum(BigDecimal a, BigDecimal b) {
    BigDecimal sum = round(a.add(b));
    if (sum.abs().compareTo(new BigDecimal(BigInteger.TWO.pow(EXPONENT_LIMIT))) >= 0) {
      throw infinite();
    }
    return sum;
  }

  /// The number with up to 17 digits behind the point and no zeros at the end.
  public static String format(BigDecimal value) {
    BigDecimal fixed = value.setScale(FRACTION_DIGITS, RoundingMode.HALF_EVEN);
    return fixed.signum() == 0 ? "0" : fixed.stripTrailingZeros().toPlainString();
  }

  private static BigDecimal parseDecimal(String number) {
    for (int i = 0; i < number.length(); i++) {
      char c = number.charAt(i);
      boolean allowed =
          (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
      if (!allowed) {
        throw notAFloat();
      }
    }
    BigDecimal value;
    try {
      value = new BigDecimal(number);
    } catch (NumberFormatException malformed) {
      throw notAFloat();
    }
    if (value.signum() != 0) {
      long exponent = (long) value.precision() - value.scale();
      if (exponent > DECIMAL_EXPONENT_MAX || exponent < DECIMAL_EXPONENT_MIN) {
        throw notAFloat();
      }
    }
    return value.signum() == 0 ? BigDecimal.ZERO : value;
  }

  /// `[sign] 0x digits [. digits] [p [sign] decimal digits]`, the digits times a power of two.
  private static BigDecimal parseHexadecimal(String number) {
    boolean signed = number.charAt(0) == '-' || number.charAt(0) == '+';
    String text = number.substring(signed ? 3 : 2).toLowerCase(Locale.ROOT);
    int exponentAt = text.indexOf('p');
    String digits = exponentAt < 0 ? text : text.substring(0, exponentAt);
    int point = digits.indexOf('.');
    long exponent = point < 0 ? 0 : -4L * (digits.length() - point - 1);
    String significant =
        point < 0 ? digits : digits.substring(0, point) + digits.substring(point + 1);
    if (significant.isEmpty() || significant.startsWith("-") || significant.startsWith("+")) {
      throw notAFloat();
    }
    BigInteger mantissa;
    try {
      mantissa = new BigInteger(significant, 16);
      if (exponentAt >= 0) {
        exponent += Integer.parseInt(text.substring(exponentAt + 1));
      }
    } catch (NumberFormatException malformed) {
      throw notAFloat();
    }
    if (mantissa.signum() == 0) {
      return BigDecimal.ZERO;
    }
    long magnitude = exponent + mantissa.bitLength();
    if (magnitude > EXPONENT_LIMIT || magnitude < -EXPONENT_LIMIT) {
      throw notAFloat();
    }
    BigDecimal value =
        exponent >= 0
            ? new BigDecimal(mantissa.shiftLeft((int) exponent))
            : new BigDecimal(
                mantissa.multiply(BigInteger.valueOf(5).pow((int) -exponent)), (int) -exponent);
    return number.charAt(0) == '-' ? value.negate() : value;
  }

  private static boolean isHexadecimal(String number) {
    int from = number.startsWith("-") || number.startsWith("+") ? 1 : 0;
    return number.regionMatches(true, from, "0x", 0, 2);
  }

  /// Whether a text says `inf` or `infinity`.
  public static boolean isInfinite(Slice text) {
    return text.length() <= 10
        && isInfinite(new String(text.toByteArray(), StandardCharsets.ISO_8859_1));
  }

  private static boolean isInfinite(String number) {
    int from = number.startsWith("-") || number.startsWith("+") ? 1 : 0;
    String word = number.substring(from);
    return word.equalsIgnoreCase("inf") || word.equalsIgnoreCase("infinity");
  }

  /// The nearest value that has 64 bits of mantissa, ties to even.
  private static BigDecimal round(BigDecimal value) {
    if (value.signum() == 0) {
      return BigDecimal.ZERO;
    }
    BigInteger numerator = value.unscaledValue().abs();
    BigInteger denominator = BigInteger.ONE;
    if (value.scale() > 0) {
      denominator = BigInteger.TEN.pow(value.scale());
    } else {
      numerator = numerator.multiply(BigInteger.TEN.pow(-value.scale()));
    }
    int shift = MANTISSA_BITS - (numerator.bitLength() - denominator.bitLength());
    BigInteger[] quotient = divideShifted(numerator, denominator, shift);
    if (quotient[0].bitLength() > MANTISSA_BITS) {
      shift--;
      quotient = divideShifted(numerator, denominator, shift);
    }
    BigInteger mantissa = quotient[0];
    BigInteger divisor = shift >= 0 ? denominator : denominator.shiftLeft(-shift);
    int half = quotient[1].shiftLeft(1).compareTo(divisor);
    if (half > 0 || (half == 0 && mantissa.testBit(0))) {
      mantissa = mantissa.add(BigInteger.ONE);
    }
    BigDecimal rounded =
        shift <= 0
            ? new BigDecimal(mantissa.shiftLeft(-shift))
            : new BigDecimal(mantissa.multiply(BigInteger.valueOf(5).pow(shift)), shift);
    return value.signum() < 0 ? rounded.negate() : rounded;
  }

  private static BigInteger[] divideShifted(
      BigInteger numerator, BigInteger denominator, int shift) {
    return shift >= 0
        ? numerator.shiftLeft(shift).divideAndRemainder(denominator)
        : numerator.divideAndRemainder(denominator.shiftLeft(-shift));
  }

  private static RefusedException notAFloat() {
    return new RefusedException("ERR value is not a valid float");
  }

  private static RefusedException infinite() {
    return new RefusedException("ERR increment would produce NaN or Infinity");
  }
}
