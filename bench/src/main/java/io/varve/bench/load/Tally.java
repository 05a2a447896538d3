package io.varve.bench.load;

import io.varve.bench.figures.Latency;
import io.varve.bench.load.PhaseFigures.ActionFigures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Adds up what the threads of a phase have recorded. One thread, not theirs.
final class Tally {

  /// The probe's name in results.
  static final String PROBE = "ping probe";

  private final List<Recording> recordings;
  private final @Nullable Recording probe;
  private final Map<Action, Histogram> sums = new LinkedHashMap<>();
  private final Histogram probed = Recording.newHistogram();
  private final Histogram late = Recording.newHistogram();

  Tally(List<Recording> recordings, @Nullable Recording probe) {
    this.recordings = recordings;
    this.probe = probe;
  }

  /// Takes what has come, and shows it.
  void take(Observer observer) {
    Map<String, Histogram> second = new LinkedHashMap<>();
    for (Recording recording : recordings) {
      recording
          .takeLatencies()
          .forEach(
              (action, histogram) -> {
                sums.computeIfAbsent(action, _ -> Recording.newHistogram()).add(histogram);
                second.merge(action.optionName(), histogram, Tally::plus);
              });
      late.add(recording.takeLate());
    }
    if (probe != null) {
      Histogram pings = Objects.requireNonNull(probe.takeLatencies().get(Action.PING));
      probed.add(pings);
      second.put(PROBE, pings);
    }
    observer.second(second);
  }

  private static Histogram plus(Histogram sum, Histogram other) {
    sum.add(other);
    return sum;
  }

  /// When all threads have ended.
  ///
  /// @param start when the first request was due
  PhaseFigures figures(Phase phase, long start) {
    long lastReply = recordings.stream().mapToLong(Recording::lastReply).max().orElse(0);
    double seconds = Math.max(1, lastReply - start) / 1e9;
    List<ActionFigures> actions = new ArrayList<>();
    Histogram all = Recording.newHistogram();
    long failures = 0;
    long misses = 0;
    for (var entry : sums.entrySet()) {
      Action action = entry.getKey();
      ActionFigures figures =
          figures(action.optionName(), entry.getValue(), seconds, recordings, action);
      actions.add(figures);
      all.add(entry.getValue());
      failures += figures.failures();
      misses += figures.misses();
    }
    if (actions.size() > 1) {
      actions.add(
          new ActionFigures(
              "all",
              all.getTotalCount(),
              rate(all.getTotalCount(), seconds),
              Latency.of(all),
              failures,
              misses));
    }
    return new PhaseFigures(
        phase.name(),
        Math.round(seconds * 1000) / 1000.0,
        phase.pace() instanceof Pace.PerSecond(double intended) ? intended : null,
        rate(all.getTotalCount(), seconds),
        actions,
        Latency.of(late),
        recordings.stream().mapToLong(Recording::unanswered).sum(),
        findFirstFailure(),
        probe == null ? null : figures(PROBE, probed, seconds, List.of(probe), Action.PING));
  }

  private static ActionFigures figures(
      String name, Histogram latencies, double seconds, List<Recording> of, Action action) {
    return new ActionFigures(
        name,
        latencies.getTotalCount(),
        rate(latencies.getTotalCount(), seconds),
        Latency.of(latencies),
        of.stream().mapToLong(recording -> recording.failures(action)).sum(),
        of.stream().mapToLong(recording -> recording.misses(action)).sum());
  }

  private static double rate(long count, double seconds) {
    return Math.round(10 * count / seconds) / 10.0;
  }

  private @Nullable String findFirstFailure() {
    for (Recording recording : recordings) {
      String failure = recording.findFirstFailure();
      if (failure != null) {
        return failure;
      }
    }
    return probe == null ? null : probe.findFirstFailure();
  }
}
