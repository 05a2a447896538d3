package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.compaction.CompactionChoice.MoveRun;
import io.varve.engine.compaction.CompactionChoice.Nothing;
import io.varve.engine.version.Run;
import io.varve.engine.version.StoreState;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decides what to merge next: a pure function of a version, of what is being merged already, and of
/// its options. It touches no file, no clock and no thread, so a simulator can drive it.
///
/// The rules that hold for every [CompactionMode] are here: tables in which nobody can find anything
/// are dropped unread, and tables that overlap nothing older sink to the base without being rewritten.
/// What is merged after that, the mode's [CompactionPolicy] says.
///
/// Order of ages: what lies higher, or has the greater run id, is younger, always. A merge takes whole
/// neighbouring runs, one such merge per level at a time; or all that is older within its key range.
/// Thread-safe, since it has no state.
public final class CompactionPlanner {

  private final PlannerOptions options;
  private final CompactionPolicy policy;

  public CompactionPlanner(PlannerOptions options) {
    this.options = options;
    this.policy = CompactionPolicy.of(options);
  }

  public PlannerOptions options() {
    return options;
  }

  /// What to do next.
  public CompactionChoice plan(CompactionInputs inputs) {
    Situation now = new Situation(options, inputs);
    @Nullable CompactionChoice choice = new DeadTables(now).find();
    if (choice == null) {
      choice = findMoveToBase(now);
    }
    if (choice == null) {
      choice = policy.findMerge(now);
    }
    return choice == null ? new Nothing() : choice;
  }

  /// What a merge at work should make way for: reads wait for young merges, so the long ones do too.
  public CompactionChoice planYoung(CompactionInputs inputs, MergeRuns yielding) {
    int below = options.baseLevel();
    for (InputRun input : yielding.inputs()) {
      below = Math.min(below, input.level());
    }
    @Nullable CompactionChoice choice =
        below == 0 ? null : policy.findYoungMerge(new Situation(options, inputs), below);
    return choice == null ? new Nothing() : choice;
  }

  /// The next piece of what somebody has asked for; nothing if it is done, or if what is left is taken
  /// by running merges.
  public CompactionChoice planRange(CompactionInputs inputs, CompactionRange range) {
    Situation now = new Situation(options, inputs);
    @Nullable CompactionChoice choice =
        policy instanceof TimeWindowPolicy windows
            ? windows.findInRange(now, range)
            : new RangeMerges(options, policy.cutLevel(now.baseBytes)).find(now, range);
    return choice == null ? new Nothing() : choice;
  }

  /// Keys at which a flush has to end its tables: none unless flushes are merged into the base as they
  /// are, in a small store, and are worth it.
  ///
  /// @param flushBytes bytes of the keys and values to flush
  public List<Slice> flushCuts(Version version, long flushBytes) {
    return flushBytes < options.pieceBytes()
            || policy.cutLevel(version.totalBytes(options.baseLevel())) > 0
        ? List.of()
        : BaseShards.cuts(
            BaseShards.of(version, 0, options.baseLevel()), flushBytes, options.flushPieceBytes());
  }

  /// How far a version is from the shape that the planner keeps.
  public CompactionDebt debt(Version version) {
    long baseBytes = version.totalBytes(options.baseLevel());
    int flushes = version.level(0).size();
    if (policy.cutLevel(baseBytes) == 0) {
      // Level 0 is the deepest tier, in which runs hang on in part: most of them wait for no merge.
      flushes = Math.max(0, flushes - (options.deepestTierRunsMax() - options.fanOut()));
    }
    return new CompactionDebt(
        flushes, version.totalBytes() - baseBytes, baseBytes, policy.bytesAboveBaseMax(version));
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
        if (table.totalBytes() >= options.moveBytesMin()
            && !now.isTaken(table)
            && !now.isOutputExpected(
                options.baseLevel(),
                StoreState.BASE_RUN_ID,
                table.smallestKey(),
                table.largestKey())
            && !now.isOlderOverlapping(age, table.smallestKey(), table.largestKey())) {
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
}
