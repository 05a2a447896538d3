package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.compaction.CompactionChoice.MoveRun;
import io.varve.engine.compaction.CompactionChoice.Reason;
import io.varve.engine.version.Run;
import io.varve.engine.version.StoreState;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One run per level, and each level a tenth of the next.
///
/// Sizes are reckoned from the base upwards, not from the top down: the base is as large as it is, the
/// level above may have a tenth of it, and so on, as long as a level is worth a few flushes. So what lies
/// above the base stays at about 11 % of it at any size of the store (the dynamic levels of "Optimizing
/// Space Amplification in RocksDB", CIDR 2017). Flushes are merged with the first level in use; a level
/// that is too full gives a table to the next: the one that overlaps least there for its size.
///
/// While the store is so small that no level is in use, the flushes are merged into the base shard by
/// shard, cut as the base is.
final class LeveledPolicy implements CompactionPolicy {

  private final PlannerOptions options;

  LeveledPolicy(PlannerOptions options) {
    this.options = options;
  }

  @Override
  public @Nullable CompactionChoice findMerge(Situation now) {
    @Nullable CompactionChoice choice = findYoungMerge(now, options.baseLevel());
    if (choice == null) {
      choice = findForeign(now);
    }
    if (choice == null && firstLevel(now.baseBytes) == options.baseLevel()) {
      choice = findSmallMerge(now);
    }
    return choice == null ? findFullest(now) : choice;
  }

  /// Flushes into the first level in use, when there are a few.
  @Override
  public @Nullable CompactionChoice findYoungMerge(Situation now, int belowLevel) {
    int first = firstLevel(now.baseBytes);
    if (belowLevel == 0
        || first == options.baseLevel()
        || now.level(0).size() < PlannerOptions.LEVELED_FLUSHES
        || hasForeign(now, first)) {
      return null;
    }
    TierMerges tiers = new TierMerges(options, options.baseLevel());
    List<Run> free = tiers.oldestFree(now, 0);
    return free.size() >= PlannerOptions.LEVELED_FLUSHES
        ? into(now, TierMerges.toInputs(tiers.atMost(free), 0), first, Reason.RUN_COUNT)
        : tiers.findAboveDamage(now, 0, PlannerOptions.LEVELED_FLUSHES);
  }

  /// A level's tables and all they overlap in a deeper one, into that; what lies between must be empty.
  private @Nullable CompactionChoice into(
      Situation now, List<InputRun> inputs, int level, Reason reason) {
    Slice smallest = inputs.getFirst().tables().getFirst().smallestKey();
    Slice largest = inputs.getFirst().tables().getLast().largestKey();
    for (InputRun input : inputs) {
      Slice first = input.tables().getFirst().smallestKey();
      Slice last = input.tables().getLast().largestKey();
      smallest = first.compareTo(smallest) < 0 ? first : smallest;
      largest = last.compareTo(largest) > 0 ? last : largest;
    }
    List<InputRun> all = new ArrayList<>(inputs);
    long runId = level == options.baseLevel() ? StoreState.BASE_RUN_ID : inputs.getFirst().runId();
    if (!now.level(level).isEmpty()) {
      Run target = now.level(level).getFirst();
      runId = target.id();
      List<TableMetadata> under = overlapping(target, smallest, largest);
      for (TableMetadata table : under) {
        if (now.isTaken(table)) {
          return null;
        }
      }
      if (!under.isEmpty()) {
        InputRun older = new InputRun(level, runId, under);
        smallest = min(smallest, under.getFirst().smallestKey());
        largest = max(largest, under.getLast().largestKey());
        all.add(older);
      }
    }
    if (now.isOutputExpected(level, runId, smallest, largest)) {
      return null;
    }
    if (all.size() == 1) {
      return new MoveRun(all, level, runId);
    }
    long bytes = 0;
    for (InputRun input : all) {
      bytes += input.bytes();
    }
    return new MergeRuns(all, level, runId, List.of(), options.evenTableBytes(bytes), reason);
  }

  private static List<TableMetadata> overlapping(Run run, Slice smallest, Slice largest) {
    List<TableMetadata> tables = new ArrayList<>();
    for (int i = run.indexOfFirstReaching(smallest);
        i < run.tableCount() && run.table(i).smallestKey().compareTo(largest) <= 0;
        i++) {
      tables.add(run.table(i));
    }
    return tables;
  }

  private static Slice min(Slice a, Slice b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static Slice max(Slice a, Slice b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  /// What this mode would not have made: several runs in a level, or a level that should be empty, as
  /// another mode or a store that has shrunk leaves them. It sinks to the base shard by shard.
  private @Nullable CompactionChoice findForeign(Situation now) {
    int first = firstLevel(now.baseBytes);
    for (int level = options.lastTier(); level > 0; level--) {
      if (isForeign(now, level, first)) {
        return shardMerges().find(now, level);
      }
    }
    return null;
  }

  private boolean hasForeign(Situation now, int first) {
    for (int level = 1; level <= options.lastTier(); level++) {
      if (isForeign(now, level, first)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isForeign(Situation now, int level, int first) {
    int runs = now.level(level).size();
    return runs > 1 || (runs == 1 && level < first);
  }

  private ShardMerges shardMerges() {
    return new ShardMerges(options, new TierMerges(options, options.lastTier()));
  }

  private @Nullable CompactionChoice findSmallMerge(Situation now) {
    return now.weightAboveBase() <= allowedAboveSmallBase(now.baseBytes)
        ? null
        : shardMerges().find(now, 0);
  }

  private double allowedAboveSmallBase(long baseBytes) {
    return Math.max((double) options.spaceFloorBytes(), (double) baseBytes / options.sizeRatio());
  }

  /// The level furthest above its size gives a table.
  private @Nullable CompactionChoice findFullest(Situation now) {
    int first = firstLevel(now.baseBytes);
    int fullest = -1;
    double most = 1;
    for (int level = first; level <= options.lastTier(); level++) {
      double fill = now.weight(level) / target(level, now.baseBytes);
      if (fill > most && !now.level(level).isEmpty()) {
        fullest = level;
        most = fill;
      }
    }
    return fullest < 0 ? null : findPart(now, fullest);
  }

  private @Nullable CompactionChoice findPart(Situation now, int level) {
    Run run = now.level(level).getFirst();
    int next = level + 1;
    if (next < options.baseLevel() && now.level(next).isEmpty()) {
      // A part of a run cannot found a run below: there is no id between. All of it can.
      return now.isFree(run)
          ? new MoveRun(List.of(new InputRun(level, run.id(), run.tables())), next, run.id())
          : null;
    }
    @Nullable Run below = now.level(next).isEmpty() ? null : now.level(next).getFirst();
    @Nullable CompactionChoice best = null;
    double least = Double.MAX_VALUE;
    for (TableMetadata table : run.tables()) {
      if (now.isTaken(table)) {
        continue;
      }
      long overlap = 0;
      if (below != null) {
        for (TableMetadata under : overlapping(below, table.smallestKey(), table.largestKey())) {
          overlap += under.totalBytes();
        }
      }
      double price = overlap / now.weight(table);
      if (price < least) {
        @Nullable CompactionChoice choice =
            into(
                now,
                List.of(new InputRun(level, run.id(), widened(now, run, below, table))),
                next,
                Reason.LEVEL_FULL);
        if (choice != null) {
          best = choice;
          least = price;
        }
      }
    }
    return best;
  }

  /// The table and its neighbours whose keys are rewritten with it anyway.
  private static List<TableMetadata> widened(
      Situation now, Run run, @Nullable Run below, TableMetadata table) {
    if (below == null) {
      return List.of(table);
    }
    List<TableMetadata> under = overlapping(below, table.smallestKey(), table.largestKey());
    if (under.isEmpty()) {
      return List.of(table);
    }
    Slice smallest = min(table.smallestKey(), under.getFirst().smallestKey());
    Slice largest = max(table.largestKey(), under.getLast().largestKey());
    List<TableMetadata> wide = new ArrayList<>();
    for (TableMetadata near : overlapping(run, smallest, largest)) {
      boolean inside =
          near.smallestKey().compareTo(smallest) >= 0 && near.largestKey().compareTo(largest) <= 0;
      if (near.fileNumber() == table.fileNumber() || (inside && !now.isTaken(near))) {
        wide.add(near);
      }
    }
    return wide;
  }

  /// The shallowest level that is in use: worth as much as comes down at a time.
  private int firstLevel(long baseBytes) {
    int level = options.baseLevel();
    while (level > 1
        && target(level - 1, baseBytes)
            >= (double) PlannerOptions.LEVELED_FLUSHES * options.memtableBytes()) {
      level--;
    }
    return level;
  }

  private double target(int level, long baseBytes) {
    return baseBytes / Math.pow(options.sizeRatio(), (double) options.baseLevel() - level);
  }

  @Override
  public int cutLevel(long baseBytes) {
    return firstLevel(baseBytes) == options.baseLevel() ? 0 : options.lastTier();
  }

  @Override
  public long bytesAboveBaseMax(Version version) {
    long baseBytes = version.totalBytes(options.baseLevel());
    double sum = (double) PlannerOptions.LEVELED_FLUSHES * options.memtableBytes();
    for (int level = firstLevel(baseBytes); level <= options.lastTier(); level++) {
      sum += target(level, baseBytes);
    }
    return (long) Math.max(sum, allowedAboveSmallBase(baseBytes));
  }
}
