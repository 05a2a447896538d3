package io.varve.bench.load;

import java.time.Duration;

/// A stretch of a run.
///
/// @param name of it
/// @param mix of actions
/// @param pace at which they come
/// @param duration after which no more of them are due
/// @param pingPerSecond of a probe on a connection of its own; 0 for none
record Phase(String name, Mix mix, Pace pace, Duration duration, double pingPerSecond) {

  /// Of what is written before anything is measured; as long as it takes.
  static Phase loading(long keys, int pipeline) {
    Pace pace = new Pace.AsReplied(pipeline, keys);
    return new Phase("load", Mix.of(Action.INSERT), pace, Duration.ofDays(1), 0);
  }
}
