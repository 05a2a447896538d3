package io.varve.bench.load;

import io.varve.bench.figures.Latency;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a phase came to.
///
/// @param phase its name
/// @param seconds from the first request that was due to the last reply
/// @param intendedPerSecond of the open loop; null in the closed one
/// @param perSecond actions that ended per second
/// @param actions one by one, then all together where there is more than one
/// @param late how much later than due requests were sent: what the generator itself, or the bound of
///     requests in flight, has added to the latencies
/// @param unanswered actions that were given up at the end; they count in the latencies with the time they
///     had taken until then
/// @param firstFailure an error reply; null if there was none
/// @param ping a probe on a connection of its own meanwhile; null if there was none
record PhaseFigures(
    String phase,
    double seconds,
    @Nullable Double intendedPerSecond,
    double perSecond,
    List<ActionFigures> actions,
    Latency late,
    long unanswered,
    @Nullable String firstFailure,
    @Nullable ActionFigures ping) {

  /// @param action its name, or `all`
  /// @param count of actions that ended
  /// @param latency from when an action was due to its last reply
  /// @param failures error replies
  /// @param misses records that were not there
  record ActionFigures(
      String action, long count, double perSecond, Latency latency, long failures, long misses) {}

  long failures() {
    ActionFigures all = actions.getLast();
    ActionFigures probe = ping;
    return all.failures() + (probe == null ? 0 : probe.failures());
  }
}
