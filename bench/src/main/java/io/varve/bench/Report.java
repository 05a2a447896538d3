package io.varve.bench;

import io.varve.bench.figures.Json;
import io.varve.bench.figures.Latency;
import io.varve.bench.figures.Machine;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Everything that a run has found out. As JSON its names are those of the records.
///
/// @param started when, in ISO 8601
/// @param server what it says of itself: name and version
/// @param options given to the server
/// @param recovery null if the server was somebody else's
record Report(
    String started,
    Machine machine,
    String server,
    List<String> options,
    Workload workload,
    List<PhaseResult> phases,
    @Nullable Recovery recovery) {

  long failures() {
    long sum = recovery == null ? 0 : recovery.lostKeys();
    for (PhaseResult phase : phases) {
      sum += phase.failures();
    }
    return sum;
  }

  String toJson() {
    return Json.of(this);
  }

  String toTable() {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "%s, %d keys of %d bytes, %d connections, pipeline of %d%n%n",
            server,
            workload.keys(),
            workload.valueBytes(),
            workload.connections(),
            workload.pipeline()));
    out.append(
        String.format(
            Locale.ROOT,
            "%-31s %10s %8s %10s %9s %9s %9s %9s %9s%n",
            "phase",
            "operations",
            "seconds",
            "per second",
            "p50 us",
            "p99 us",
            "p99.9 us",
            "max us",
            "read I/Os"));
    for (PhaseResult phase : phases) {
      Latency latency = phase.roundTripMicros();
      out.append(
          String.format(
              Locale.ROOT,
              "%-31s %10d %8.2f %10.0f %9.1f %9.1f %9.1f %9.1f %9s%s%n",
              phase.phase(),
              phase.operations(),
              phase.seconds(),
              phase.perSecond(),
              latency.p50(),
              latency.p99(),
              latency.p999(),
              latency.max(),
              phase.readIos() == null ? "-" : phase.readIos().toString(),
              phase.failures() == 0 ? "" : "  " + phase.failures() + " FAILED"));
    }
    if (recovery != null) {
      out.append(
          String.format(
              Locale.ROOT,
              "%nafter kill -9: first PING after %.2f s, first GET after %.2f s (log: %s bytes);"
                  + " %d of %d keys lost%n",
              recovery.firstPingSeconds(),
              recovery.firstGetSeconds(),
              recovery.walBytes() == null ? "?" : recovery.walBytes().toString(),
              recovery.lostKeys(),
              recovery.checkedKeys()));
    }
    return out.toString();
  }
}
