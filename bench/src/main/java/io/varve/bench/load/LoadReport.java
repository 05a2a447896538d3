package io.varve.bench.load;

import io.varve.bench.figures.Json;
import io.varve.bench.figures.Latency;
import io.varve.bench.figures.Machine;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/// Everything that a run has found out. As JSON its names are those of the records.
///
/// @param started when, in ISO 8601
/// @param server what it says of itself
/// @param workload its name, or the mix itself
/// @param mix of actions, as text
record LoadReport(
    String started,
    Machine machine,
    String server,
    String workload,
    String mix,
    LoadOptions options,
    List<PhaseFigures> phases) {

  long failures() {
    return phases.stream().mapToLong(phase -> phase.failures() + phase.unanswered()).sum();
  }

  String toJson() {
    return Json.of(this);
  }

  String toText() {
    StringBuilder text = new StringBuilder();
    Formatter out = new Formatter(text, Locale.ROOT);
    out.format("%s, workload %s: %s%n", server, workload, mix);
    out.format(
        "%,d keys of %d bytes, %s; %d connections, %d thread%s; %d processors, load average %.1f%n",
        options.keys(),
        options.valueBytes(),
        options.choice().name().toLowerCase(Locale.ROOT),
        options.connections(),
        options.threads(),
        options.threads() == 1 ? "" : "s",
        machine.processors(),
        machine.loadAverage());
    phases.forEach(phase -> phase(out, phase));
    return text.toString();
  }

  private static void phase(Formatter out, PhaseFigures phase) {
    Double intended = phase.intendedPerSecond();
    out.format(
        "%n%s: %,.0f per second for %.1f s%s%n",
        phase.phase(),
        phase.perSecond(),
        phase.seconds(),
        intended == null
            ? " (closed loop)"
            : String.format(
                Locale.ROOT,
                ", of %,.0f intended (%.1f %%)",
                intended,
                100 * phase.perSecond() / intended));
    out.format(
        "%-18s %12s %10s %9s %9s %9s %9s %9s%n",
        "latency in us", "count", "per second", "p50", "p90", "p99", "p99.9", "max");
    phase.actions().forEach(action -> action(out, action));
    PhaseFigures.ActionFigures ping = phase.ping();
    if (ping != null) {
      action(out, ping);
    }
    if (intended != null) {
      Latency late = phase.late();
      row(out, "sent late by", "", "", late, "");
    }
    if (phase.unanswered() > 0) {
      out.format("%,d were not answered until the end%n", phase.unanswered());
    }
    String failure = phase.firstFailure();
    if (failure != null) {
      out.format("the first failure: %s%n", failure);
    }
  }

  private static void action(Formatter out, PhaseFigures.ActionFigures action) {
    String remarks = remark(action.failures(), "FAILED") + remark(action.misses(), "not there");
    row(
        out,
        action.action(),
        String.format(Locale.ROOT, "%,d", action.count()),
        String.format(Locale.ROOT, "%,.0f", action.perSecond()),
        action.latency(),
        remarks);
  }

  private static void row(
      Formatter out, String name, String count, String rate, Latency latency, String remarks) {
    out.format(
        "%-18s %12s %10s %9.1f %9.1f %9.1f %9.1f %9.1f%s%n",
        name,
        count,
        rate,
        latency.p50(),
        latency.p90(),
        latency.p99(),
        latency.p999(),
        latency.max(),
        remarks);
  }

  private static String remark(long count, String what) {
    return count == 0 ? "" : String.format(Locale.ROOT, "  %,d %s", count, what);
  }
}
