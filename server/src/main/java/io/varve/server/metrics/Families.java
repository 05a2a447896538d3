package io.varve.server.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.EnumMap;
import java.util.Map;

/// Collects the numbers of one scrape, by metric. One use, one thread.
final class Families {

  private final Map<Metric, CounterSnapshot.Builder> counters = new EnumMap<>(Metric.class);
  private final Map<Metric, GaugeSnapshot.Builder> gauges = new EnumMap<>(Metric.class);
  private final Map<Metric, HistogramSnapshot.Builder> histograms = new EnumMap<>(Metric.class);

  void counter(Metric metric, long value, String... labelValues) {
    counter(metric, (double) value, labelValues);
  }

  void gauge(Metric metric, long value, String... labelValues) {
    gauge(metric, (double) value, labelValues);
  }

  void counter(Metric metric, double value, String... labelValues) {
    // A counter that its owner has reset may be seen below zero for a moment.
    counters
        .computeIfAbsent(
            metric,
            m ->
                CounterSnapshot.builder()
                    .name(m.metricName().substring(0, m.metricName().length() - 6))
                    .help(m.help()))
        .dataPoint(
            CounterDataPointSnapshot.builder()
                .labels(labels(metric, labelValues))
                .value(Math.max(0, value))
                .build());
  }

  void gauge(Metric metric, double value, String... labelValues) {
    gauges
        .computeIfAbsent(metric, m -> GaugeSnapshot.builder().name(m.metricName()).help(m.help()))
        .dataPoint(
            GaugeDataPointSnapshot.builder()
                .labels(labels(metric, labelValues))
                .value(value)
                .build());
  }

  /// @param counts how many fell into each bucket; not added up; the last one has no bound
  void histogram(Metric metric, double[] bounds, long[] counts, double sum, String... labelValues) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < counts.length; i++) {
      double bound = i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY;
      buckets.bucket(bound, Math.max(0, counts[i]));
    }
    HistogramDataPointSnapshot.Builder point =
        HistogramDataPointSnapshot.builder().classicHistogramBuckets(buckets.build());
    point.sum(sum).labels(labels(metric, labelValues));
    histograms
        .computeIfAbsent(
            metric, m -> HistogramSnapshot.builder().name(m.metricName()).help(m.help()))
        .dataPoint(point.build());
  }

  MetricSnapshots build() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    for (Metric metric : Metric.values()) {
      MetricSnapshot.Builder<?> family =
          switch (metric.kind()) {
            case COUNTER -> counters.get(metric);
            case GAUGE -> gauges.get(metric);
            case HISTOGRAM -> histograms.get(metric);
          };
      if (family != null) {
        all.metricSnapshot(family.build());
      }
    }
    return all.build();
  }

  private static Labels labels(Metric metric, String... values) {
    return values.length == 0
        ? Labels.EMPTY
        : Labels.of(metric.labels().toArray(String[]::new), values);
  }
}
