package io.varve.bench.contest;

import io.varve.bench.contest.Contender.Figures;
import io.varve.bench.contest.SpaceSampler.Space;
import org.HdrHistogram.Histogram;

/// What one run of one row came to on one side, or the medians of several runs.
///
/// @param operations writes, reads or scans
/// @param seconds that they took; of writes without what the background had left to do
/// @param settleSeconds that flushes and merges went on afterwards; 0 for reads
/// @param perSecond operations per second, over `seconds`
/// @param p50Micros latency of an operation, in microseconds, and so on
/// @param cpuSeconds of the whole process, background included, over both times
/// @param writeAmplification bytes of tables written per byte of keys and values, over both times; NaN
///     where nothing was put
/// @param logAmplification the same of the log
/// @param peakTableBytes highest sum of the tables' files
/// @param peakBytes highest sum of all files
/// @param space highest sum of the tables' files per byte of live keys and values; NaN where nothing
///     was put
/// @param readsPerOperation blocks that the cache did not hold, per operation; NaN where nothing is read
/// @param runs sorted runs at the end
/// @param failures wrong answers
record Measure(
    double operations,
    double seconds,
    double settleSeconds,
    double perSecond,
    double p50Micros,
    double p99Micros,
    double p999Micros,
    double maxMicros,
    double cpuSeconds,
    double writeAmplification,
    double logAmplification,
    double peakTableBytes,
    double peakBytes,
    double space,
    double readsPerOperation,
    double runs,
    long failures) {

  /// @param kind what the operations were
  /// @param entryBytes bytes of a key and its value
  /// @param liveEntries keys that exist at the end
  static Measure of(
      Row.Kind kind,
      Load.Outcome load,
      double settleSeconds,
      double cpuSeconds,
      Figures before,
      Figures after,
      Space peak,
      long entryBytes,
      long liveEntries) {
    Histogram latencies = load.latencies();
    boolean writes = kind == Row.Kind.WRITE;
    double userBytes = writes ? (double) load.operations() * entryBytes : 0;
    long tables =
        after.flushBytes() - before.flushBytes() + after.mergeBytes() - before.mergeBytes();
    return new Measure(
        load.operations(),
        load.nanos() / 1e9,
        settleSeconds,
        load.perSecond(),
        micros(latencies.getValueAtPercentile(50)),
        micros(latencies.getValueAtPercentile(99)),
        micros(latencies.getValueAtPercentile(99.9)),
        micros(latencies.getMaxValue()),
        cpuSeconds,
        writes ? tables / userBytes : Double.NaN,
        writes ? (after.logBytes() - before.logBytes()) / userBytes : Double.NaN,
        peak.tables(),
        peak.all(),
        writes ? peak.tables() / ((double) liveEntries * entryBytes) : Double.NaN,
        kind == Row.Kind.READ ? (double) load.blockReads().all() / load.operations() : Double.NaN,
        after.runs(),
        load.failures());
  }

  private static double micros(long nanos) {
    return nanos / 1e3;
  }

  double cpuMicrosPerOperation() {
    return cpuSeconds * 1e6 / operations;
  }
}
