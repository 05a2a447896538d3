package io.varve.engine.rowcache;

/// The time between two flushes, during which tables answer the same to whoever sees all that is in
/// them. A reader that brings the cache's own epoch knows that no flush has begun to change rows since his
/// view was made.
///
/// @param number counts up
/// @param floor greatest sequence number of what is in tables, or about to be: who reads at less might
///     have to see an older version of a row
public record RowEpoch(long number, long floor) {

  private static final RowEpoch FIRST = new RowEpoch(0, 0);

  /// Before the first flush.
  public static RowEpoch first() {
    return FIRST;
  }

  /// The epoch that begins with a flush.
  ///
  /// @param largestSequence greatest sequence number of what it flushes
  RowEpoch next(long largestSequence) {
    return new RowEpoch(number + 1, Math.max(floor, largestSequence));
  }

  boolean is(RowEpoch other) {
    return number == other.number;
  }

  /// Whether a reader at a sequence number sees everything that is in tables.
  public boolean seesAll(long sequence) {
    return sequence >= floor;
  }
}
