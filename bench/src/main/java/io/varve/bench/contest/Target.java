package io.varve.bench.contest;

import java.util.Locale;

/// What the design promises, by what has to be done to see it.
enum Target {
  /// Write amplification and space under uniform overwrites.
  AMPLIFICATION,
  /// Block reads per GET with a cold cache.
  COLD_READS,
  /// Waits of a writer in a burst.
  BURST;

  /// The name on the command line.
  String optionName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
