package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.BaseShards.Placed;
import io.varve.engine.compaction.BaseShards.Shard;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.compaction.CompactionChoice.MoveRun;
import io.varve.engine.compaction.CompactionChoice.Reason;
import io.varve.engine.version.Run;
import io.varve.engine.version.StoreState;
import io.varve.engine.version.TableMetadata;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Merges into the base, one shard ([BaseShards]) at a time: all that is old in a key range.
final class ShardMerges {

  /// No run's id.
  private static final long ANY_RUN = -1;

  /// Runs in which slices may hang on, in fan-outs, before the oldest comes first.
  private static final double RUNS_OF_FAN_OUT = 1.25;

  private final PlannerOptions options;
  private final TierMerges tiers;

  ShardMerges(PlannerOptions options, TierMerges tiers) {
    this.options = options;
    this.tiers = tiers;
  }

  /// The shard with the most to gain for its size, of the levels from `source` to the base.
  @Nullable CompactionChoice find(Situation now, int source) {
    List<Shard> shards = BaseShards.of(now.version, source, options.baseLevel());
    int best = findBest(now, shards, oldestOfMany(now, source));
    if (best < 0) {
      best = findBest(now, shards, ANY_RUN);
    }
    if (best < 0) {
      return null;
    }
    if (isTooLarge(now, shards.get(best))) {
      @Nullable CompactionChoice cutting = cut(now, source, shards.get(best));
      if (cutting != null) {
        return cutting;
      }
    }
    return merge(now, shards, best);
  }

  /// The shard with the most to gain, of those that hold a table of a run.
  private int findBest(Situation now, List<Shard> shards, long runId) {
    int best = -1;
    double bestGain = 0;
    for (int i = 0; i < shards.size(); i++) {
      Shard shard = shards.get(i);
      double gain = runId == ANY_RUN || holds(shard, runId) ? gain(now, shard) : 0;
      if (gain > bestGain && isFree(now, shard)) {
        best = i;
        bestGain = gain;
      }
    }
    return best;
  }

  private static boolean holds(Shard shard, long runId) {
    for (Placed placed : shard.tables()) {
      if (placed.runId() == runId) {
        return true;
      }
    }
    return false;
  }

  /// The oldest run above the base, if there are so many that the tails of the oldest have to go: each is
  /// left in few shards, but every scan opens it.
  private long oldestOfMany(Situation now, int source) {
    int runs = 0;
    long oldest = ANY_RUN;
    for (int level = source; level < options.baseLevel(); level++) {
      for (Run run : now.level(level)) {
        runs++;
        oldest = run.id();
      }
    }
    return runs > RUNS_OF_FAN_OUT * options.fanOut() ? oldest : ANY_RUN;
  }

  /// What a merge of the shard frees or settles, by what it has to write: the higher, the sooner.
  private double gain(Situation now, Shard shard) {
    double weight = 0;
    for (Placed placed : shard.tables()) {
      weight +=
          placed.level() < options.baseLevel()
              ? now.weight(placed.table())
              : now.garbageToFree(placed.table());
    }
    return weight / (shard.bytes() + options.crumbBytes());
  }

  boolean isTooLarge(Situation now, Shard shard) {
    return shard.tables().size() > 2
        && shard.bytes() > options.shardBytesMax(now.version.totalBytes());
  }

  /// Tables that are not cut as the base is have glued shards together, as after a change of mode or of
  /// the number of tiers. They are cut first: that rewrites a tier and not the base. Null if that would
  /// not help.
  @Nullable CompactionChoice cut(Situation now, int source, Shard shard) {
    if (shard.baseBytes() < shard.tierBytes() / 4) {
      return cutBase(shard);
    }
    if (source < options.lastTier() || now.level(source).size() > 1) {
      return tiers.find(now, source, 1);
    }
    return tiers.findCut(now, source);
  }

  /// A base that is small beside what comes is cut as that is.
  private @Nullable CompactionChoice cutBase(Shard shard) {
    List<InputRun> base = new ArrayList<>();
    List<Slice> cuts = new ArrayList<>();
    for (InputRun input : toInputs(List.of(shard))) {
      if (input.level() == options.baseLevel()) {
        base.add(input);
      } else if (input.tables().size() > cuts.size() + 1) {
        cuts = new ArrayList<>();
        for (TableMetadata table : input.tables().subList(1, input.tables().size())) {
          cuts.add(table.smallestKey());
        }
      }
    }
    if (base.isEmpty() || !crosses(base.getFirst().tables(), cuts)) {
      return null;
    }
    return new MergeRuns(
        base,
        options.baseLevel(),
        StoreState.BASE_RUN_ID,
        cuts,
        options.tableBytes(),
        Reason.SPACE);
  }

  /// Whether a table reaches across a cut.
  static boolean crosses(List<TableMetadata> tables, List<Slice> cuts) {
    int next = 0;
    for (TableMetadata table : tables) {
      while (next < cuts.size() && cuts.get(next).compareTo(table.smallestKey()) <= 0) {
        next++;
      }
      if (next < cuts.size() && !table.endsBefore(cuts.get(next))) {
        return true;
      }
    }
    return false;
  }

  static boolean isFree(Situation now, Shard shard) {
    for (Placed placed : shard.tables()) {
      if (now.isTaken(placed.table())) {
        return false;
      }
    }
    return !now.isOutputExpected(
        now.options.baseLevel(), StoreState.BASE_RUN_ID, shard.smallestKey(), shard.largestKey());
  }

  private CompactionChoice merge(Situation now, List<Shard> shards, int best) {
    int first = best;
    int last = best;
    // Crumbs beside the shard go along, or they would stay for ever.
    while (first > 0 && isCrumb(now, shards.get(first - 1))) {
      first--;
    }
    while (last + 1 < shards.size() && isCrumb(now, shards.get(last + 1))) {
      last++;
    }
    List<Shard> chosen = shards.subList(first, last + 1);
    List<InputRun> inputs = toInputs(chosen);
    if (inputs.size() == 1 && inputs.getFirst().level() < options.baseLevel()) {
      return new MoveRun(inputs, options.baseLevel(), StoreState.BASE_RUN_ID);
    }
    boolean onlyGarbage = inputs.getFirst().level() == options.baseLevel();
    return rewrite(inputs, onlyGarbage ? Reason.GARBAGE : Reason.SPACE);
  }

  private boolean isCrumb(Situation now, Shard shard) {
    return shard.bytes() < options.crumbBytes() && isFree(now, shard);
  }

  /// A merge of these tables into the base.
  MergeRuns rewrite(List<InputRun> inputs, Reason reason) {
    long bytes = 0;
    for (InputRun input : inputs) {
      bytes += input.bytes();
    }
    return new MergeRuns(
        inputs,
        options.baseLevel(),
        StoreState.BASE_RUN_ID,
        List.of(),
        options.evenTableBytes(bytes),
        reason);
  }

  /// The tables of shards by run, youngest first.
  static List<InputRun> toInputs(List<Shard> shards) {
    TreeMap<Long, List<Placed>> byRun = new TreeMap<>(Comparator.reverseOrder());
    for (Shard shard : shards) {
      for (Placed placed : shard.tables()) {
        byRun.computeIfAbsent(placed.runId(), _ -> new ArrayList<>()).add(placed);
      }
    }
    List<InputRun> inputs = new ArrayList<>();
    byRun.forEach(
        (runId, tables) ->
            inputs.add(
                new InputRun(
                    tables.getFirst().level(),
                    runId,
                    tables.stream().map(Placed::table).toList())));
    return inputs;
  }
}
