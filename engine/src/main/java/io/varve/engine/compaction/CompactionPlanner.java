package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.BaseShards.Placed;
import io.varve.engine.compaction.BaseShards.Shard;
import io.varve.engine.compaction.CompactionChoice.DropTables;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.compaction.CompactionChoice.MoveRun;
import io.varve.engine.compaction.CompactionChoice.Nothing;
import io.varve.engine.compaction.CompactionChoice.Reason;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.version.Run;
import io.varve.engine.version.StoreState;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Decides what to merge next: a pure function of a version, of what is being merged already, and of
/// its options. It touches no file, no clock and no thread, so a simulator can drive it.
///
/// The shape it keeps: flushes are runs of level 0; a tier that holds `fanOut` runs is merged into one
/// run of the next; at the bottom lies one base run. Tiering alone bounds neither space nor, when runs
/// come in odd sizes, their number, so two rules watch over it:
/// - run counts trigger by *count*, never by size ratio: whatever sizes come, a tier is merged when it
///   holds its number, and the last tier is merged within itself;
/// - space: when the bytes above the base exceed the cap, the shard ([BaseShards]) with the most
///   excess for its size is merged into the base, one shard at a time, so that temporary space and the
///   largest piece of work are a shard and not the store.
///
/// Before either: tables in whose key range nobody can want anything are dropped, and tables that
/// overlap nothing older sink to the base without being rewritten.
///
/// Order of ages: a merge takes whole neighbouring runs, or, into the base, all that is older too
/// within its key range; one merge per tier at a time. So what lies higher, or has the greater run
/// id, is younger, always. Thread-safe, since it has no state.
public final class CompactionPlanner {

  private final PlannerOptions options;

  public CompactionPlanner(PlannerOptions options) {
    this.options = options;
  }

  public PlannerOptions options() {
    return options;
  }

  /// What to do next, while the merges of `running` go on.
  ///
  /// @param blocked file numbers that must be left alone
  public CompactionChoice plan(
      Version version, List<MergeRuns> running, Set<Long> blocked, CompactionFilter filter) {
    Situation now = new Situation(version, running, blocked);
    @Nullable CompactionChoice choice = findDrop(now, filter);
    if (choice == null) {
      choice = findMoveToBase(now);
    }
    if (choice == null && version.level(0).size() >= 2 * options.fanOut()) {
      // Reads suffer first, and the base must not be merged with a crowd of flushes.
      choice = findTierMerge(now, 0, 2 * options.fanOut());
    }
    if (choice == null) {
      choice = findBaseMerge(now);
    }
    int tiers = options.tiersFor(now.baseBytes);
    for (int level = 0; choice == null && level < options.baseLevel(); level++) {
      // The deepest tier is emptied by the space cap, slice by slice: what hangs on there in part
      // is
      // not worth a merge among its like until it is many.
      int count = level < tiers - 1 ? options.fanOut() : 5 * options.fanOut() / 2;
      choice = findTierMerge(now, level, count);
    }
    return choice == null ? new Nothing() : choice;
  }

  /// Everything into the base, in one merge; nothing if there is nothing above it and no tombstone in
  /// it. For when somebody asks; needs space for a second copy.
  public CompactionChoice planEverything(Version version) {
    List<InputRun> inputs = new ArrayList<>();
    long tombstones = 0;
    for (int age = 0; age < version.runCount(); age++) {
      Run run = version.run(age);
      inputs.add(new InputRun(version.levelOf(age), run.id(), run.tables()));
      tombstones += run.tombstoneCount() + run.rangeTombstoneCount();
    }
    if (inputs.isEmpty()
        || (inputs.size() == 1
            && inputs.getFirst().level() == options.baseLevel()
            && tombstones == 0)) {
      return new Nothing();
    }
    return new MergeRuns(
        inputs,
        options.baseLevel(),
        StoreState.BASE_RUN_ID,
        List.of(),
        options.tableBytes(),
        Reason.MANUAL);
  }

  /// How far a version is from the shape that the planner keeps.
  public CompactionDebt debt(Version version) {
    long baseBytes = version.bytes(options.baseLevel());
    long above = version.bytes() - baseBytes;
    return new CompactionDebt(
        version.level(0).size(), above, baseBytes, (long) options.bytesAboveBaseMax(baseBytes));
  }

  private static @Nullable CompactionChoice findDrop(Situation now, CompactionFilter filter) {
    List<InputRun> dead = new ArrayList<>();
    for (int age = 0; age < now.version.runCount(); age++) {
      Run run = now.version.run(age);
      List<TableMetadata> tables = new ArrayList<>();
      for (TableMetadata table : run.tables()) {
        if (!now.isTaken(table) && filter.dropsRange(table.smallestKey(), table.largestKey())) {
          tables.add(table);
        }
      }
      if (!tables.isEmpty()) {
        dead.add(new InputRun(now.version.levelOf(age), run.id(), tables));
      }
    }
    return dead.isEmpty() ? null : new DropTables(dead);
  }

  /// Tables of the tiers that overlap nothing older, neither the base nor what a merge is adding to
  /// it.
  private @Nullable CompactionChoice findMoveToBase(Situation now) {
    Version version = now.version;
    for (int age = version.runCount() - 1; age >= 0; age--) {
      int level = version.levelOf(age);
      if (level >= options.baseLevel()) {
        continue;
      }
      Run run = version.run(age);
      List<TableMetadata> tables = new ArrayList<>();
      for (TableMetadata table : run.tables()) {
        if (table.fileBytes() >= options.moveBytesMin()
            && !now.isTaken(table)
            && !now.touchesBaseMerge(table.smallestKey(), table.largestKey())
            && !overlapsOlder(version, age, table)) {
          tables.add(table);
        }
      }
      if (!tables.isEmpty()) {
        return new MoveRun(
            List.of(new InputRun(level, run.id(), tables)),
            options.baseLevel(),
            StoreState.BASE_RUN_ID);
      }
    }
    return null;
  }

  private static boolean overlapsOlder(Version version, int age, TableMetadata table) {
    for (int older = age + 1; older < version.runCount(); older++) {
      if (version.run(older).overlaps(table.smallestKey(), table.largestKey())) {
        return true;
      }
    }
    return false;
  }

  private @Nullable CompactionChoice findBaseMerge(Situation now) {
    if (now.bytesAboveBase <= options.bytesAboveBaseMax(now.baseBytes)) {
      return null;
    }
    int source = sourceLevel(now);
    if (source == 0 && options.tiersFor(now.baseBytes) > 1) {
      // Flushes span all shards: first make them a run that is cut as the base is.
      @Nullable CompactionChoice tierMerge = findTierMerge(now, 0, options.fanOut());
      if (tierMerge != null) {
        return tierMerge;
      }
      source = 1;
    }
    List<Shard> shards = BaseShards.of(now.version, source, options.baseLevel());
    int best = -1;
    double bestExcess = 0;
    for (int i = 0; i < shards.size(); i++) {
      Shard shard = shards.get(i);
      double excess = (double) shard.tierBytes() / (shard.bytes() + options.crumbBytes());
      if (excess > bestExcess && isFree(now, shard)) {
        best = i;
        bestExcess = excess;
      }
    }
    if (best < 0) {
      return null;
    }
    if (shards.get(best).bytes() > options.shardBytesMax(now.version.bytes())) {
      // Tables that are not cut as the base is have glued shards together, as after the number of
      // tiers has changed. Cut them first: that rewrites a tier and not the base.
      @Nullable CompactionChoice cutting = findTierMerge(now, source, 1);
      if (cutting != null) {
        return cutting;
      }
    }
    return mergeShards(now, shards, best);
  }

  /// The deepest tiers that together hold at least half of what lies above the base: the base is
  /// rewritten for a good load only.
  private int sourceLevel(Situation now) {
    long sum = 0;
    for (int level = options.baseLevel() - 1; level > 0; level--) {
      sum += now.freeBytes(level);
      if (2 * sum >= now.bytesAboveBase) {
        return level;
      }
    }
    return 0;
  }

  private static boolean isFree(Situation now, Shard shard) {
    for (Placed placed : shard.tables()) {
      if (now.isTaken(placed.table())) {
        return false;
      }
    }
    return !now.touchesBaseMerge(shard.smallestKey(), shard.largestKey());
  }

  private CompactionChoice mergeShards(Situation now, List<Shard> shards, int best) {
    int first = best;
    int last = best;
    long bytes = shards.get(best).bytes();
    // Crumbs beside the shard go along, or they would stay for ever.
    while (first > 0 && isCrumb(now, shards.get(first - 1))) {
      bytes += shards.get(--first).bytes();
    }
    while (last + 1 < shards.size() && isCrumb(now, shards.get(last + 1))) {
      bytes += shards.get(++last).bytes();
    }
    List<InputRun> inputs = toInputs(shards.subList(first, last + 1));
    if (inputs.size() == 1 && inputs.getFirst().level() < options.baseLevel()) {
      return new MoveRun(inputs, options.baseLevel(), StoreState.BASE_RUN_ID);
    }
    return new MergeRuns(
        inputs,
        options.baseLevel(),
        StoreState.BASE_RUN_ID,
        List.of(),
        evenTableBytes(bytes),
        Reason.SPACE);
  }

  /// The tables of shards by run, youngest first.
  private static List<InputRun> toInputs(List<Shard> shards) {
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

  private boolean isCrumb(Situation now, Shard shard) {
    return shard.bytes() < options.crumbBytes() && isFree(now, shard);
  }

  /// Divides output evenly over tables of about the size wanted, so that no crumb is left over.
  private long evenTableBytes(long bytes) {
    long tables = Math.max(1, Math.round((double) bytes / options.tableBytes() - 0.25));
    return Math.max(options.tableBytes() / 2, bytes / tables + 1);
  }

  /// All runs of a tier, if they are many enough, into one run of the next.
  private @Nullable CompactionChoice findTierMerge(Situation now, int level, int count) {
    List<Run> runs = now.version.level(level);
    boolean lastTier = level == options.baseLevel() - 1;
    if (runs.size() < count || runs.isEmpty() || (lastTier && runs.size() < 2)) {
      return null;
    }
    for (Run run : runs) {
      for (TableMetadata table : run.tables()) {
        if (now.isTaken(table)) {
          return null;
        }
      }
    }
    // The oldest, and not too many at once: each input costs a buffer.
    List<Run> oldest = runs.subList(Math.max(0, runs.size() - 2 * options.fanOut()), runs.size());
    List<InputRun> inputs = new ArrayList<>();
    for (Run run : oldest) {
      inputs.add(new InputRun(level, run.id(), run.tables()));
    }
    // The last tier has no next one and is merged within itself.
    int outputLevel = lastTier ? level : level + 1;
    long outputRunId = oldest.getFirst().id();
    if (oldest.size() > 1 && canJoin(oldest)) {
      return new MoveRun(inputs, outputLevel, outputRunId);
    }
    return new MergeRuns(
        inputs,
        outputLevel,
        outputRunId,
        cutsFor(now, inputs, outputLevel),
        options.tableBytes(),
        Reason.RUN_COUNT);
  }

  /// Whether runs are one run as they are: no overlap, and no crumbs worth melting together.
  private boolean canJoin(List<Run> runs) {
    List<TableMetadata> tables = new ArrayList<>();
    long bytes = 0;
    for (Run run : runs) {
      tables.addAll(run.tables());
      bytes += run.bytes();
    }
    if (bytes / tables.size() < options.moveBytesMin()) {
      return false;
    }
    tables.sort(Comparator.comparing(TableMetadata::smallestKey));
    for (int i = 1; i < tables.size(); i++) {
      if (tables.get(i - 1).overlaps(tables.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// Only the deepest tier has to be cut as the base is: only it is merged into the base.
  private List<Slice> cutsFor(Situation now, List<InputRun> inputs, int outputLevel) {
    if (outputLevel < options.tiersFor(now.baseBytes) - 1) {
      return List.of();
    }
    long bytes = 0;
    for (InputRun input : inputs) {
      bytes += input.bytes();
    }
    return BaseShards.cuts(
        BaseShards.of(now.version, outputLevel, options.baseLevel()), bytes, options.crumbBytes());
  }

  /// A version and what is being done to it.
  private final class Situation {
    private final Version version;
    private final List<MergeRuns> running;
    private final Set<Long> taken;
    private final long baseBytes;

    /// Without what running merges are taking into the base.
    private final long bytesAboveBase;

    Situation(Version version, List<MergeRuns> running, Set<Long> blocked) {
      this.version = version;
      this.running = running;
      this.taken = new HashSet<>(blocked);
      long sinking = 0;
      for (MergeRuns merge : running) {
        for (InputRun input : merge.inputs()) {
          for (TableMetadata table : input.tables()) {
            taken.add(table.fileNumber());
          }
          if (merge.outputLevel() == options.baseLevel() && input.level() < options.baseLevel()) {
            sinking += input.bytes();
          }
        }
      }
      this.baseBytes = version.bytes(options.baseLevel());
      this.bytesAboveBase = version.bytes() - baseBytes - sinking;
    }

    boolean isTaken(TableMetadata table) {
      return taken.contains(table.fileNumber());
    }

    /// Bytes of a level that nothing is being done to.
    long freeBytes(int level) {
      long sum = 0;
      for (Run run : version.level(level)) {
        for (TableMetadata table : run.tables()) {
          sum += isTaken(table) ? 0 : table.fileBytes();
        }
      }
      return sum;
    }

    /// Whether a running merge may put tables into the base that overlap a range: its outputs may
    /// cover gaps between its inputs.
    boolean touchesBaseMerge(Slice smallest, Slice largest) {
      for (MergeRuns merge : running) {
        if (merge.outputLevel() == options.baseLevel()
            && merge.smallestKey().compareTo(largest) <= 0
            && merge.largestKey().compareTo(smallest) >= 0) {
          return true;
        }
      }
      return false;
    }
  }
}
