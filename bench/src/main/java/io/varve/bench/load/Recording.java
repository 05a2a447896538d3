package io.varve.bench.load;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/// What one thread has seen: it writes, another takes the histograms now and then. The counts are read when
/// that thread has ended.
final class Recording {

  private static final int DIGITS = 3;

  private final SingleWriterRecorder[] latencies = new SingleWriterRecorder[Action.values().length];
  private final SingleWriterRecorder late = new SingleWriterRecorder(DIGITS);
  private final long[] failures = new long[Action.values().length];
  private final long[] misses = new long[Action.values().length];
  private @Nullable String firstFailure;
  private long unanswered;
  private long lastReply;

  Recording(List<Action> actions) {
    for (Action action : actions) {
      latencies[action.ordinal()] = new SingleWriterRecorder(DIGITS);
    }
  }

  static Histogram newHistogram() {
    return new Histogram(DIGITS);
  }

  /// A request has been sent.
  void sent(long due, long now) {
    late.recordValue(Math.max(0, now - due));
  }

  /// An action has ended.
  void ended(Action action, long due, long now) {
    latencies[action.ordinal()].recordValue(Math.max(0, now - due));
    lastReply = now;
  }

  /// An action was given up; it has taken this long at least, and counts with it.
  void gaveUp(Action action, long due, long now) {
    ended(action, due, now);
    unanswered++;
  }

  void failed(Action action, String reply) {
    failures[action.ordinal()]++;
    if (firstFailure == null) {
      firstFailure = reply;
    }
  }

  void missed(Action action) {
    misses[action.ordinal()]++;
  }

  /// What has come since this was last asked. One other thread at a time.
  Map<Action, Histogram> takeLatencies() {
    Map<Action, Histogram> taken = new EnumMap<>(Action.class);
    for (Action action : Action.values()) {
      SingleWriterRecorder recorder = latencies[action.ordinal()];
      if (recorder != null) {
        taken.put(action, recorder.getIntervalHistogram());
      }
    }
    return taken;
  }

  /// How much later than due requests were sent, since this was last asked.
  Histogram takeLate() {
    return late.getIntervalHistogram();
  }

  long failures(Action action) {
    return failures[action.ordinal()];
  }

  long misses(Action action) {
    return misses[action.ordinal()];
  }

  @Nullable String findFirstFailure() {
    return firstFailure;
  }

  long unanswered() {
    return unanswered;
  }

  /// When the last action ended; 0 if none has.
  long lastReply() {
    return lastReply;
  }
}
