package io.varve.engine.inspect;

import io.varve.engine.compaction.CompactionMode;
import java.util.List;
import java.util.Locale;

/// What one mode made of a scenario.
///
/// @param mode the mode
/// @param samples in order of time
/// @param steady of the second half of the time: means of amplification and reads, maxima of space and runs
public record SimulationResult(
    CompactionMode mode, List<SimulationSample> samples, SimulationSample steady) {

  /// The mode as it is configured: `lazy-leveled`.
  public static String nameOf(CompactionMode mode) {
    return mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
