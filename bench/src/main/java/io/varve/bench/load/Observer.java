package io.varve.bench.load;

import java.util.Map;
import org.HdrHistogram.Histogram;

/// Watches a phase, about once a second.
interface Observer {

  /// @param startNanos when the first request is due, by the clock of [System#nanoTime]
  void begins(long startNanos);

  /// What has come since the last time.
  ///
  /// @param latencies in nanoseconds, by the name of the action, `ping` for the probe
  void second(Map<String, Histogram> latencies);
}
