package io.varve.engine.key;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;

/// The time in front of the value of an expiring put.
///
/// ```
/// expiring value := expiry millis(8, little-endian), value
/// ```
///
/// Milliseconds since 1970, positive. An entry whose expiry is not after the clock is as good as a
/// tombstone: reads that know the time do not show it, and merges make it one.
public final class Expiry {

  /// Bytes in front of the value.
  public static final int BYTES = 8;

  /// The expiry of what never expires.
  public static final long NEVER = Long.MAX_VALUE;

  private Expiry() {}

  /// The expiry in front of a value.
  ///
  /// @throws IllegalArgumentException if there is no room for one or it is not positive
  public static long millis(Slice expiring) {
    if (expiring.length() < BYTES) {
      throw new IllegalArgumentException(
          "an expiring value of " + expiring.length() + " bytes has no room for its expiry");
    }
    long millis = expiring.segment().get(Layouts.LONG_LE, expiring.offset());
    if (millis <= 0) {
      throw new IllegalArgumentException("an expiry of " + millis + " ms is impossible");
    }
    return millis;
  }

  /// Points a slice at the value behind the expiry; it may be the same slice.
  public static Slice valueOf(Slice expiring, Slice into) {
    return into.set(expiring.segment(), expiring.offset() + BYTES, expiring.length() - BYTES);
  }
}
