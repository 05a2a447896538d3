package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.ValueFileShare;
import io.varve.engine.version.ValueFileUses;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decides which value files a merge carries, by leaving references to them as they are, and which it
/// rewrites. Pure; looks at the version and at no value.
///
/// The aim is that a value file belongs to one shard, as a table does: then a merge of that shard
/// alone frees what it kills. Flushes span all shards, and while they are merged among themselves
/// nothing is owned and everything is carried. The merge that cuts its output as the base is cut, and
/// each merge into the base, rewrites what reaches further than its output will:
///
/// - a file that tables outside of the merge refer to;
/// - a file whose tables lie on both sides of a cut;
/// - a file whose tables stretch over more of the base than a few tables.
///
/// And every merge rewrites a file of its own of which much is garbage, so that garbage is bounded. A
/// file is rewritten in so far as the merge refers to it; what it held goes when nobody else does.
///
/// Alternatives: collecting garbage file by file apart from merges (each value then has to be looked up
/// in the tree, and the tree has to be written to), and value files per key range without regard to
/// shards (a merge then kills a little in very many files).
final class ValueOwnership {

  /// A file whose values spread over more tables of the base than this is no shard's own.
  private static final int SPREAD_TABLES_MAX = 4;

  private final Set<Long> rewritten;

  private ValueOwnership(Set<Long> rewritten) {
    this.rewritten = rewritten;
  }

  /// For jobs whose input has no references.
  static ValueOwnership nothingToCarry() {
    return new ValueOwnership(Set.of());
  }

  /// @param uses the value files of the version that the merge works on
  /// @param baseLevel level of the base
  static ValueOwnership of(ValueFileUses uses, MergeRuns merge, int baseLevel) {
    Set<Long> inputs = new HashSet<>();
    Set<Long> valueFiles = new HashSet<>();
    for (InputRun input : merge.inputs()) {
      for (TableMetadata table : input.tables()) {
        inputs.add(table.fileNumber());
        for (ValueFileShare share : table.valueFiles()) {
          valueFiles.add(share.fileNumber());
        }
      }
    }
    boolean owns = merge.outputLevel() >= baseLevel || !merge.cuts().isEmpty();
    Set<Long> rewritten = new HashSet<>();
    for (long valueFile : valueFiles) {
      ValueFileUses.@Nullable Use use = uses.find(valueFile);
      if (use != null && isRewritten(use, merge, inputs, owns)) {
        rewritten.add(valueFile);
      }
    }
    return new ValueOwnership(rewritten);
  }

  private static boolean isRewritten(
      ValueFileUses.Use use, MergeRuns merge, Set<Long> inputs, boolean owns) {
    boolean inside = true;
    Slice smallest = use.tables().getFirst().smallestKey();
    Slice largest = use.tables().getFirst().largestKey();
    for (TableMetadata table : use.tables()) {
      inside = inside && inputs.contains(table.fileNumber());
      smallest = smallest.compareTo(table.smallestKey()) <= 0 ? smallest : table.smallestKey();
      largest = largest.compareTo(table.largestKey()) >= 0 ? largest : table.largestKey();
    }
    if (inside && isGarbageEnough(use, merge)) {
      return true;
    }
    return owns
        && (!inside || isCut(merge.cuts(), smallest, largest) || spreads(merge, smallest, largest));
  }

  private static boolean isGarbageEnough(ValueFileUses.Use use, MergeRuns merge) {
    return switch (merge.reason()) {
      case MANUAL, GARBAGE -> ValueGarbage.isWorthAMerge(use);
      case RUN_COUNT, SPACE, LEVEL_FULL, WINDOW_CLOSED, NO_OVERLAP, DEAD_RANGE, EXPIRED, COVERED ->
          ValueGarbage.isTooMuch(use);
    };
  }

  private static boolean isCut(List<Slice> cuts, Slice smallest, Slice largest) {
    for (Slice cut : cuts) {
      if (smallest.compareTo(cut) < 0 && largest.compareTo(cut) >= 0) {
        return true;
      }
    }
    return false;
  }

  /// Measured by the oldest input, which is most of the output where that matters.
  private static boolean spreads(MergeRuns merge, Slice smallest, Slice largest) {
    long bytes = 0;
    for (TableMetadata table : merge.inputs().getLast().tables()) {
      bytes += table.overlaps(smallest, largest) ? table.totalBytes() : 0;
    }
    return bytes > SPREAD_TABLES_MAX * merge.outputTableBytes();
  }

  /// Whether references into a file stay as they are.
  boolean carries(long valueFile) {
    return !rewritten.contains(valueFile);
  }
}
