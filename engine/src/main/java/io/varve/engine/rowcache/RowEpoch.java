package io.varve.engine.rowcache;

/// The time between two flushes, during which tables answer the same to whoever sees all that is in
/// them. Compared by identity: a reader that brings the cache's own epoch knows that no flush has begun
/// to change rows since its view was made.
///
/// @param floor greatest sequence number of what is in tables, or about to be: who reads at less might
///     have to see an older version of a row
public record RowEpoch(long floor) {

  /// Before the first flush.
  public static RowEpoch first() {
    return new RowEpoch(0);
  }

  /// Whether a reader at a sequence number sees everything that is in tables.
  public boolean seesAll(long sequence) {
    return sequence >= floor;
  }
}
