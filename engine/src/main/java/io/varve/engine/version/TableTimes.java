package io.varve.engine.version;

import io.varve.engine.key.Expiry;

/// When a table's data came and when they go, in milliseconds since 1970.
///
/// @param oldestMillis when the oldest of its data left the memtable; 0 if that is not known, as for
///     tables of stores that were written before it was kept
/// @param newestMillis when the youngest did
/// @param firstExpiryMillis least expiry of an entry, [Expiry#NEVER] if none expires
/// @param lastExpiryMillis time from which on no entry has a value, [Expiry#NEVER] if there is none, 0
///     if there is nothing but tombstones
public record TableTimes(
    long oldestMillis, long newestMillis, long firstExpiryMillis, long lastExpiryMillis) {

  /// Of a table of which nothing is known.
  public static final TableTimes UNKNOWN = new TableTimes(0, 0, Expiry.NEVER, Expiry.NEVER);

  public TableTimes {
    if (oldestMillis < 0
        || newestMillis < oldestMillis
        || firstExpiryMillis <= 0
        || lastExpiryMillis < 0) {
      throw new IllegalArgumentException(
          "times "
              + oldestMillis
              + ".."
              + newestMillis
              + ", expiries "
              + firstExpiryMillis
              + ".."
              + lastExpiryMillis
              + " of a table are impossible");
    }
  }

  /// Whether no entry has a value any more.
  public boolean isExpired(long nowMillis) {
    return lastExpiryMillis <= nowMillis;
  }
}
