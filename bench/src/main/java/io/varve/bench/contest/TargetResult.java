package io.varve.bench.contest;

/// A figure that the design promises an upper limit of, and whether it holds.
///
/// @param target what it is
/// @param unit of the figures, or nothing
/// @param limit the most that is promised; NaN where only a comparison is
/// @param varve the figure
/// @param rocksdb the same of RocksDB; NaN if it was not measured
/// @param verdict whether the promise is kept
/// @param note what else there is to say, or nothing
record TargetResult(
    String target,
    String unit,
    double limit,
    double varve,
    double rocksdb,
    Verdict verdict,
    String note) {

  /// Whether a promise is kept.
  enum Verdict {
    MET,
    MISSED,
    /// There is no limit to hold it against.
    NO_LIMIT
  }

  static TargetResult atMost(
      String target, String unit, double limit, double varve, double rocksdb, String note) {
    // A figure that could not be measured meets nothing.
    Verdict verdict = varve <= limit ? Verdict.MET : Verdict.MISSED;
    return new TargetResult(target, unit, limit, varve, rocksdb, verdict, note);
  }

  static TargetResult withoutLimit(
      String target, String unit, double varve, double rocksdb, String note) {
    return new TargetResult(target, unit, Double.NaN, varve, rocksdb, Verdict.NO_LIMIT, note);
  }
}
