package io.varve.engine.compaction;

import io.varve.engine.compaction.BaseShards.Placed;
import io.varve.engine.compaction.BaseShards.Shard;
import io.varve.engine.compaction.CompactionChoice.Reason;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Merges what somebody has asked to be merged: all tables of a key range into the base, in pieces.
///
/// First what is young becomes one run that is cut as the base is; then one shard after the other is
/// rewritten, with what lies above it. So the space that is needed for a time is that of the young
/// tiers, then that of a few tables. What has been done shows in the version alone: rewritten tables have
/// new numbers.
final class RangeMerges {

  private final PlannerOptions options;
  private final TierMerges tiers;
  private final ShardMerges shards;
  private final int cutLevel;

  /// @param cutLevel first level that is cut as the base is
  RangeMerges(PlannerOptions options, int cutLevel) {
    this.options = options;
    this.cutLevel = Math.min(cutLevel, options.lastTier());
    this.tiers = new TierMerges(options, this.cutLevel);
    this.shards = new ShardMerges(options, tiers);
  }

  /// The next piece, or null: all is done, or what is left is taken.
  @Nullable CompactionChoice find(Situation now, CompactionRange range) {
    if (hasYoung(now, range)) {
      List<InputRun> young = youngInputs(now, range);
      return young.isEmpty() ? null : tiers.merge(now, young, cutLevel, Reason.MANUAL);
    }
    List<Shard> all = BaseShards.of(now.version, cutLevel, options.baseLevel());
    for (int i = 0; i < all.size(); i++) {
      if (!isWanted(now, all.get(i), range)) {
        continue;
      }
      if (shards.isTooLarge(now, all.get(i))) {
        @Nullable CompactionChoice cutting = shards.cut(now, cutLevel, all.get(i));
        if (cutting != null) {
          return cutting;
        }
      }
      return shards.rewrite(ShardMerges.toInputs(piece(now, all, i, range)), Reason.MANUAL);
    }
    return null;
  }

  /// Whether a run that is not cut as the base is has to go down.
  private boolean hasYoung(Situation now, CompactionRange range) {
    for (int level = 0; level < cutLevel; level++) {
      for (Run run : now.level(level)) {
        if (range.isOld(run.id()) && range.touches(run) && isMovable(now, run)) {
          return true;
        }
      }
    }
    return false;
  }

  /// Nothing sinks past a damaged table.
  private boolean isMovable(Situation now, Run run) {
    for (int age = now.version.runCount() - 1; age >= 0; age--) {
      Run older = now.version.run(age);
      if (now.version.levelOf(age) < cutLevel && now.isBlocked(older)) {
        return false;
      }
      if (older.id() == run.id()) {
        return true;
      }
    }
    return true;
  }

  /// All old runs above the cut level, youngest first; none while merges are at work on them.
  private List<InputRun> youngInputs(Situation now, CompactionRange range) {
    List<InputRun> inputs = new ArrayList<>();
    for (int level = 0; level < cutLevel; level++) {
      for (Run run : now.level(level)) {
        if (range.isOld(run.id()) && isMovable(now, run)) {
          if (now.isBusy(run)) {
            return List.of();
          }
          inputs.add(new InputRun(level, run.id(), run.tables()));
        }
      }
    }
    return inputs;
  }

  private boolean isWanted(Situation now, Shard shard, CompactionRange range) {
    if (!range.touches(shard.smallestKey(), shard.largestKey())
        || !ShardMerges.isFree(now, shard)) {
      return false;
    }
    for (Placed placed : shard.tables()) {
      TableMetadata table = placed.table();
      boolean old =
          placed.level() < options.baseLevel()
              ? range.isOld(placed.runId())
              : range.isOld(table.fileNumber());
      if (old && range.touches(table.smallestKey(), table.largestKey())) {
        return true;
      }
    }
    return false;
  }

  /// A shard and those behind it, until they are a few tables.
  private List<Shard> piece(Situation now, List<Shard> all, int from, CompactionRange range) {
    int to = from + 1;
    long bytes = all.get(from).bytes();
    while (to < all.size()
        && bytes + all.get(to).bytes() <= options.shardBytesMax(0)
        && isWanted(now, all.get(to), range)) {
      bytes += all.get(to++).bytes();
    }
    return all.subList(from, to);
  }
}
