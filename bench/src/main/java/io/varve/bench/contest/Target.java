package io.varve.bench.contest;

import java.util.Locale;

/// What the design promises, by what has to be done to see it.
enum Target {
  /// Write amplification and space under uniform overwrites.
  AMPLIFICATION,
  /// Block reads per GET with a cold cache.
  COLD_READS,
  /// Waits of a writer in a burst.
  BURST,
  /// The time that one delete of all keys takes, and until their space is back.
  RANGE_DELETE;

  /// The name on the command line.
  String optionName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
