package io.varve.engine.inspect;

/// What a table on paper holds: keys from `from` (inclusive) to `to` (exclusive).
///
/// @param density part of the keys in the range that it knows
/// @param atBottom whether it holds no tombstones, since nothing is older
/// @param oldestMillis when its oldest data were flushed
/// @param newestMillis when its youngest were
record PaperExtent(
    long from, long to, double density, boolean atBottom, long oldestMillis, long newestMillis) {

  /// Keys that it knows, dead or alive.
  double keys() {
    return (to - from) * density;
  }
}
