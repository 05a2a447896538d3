package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.compaction.CompactionChoice.MoveRun;
import io.varve.engine.compaction.CompactionChoice.Reason;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Merges of whole runs: several neighbours of a tier become one run of the next.
///
/// One such merge per tier at a time: were a second one, of younger runs, the quicker, its output would
/// lie below older data. Around a damaged table the others go on: the runs below it sink as always,
/// those above it are merged where they are.
final class TierMerges {

  private final PlannerOptions options;

  /// First level that has to be cut as the base is, since it is merged into the base.
  private final int cutLevel;

  private final double mergeBytesMax;

  /// Merges of tiers whose size the space cap does not bound.
  TierMerges(PlannerOptions options, int cutLevel) {
    this(options, cutLevel, Double.POSITIVE_INFINITY);
  }

  /// @param mergeBytesMax bytes of tables that one merge of a tier takes, if it can do with so few: until
  ///     it has ended, all that it writes is there twice
  TierMerges(PlannerOptions options, int cutLevel, double mergeBytesMax) {
    this.options = options;
    this.cutLevel = cutLevel;
    this.mergeBytesMax = mergeBytesMax;
  }

  /// The oldest runs of a tier, if they are `count` or more, into one run of the next; the last tier
  /// is merged within itself.
  @Nullable CompactionChoice find(Situation now, int level, int count) {
    List<Run> free = oldestFree(now, level);
    if (free.size() >= Math.max(1, count)) {
      int outputLevel = Math.min(level + 1, options.lastTier());
      return outputLevel == level && free.size() < 2
          ? null
          : merge(now, toInputs(light(atMost(free)), level), outputLevel, Reason.RUN_COUNT);
    }
    return findAboveDamage(now, level, count);
  }

  /// A level's only run, cut as the base is, if it is not.
  @Nullable CompactionChoice findCut(Situation now, int level) {
    List<Run> runs = oldestFree(now, level);
    if (runs.size() != 1) {
      return null;
    }
    List<InputRun> inputs = toInputs(runs, level);
    List<Slice> cuts = cutsFor(now, inputs, level);
    return ShardMerges.crosses(runs.getFirst().tables(), cuts)
        ? new MergeRuns(
            inputs, level, runs.getFirst().id(), cuts, options.tableBytes(), Reason.SPACE)
        : null;
  }

  /// The oldest runs of a level that can be merged, youngest first: none while a merge is at work on the
  /// level, and none above a damaged table.
  List<Run> oldestFree(Situation now, int level) {
    List<Run> runs = now.level(level);
    int from = runs.size();
    while (from > 0 && now.isFree(runs.get(from - 1))) {
      from--;
    }
    for (int i = 0; i < from; i++) {
      if (now.isBusy(runs.get(i))) {
        return List.of();
      }
    }
    return runs.subList(from, runs.size());
  }

  /// Runs above a damaged one become one among themselves, for they must not sink below it.
  @Nullable CompactionChoice findAboveDamage(Situation now, int level, int count) {
    List<Run> runs = now.level(level);
    int all = 0;
    while (all < runs.size() && now.isFree(runs.get(all))) {
      all++;
    }
    if (all == runs.size() || now.isBusy(runs.get(all))) {
      return null;
    }
    int end = all;
    // What was merged here before is not rewritten for each handful that comes.
    while (end > 1 && runs.get(end - 1).totalBytes() > bytes(runs.subList(0, end - 1))) {
      end--;
    }
    int wanted = Math.max(2, count);
    if (end < wanted && all >= 2 * wanted) {
      end = all;
    }
    if (end < wanted) {
      return null;
    }
    return merge(now, toInputs(atMost(runs.subList(0, end)), level), level, Reason.RUN_COUNT);
  }

  /// The oldest of them: not too many at once, since each costs a buffer.
  List<Run> atMost(List<Run> runs) {
    return runs.subList(Math.max(0, runs.size() - 2 * options.fanOut()), runs.size());
  }

  /// The oldest of them that together are light enough, but two.
  private List<Run> light(List<Run> runs) {
    int from = runs.size();
    long bytes = 0;
    while (from > 0
        && (from > runs.size() - 2 || bytes + runs.get(from - 1).totalBytes() <= mergeBytesMax)) {
      from--;
      bytes += runs.get(from).totalBytes();
    }
    return runs.subList(from, runs.size());
  }

  static List<InputRun> toInputs(List<Run> runs, int level) {
    List<InputRun> inputs = new ArrayList<>();
    for (Run run : runs) {
      inputs.add(new InputRun(level, run.id(), run.tables()));
    }
    return inputs;
  }

  private static long bytes(List<Run> runs) {
    long sum = 0;
    for (Run run : runs) {
      sum += run.totalBytes();
    }
    return sum;
  }

  /// Whole neighbouring runs into one, without rewriting them if they are one as they are.
  ///
  /// @param inputs youngest first, perhaps of several levels
  CompactionChoice merge(Situation now, List<InputRun> inputs, int outputLevel, Reason reason) {
    long outputRunId = inputs.getFirst().runId();
    List<Slice> cuts = cutsFor(now, inputs, outputLevel);
    boolean fitsAsItIs =
        inputs.size() == 1 ? cuts.isEmpty() && !hasCrumbs(inputs) : canJoin(inputs);
    boolean sameLevel = inputs.size() == 1 && inputs.getFirst().level() == outputLevel;
    return fitsAsItIs && !sameLevel
        ? new MoveRun(inputs, outputLevel, outputRunId)
        : new MergeRuns(inputs, outputLevel, outputRunId, cuts, options.tableBytes(), reason);
  }

  private boolean hasCrumbs(List<InputRun> inputs) {
    long bytes = 0;
    int tables = 0;
    for (InputRun input : inputs) {
      bytes += input.bytes();
      tables += input.tables().size();
    }
    return bytes / tables < options.moveBytesMin();
  }

  /// Whether runs are one run as they are: no overlap, and no crumbs worth melting together.
  private boolean canJoin(List<InputRun> inputs) {
    if (hasCrumbs(inputs)) {
      return false;
    }
    List<TableMetadata> tables = new ArrayList<>();
    for (InputRun input : inputs) {
      tables.addAll(input.tables());
    }
    tables.sort(Comparator.comparing(TableMetadata::smallestKey));
    for (int i = 1; i < tables.size(); i++) {
      if (tables.get(i - 1).overlaps(tables.get(i))) {
        return false;
      }
    }
    return true;
  }

  private List<Slice> cutsFor(Situation now, List<InputRun> inputs, int outputLevel) {
    if (outputLevel < cutLevel) {
      return List.of();
    }
    long bytes = 0;
    Set<Long> numbers = new HashSet<>();
    for (InputRun input : inputs) {
      bytes += input.bytes();
      for (TableMetadata table : input.tables()) {
        numbers.add(table.fileNumber());
      }
    }
    return BaseShards.cuts(
        BaseShards.of(now.version, outputLevel, options.baseLevel(), numbers),
        bytes,
        options.pieceBytes());
  }
}
