package io.varve.server.types;

import java.math.BigInteger;

/// A whole number of some bits within a string, as BITFIELD knows it: `i8`, `u63`.
///
/// @param signed whether the highest bit is the sign
/// @param width 1 to 64 bits, 63 for unsigned ones
public record BitField(boolean signed, int width) {

  /// What becomes of a number that does not fit.
  public enum Overflow {
    WRAP,
    SAT,
    FAIL
  }

  /// Makes a number of the field's bits.
  ///
  /// @param bits right aligned
  public long decode(long bits) {
    return signed && width < 64 ? (bits << (64 - width)) >> (64 - width) : bits;
  }

  private BigInteger min() {
    return signed ? BigInteger.ONE.shiftLeft(width - 1).negate() : BigInteger.ZERO;
  }

  private BigInteger max() {
    return BigInteger.ONE.shiftLeft(signed ? width - 1 : width).subtract(BigInteger.ONE);
  }

  /// Whether a number fits.
  public boolean holds(BigInteger number) {
    return number.compareTo(min()) >= 0 && number.compareTo(max()) <= 0;
  }

  /// The number that is stored in place of one that does not fit.
  ///
  /// @param overflow not [Overflow#FAIL]
  public long fit(BigInteger number, Overflow overflow) {
    return switch (overflow) {
      case WRAP -> decode(number.longValue() & (width == 64 ? -1 : (1L << width) - 1));
      case SAT -> (number.signum() < 0 ? min() : max()).longValue();
      case FAIL -> throw new IllegalArgumentException("what fails is not stored");
    };
  }
}
