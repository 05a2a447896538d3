package io.varve.engine.compaction;

import io.varve.engine.version.Version;
import org.jspecify.annotations.Nullable;

/// What one [CompactionMode] merges, after the planner's rules for all modes have found nothing.
///
/// Pure, like the planner. A policy must lead any shape to its own, also one that another mode has
/// left, and must keep the order of ages: whole neighbouring runs, or all that is older within a key
/// range.
sealed interface CompactionPolicy permits TieredPolicy, LeveledPolicy, TimeWindowPolicy {

  static CompactionPolicy of(PlannerOptions options) {
    return switch (options.mode()) {
      case TIERED -> new TieredPolicy(options, options.spaceCap());
      case LAZY_LEVELED -> new TieredPolicy(options, 1.0 / options.sizeRatio());
      case LEVELED -> new LeveledPolicy(options);
      case TIME_WINDOW -> new TimeWindowPolicy(options);
    };
  }

  /// The next merge, or null.
  @Nullable CompactionChoice findMerge(Situation now);

  /// A merge that reads wait for, of data younger than a level, or null.
  @Nullable CompactionChoice findYoungMerge(Situation now, int belowLevel);

  /// First level of which tables have to end where those of the base do; the base's if none has.
  int cutLevel(long baseBytes);

  /// Bytes above the base from which on the base takes some of them in.
  long bytesAboveBaseMax(Version version);
}
