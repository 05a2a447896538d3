package io.varve.engine.inspect;

/// What a simulated workload writes.
///
/// @param keys how often which
/// @param entryBytes bytes of an entry in a table
/// @param deleteShare part of the writes that are deletes, from 0 to below 1
/// @param lifeMillis time after which an entry expires, 0 if it never does
public record SimulatedWrites(
    SimulatedKeys keys, long entryBytes, double deleteShare, long lifeMillis) {

  /// Bytes of a tombstone in a table.
  private static final long TOMBSTONE_BYTES = 32;

  public SimulatedWrites {
    if (entryBytes < 1 || deleteShare < 0 || deleteShare >= 1 || lifeMillis < 0) {
      throw new IllegalArgumentException("impossible writes");
    }
  }

  /// Uniform, without deletes and expiry.
  public static SimulatedWrites uniform(long entryBytes) {
    return new SimulatedWrites(SimulatedKeys.UNIFORM, entryBytes, 0, 0);
  }

  /// Bytes that a key takes on average in a table that knows it.
  double bytesPerKey(boolean atBottom) {
    double live = (1 - deleteShare) * entryBytes;
    return atBottom ? live : live + deleteShare * TOMBSTONE_BYTES;
  }

  /// Part of a table's data that has not expired, if they came evenly over its time.
  double aliveShare(PaperExtent extent, long nowMillis) {
    long end = nowMillis - lifeMillis;
    if (lifeMillis == 0 || extent.oldestMillis() > end) {
      return 1;
    }
    return extent.newestMillis() <= end
        ? 0
        : (double) (extent.newestMillis() - end) / (extent.newestMillis() - extent.oldestMillis());
  }
}
