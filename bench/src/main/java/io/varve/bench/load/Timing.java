package io.varve.bench.load;

import java.time.Duration;

/// How long the phases of a run are.
///
/// @param warmUp before the measured phase, at its pace
/// @param peak while the highest rate is looked for
/// @param measured phase
/// @param patience for what has not been answered at the end of a phase
record Timing(Duration warmUp, Duration peak, Duration measured, Duration patience) {

  Timing {
    if (!measured.isPositive() || !peak.isPositive() || warmUp.isNegative()) {
      throw new IllegalArgumentException("phases need some seconds");
    }
  }
}
