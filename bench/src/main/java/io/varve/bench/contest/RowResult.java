package io.varve.bench.contest;

import java.util.List;

/// One row of the comparison: medians of both sides and how they stand to each other.
///
/// @param row name of the row
/// @param rounds runs of each side
/// @param ratios how many times better Varve is; below 1 it is behind
record RowResult(String row, int rounds, Measure varve, Measure rocksdb, Ratios ratios) {

  static RowResult of(Row row, List<Measure> varve, List<Measure> rocksdb) {
    Measure ours = Medians.of(varve);
    Measure theirs = Medians.of(rocksdb);
    return new RowResult(
        row.optionName(), varve.size(), ours, theirs, Ratios.between(ours, theirs));
  }

  /// How many times better Varve is, figure by figure: of the rate, Varve's over RocksDB's; of costs,
  /// RocksDB's over Varve's. Always: more than 1 is for Varve. NaN where the row has no such figure.
  record Ratios(
      double perSecond,
      double p50,
      double p99,
      double p999,
      double max,
      double cpu,
      double writeAmplification,
      double space,
      double reads) {

    static Ratios between(Measure varve, Measure rocksdb) {
      return new Ratios(
          ofCosts(rocksdb.perSecond(), varve.perSecond()),
          ofCosts(varve.p50Micros(), rocksdb.p50Micros()),
          ofCosts(varve.p99Micros(), rocksdb.p99Micros()),
          ofCosts(varve.p999Micros(), rocksdb.p999Micros()),
          ofCosts(varve.maxMicros(), rocksdb.maxMicros()),
          ofCosts(varve.cpuMicrosPerOperation(), rocksdb.cpuMicrosPerOperation()),
          ofCosts(varve.writeAmplification(), rocksdb.writeAmplification()),
          ofCosts(varve.space(), rocksdb.space()),
          ofCosts(varve.readsPerOperation(), rocksdb.readsPerOperation()));
    }

    /// Theirs over ours; equal if both are nothing.
    static double ofCosts(double ours, double theirs) {
      return ours == 0 && theirs == 0 ? 1 : theirs / ours;
    }
  }
}
