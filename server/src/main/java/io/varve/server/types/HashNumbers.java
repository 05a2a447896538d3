package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.RefusedException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/// Adds to numbers in fields of hashes. Stateless.
public final class HashNumbers {

  private HashNumbers() {}

  /// What HINCRBYFLOAT adds.
  public record Increment(BigDecimal value) {

    /// @throws RefusedException if it is no finite number
    public static Increment parse(Slice text) {
      if (LongDouble.isInfinite(text)) {
        throw new RefusedException("ERR value is NaN or Infinity");
      }
      return new Increment(LongDouble.parse(text));
    }
  }

  /// Adds to the number of a field, 0 if there is none. Returns the sum.
  public static long increment(HashEditor hash, Slice field, long delta) {
    Slice value = new Slice();
    long before = 0;
    if (hash.find(field, value)) {
      if (!Decimals.isLong(value)) {
        throw new RefusedException("ERR hash value is not an integer");
      }
      before = Decimals.parseLong(value);
    }
    long sum = before + delta;
    if (((before ^ sum) & (delta ^ sum)) < 0) {
      throw new RefusedException("ERR increment or decrement would overflow");
    }
    GrowableBuffer digits = GrowableBuffer.onHeap(20);
    Decimals.append(sum, digits);
    hash.putKeepingExpiry(field, digits.slice());
    return sum;
  }

  /// Adds to the number with a fraction of a field, 0 if there is none.
  ///
  /// @return the sum as it was stored, in ASCII
  public static byte[] increment(HashEditor hash, Slice field, Increment delta) {
    Slice value = new Slice();
    BigDecimal before = BigDecimal.ZERO;
    if (hash.find(field, value)) {
      before = parse(value);
    }
    BigDecimal sum = LongDouble.sum(before, delta.value());
    byte[] text = LongDouble.format(sum).getBytes(StandardCharsets.US_ASCII);
    hash.putKeepingExpiry(field, Slice.of(text));
    return text;
  }

  private static BigDecimal parse(Slice value) {
    // What is infinite parses as a number, and the sum is refused in its own words.
    if (LongDouble.isInfinite(value)) {
      return LongDouble.parse(value);
    }
    try {
      return LongDouble.parse(value);
    } catch (RefusedException malformed) {
      throw new RefusedException("ERR hash value is not a float");
    }
  }
}
