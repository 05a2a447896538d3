package io.varve.bench.figures;

import org.HdrHistogram.Histogram;

/// Percentiles, in microseconds.
public record Latency(double p50, double p90, double p99, double p999, double p9999, double max) {

  public static Latency of(Histogram nanos) {
    return new Latency(
        micros(nanos.getValueAtPercentile(50)),
        micros(nanos.getValueAtPercentile(90)),
        micros(nanos.getValueAtPercentile(99)),
        micros(nanos.getValueAtPercentile(99.9)),
        micros(nanos.getValueAtPercentile(99.99)),
        micros(nanos.getMaxValue()));
  }

  private static double micros(long nanos) {
    return Math.round(nanos / 100.0) / 10.0;
  }
}
