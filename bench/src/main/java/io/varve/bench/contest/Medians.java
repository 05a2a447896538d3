package io.varve.bench.contest;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Of several runs of one row, the median of each figure by itself.
final class Medians {

  private Medians() {}

  /// @param runs at least one
  static Measure of(List<Measure> runs) {
    return new Measure(
        median(runs, Measure::operations),
        median(runs, Measure::seconds),
        median(runs, Measure::settleSeconds),
        median(runs, Measure::perSecond),
        median(runs, Measure::p50Micros),
        median(runs, Measure::p99Micros),
        median(runs, Measure::p999Micros),
        median(runs, Measure::maxMicros),
        median(runs, Measure::cpuSeconds),
        median(runs, Measure::writeAmplification),
        median(runs, Measure::logAmplification),
        median(runs, Measure::peakTableBytes),
        median(runs, Measure::peakBytes),
        median(runs, Measure::space),
        median(runs, Measure::readsPerOperation),
        median(runs, Measure::runs),
        runs.stream().mapToLong(Measure::failures).sum());
  }

  private static double median(List<Measure> runs, ToDoubleFunction<Measure> figure) {
    return median(runs.stream().mapToDouble(figure).toArray());
  }

  /// The middle one; of an even number the mean of the two in the middle.
  static double median(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no values");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
