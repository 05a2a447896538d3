package io.varve.engine.compaction;

import io.varve.engine.version.Version;
import org.jspecify.annotations.Nullable;

/// Tiers above one base run, and a cap on the bytes above the base.
///
/// - Count: a tier that holds `fanOut` runs is merged into one run of the next. Never by size ratio:
///   with that trigger alone, runs of odd sizes pile up for ever.
/// - Space: when what lies above the base weighs more than the cap, the shard with the most to gain is
///   merged into the base; one at a time, so that temporary space and the largest piece of work are a
///   shard and not the store.
///
/// The deepest tier is emptied slice by slice by the second rule, and counts only far beyond the fan-out:
/// what hangs on there in part is not worth a merge among its like until it is many. With a cap of a
/// tenth instead of a third this is lazy leveling.
final class TieredPolicy implements CompactionPolicy {

  /// Runs of the deepest tier, in fan-outs: fewer would be large beside the base.
  private static final double DEEPEST_RUNS_WANTED = 1.25;

  /// Flushes that are too many to wait for shards, in fan-outs.
  private static final int CROWD_OF_FAN_OUT = 3;

  private final PlannerOptions options;
  private final double spaceCap;

  TieredPolicy(PlannerOptions options, double spaceCap) {
    this.options = options;
    this.spaceCap = spaceCap;
  }

  @Override
  public @Nullable CompactionChoice findMerge(Situation now) {
    TierMerges tiers = tierMerges(now);
    @Nullable CompactionChoice choice = findYoungMerge(now, options.baseLevel());
    if (choice == null && now.level(0).size() >= CROWD_OF_FAN_OUT * options.fanOut()) {
      // Flushes come faster than shards can take them: reads suffer first.
      choice = tiers.find(now, 0, options.fanOut());
    }
    if (choice == null) {
      choice = findBaseMerge(now);
    }
    for (int level = cutLevel(now.baseBytes);
        choice == null && level <= options.lastTier();
        level++) {
      choice = tiers.find(now, level, options.deepestTierRunsMax());
    }
    return choice;
  }

  @Override
  public @Nullable CompactionChoice findYoungMerge(Situation now, int belowLevel) {
    int cutLevel = cutLevel(now.baseBytes);
    TierMerges tiers = tierMerges(now);
    @Nullable CompactionChoice choice = null;
    for (int level = 0; choice == null && level < Math.min(belowLevel, cutLevel); level++) {
      choice = tiers.find(now, level, count(level, cutLevel, now.baseBytes));
    }
    return choice;
  }

  /// Half of what the cap allows bounds a merge too: where the base has just grown enough for one tier
  /// more, all of the tier that was the deepest waits for its merge.
  private TierMerges tierMerges(Situation now) {
    double full = (double) options.fanOut() * options.memtableBytes();
    double merge = Math.max(allowed(now.baseBytes) / 4, full);
    return new TierMerges(options, cutLevel(now.baseBytes), merge);
  }

  private @Nullable CompactionChoice findBaseMerge(Situation now) {
    double weight = now.weightAboveBase();
    if (weight <= allowed(now.baseBytes)) {
      return null;
    }
    int cutLevel = cutLevel(now.baseBytes);
    int source = sourceLevel(now, weight);
    TierMerges tiers = tierMerges(now);
    @Nullable CompactionChoice choice =
        new ShardMerges(options, tiers).find(now, Math.max(source, cutLevel));
    // A tier that is heavier than it would grow in this mode: it cannot wait for its number of
    // runs.
    return choice == null && source > 0 && source < cutLevel ? tiers.find(now, source, 1) : choice;
  }

  /// The deepest tiers that together hold at least half of what lies above the base: the base is
  /// rewritten for a good load only.
  private int sourceLevel(Situation now, double weight) {
    double sum = 0;
    for (int level = options.lastTier(); level > 0; level--) {
      sum += now.weight(level);
      if (2 * sum >= weight) {
        return level;
      }
    }
    return 0;
  }

  /// The deepest tier: the first that needs few enough runs to hold what the cap allows above the base.
  /// A shard has, just before it is merged, twice the mean above it, so twice the mean in runs.
  @Override
  public int cutLevel(long baseBytes) {
    double most = 2 * allowed(baseBytes);
    double run = options.memtableBytes();
    int level = 0;
    while (level < options.lastTier() && most > run * deepestRunsMax(level)) {
      run *= options.fanOut();
      level++;
    }
    return level;
  }

  /// Runs that may hang on in a deepest tier, so that there are three and a half fan-outs over all.
  private double deepestRunsMax(int level) {
    double left = (3.5 - level) * options.fanOut();
    return Math.max(2, Math.min(options.deepestTierRunsMax() - 2.0, left));
  }

  /// Runs at which a tier is merged: the fan-out, but less before the deepest tier if full runs there
  /// would be too large a part of what the cap allows.
  private int count(int level, int cutLevel, long baseBytes) {
    if (level != cutLevel - 1) {
      return options.fanOut();
    }
    double run = options.memtableBytes() * Math.pow(options.fanOut(), level);
    double wanted = 2 * allowed(baseBytes) / (DEEPEST_RUNS_WANTED * options.fanOut() * run);
    return Math.clamp(Math.round(wanted), 2, options.fanOut());
  }

  private double allowed(long baseBytes) {
    return Math.max((double) options.spaceFloorBytes(), spaceCap * baseBytes);
  }

  @Override
  public long bytesAboveBaseMax(Version version) {
    return (long) allowed(version.totalBytes(options.baseLevel()));
  }
}
