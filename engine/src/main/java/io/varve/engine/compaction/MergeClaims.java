package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionChoice.DropTables;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.compaction.CompactionChoice.MoveRun;
import io.varve.engine.compaction.CompactionChoice.Nothing;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileNames.FileName;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import io.varve.engine.version.VersionEdit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who merges what: hands merges out to threads, and knows those at work.
///
/// Planning happens under one lock, together with the list of running merges, so two threads never take
/// the same table; moves and drops, which cost a manifest sync, are done under it too. The command loop
/// never takes the lock.
final class MergeClaims {

  private static final Logger LOG = LoggerFactory.getLogger(MergeClaims.class);

  /// Share of a table under range tombstones from which on it is rewritten without it: a third of
  /// the table comes back for writing the rest once more.
  private static final double COVERED_SHARE_MIN = 1.0 / 3;

  private final JobResources resources;
  private final BackgroundHost host;
  private final CompactionCounters counters;

  /// Wakes the merge threads.
  private final Runnable bell;

  private final ReentrantLock planLock = new ReentrantLock();
  private final Condition jobEnded = planLock.newCondition();

  /// Under the plan lock, like all below.
  private final List<MergeRuns> running = new ArrayList<>();

  private final Set<Long> blockedTables = new HashSet<>();
  private final TombstoneCache tombstones;
  private @Nullable ManualCompaction manual;
  private int threadsAlive;
  private boolean paused;

  /// Changes under the lock; read by anybody.
  private volatile CompactionPlanner planner;

  private volatile boolean closing;

  /// A wish to have a range merged into the base, piece by piece. Under the plan lock.
  private static final class ManualCompaction {
    private final CompactionRange range;
    private final Set<MergeRuns> pieces = new HashSet<>();
    private boolean done;
    private @Nullable Throwable failure;

    private ManualCompaction(CompactionRange range) {
      this.range = range;
    }

    private boolean isOver() {
      return done || failure != null;
    }
  }

  MergeClaims(
      JobResources resources,
      CompactionPlanner planner,
      BackgroundHost host,
      CompactionCounters counters,
      int threads,
      Runnable bell) {
    this.resources = resources;
    this.tombstones = new TombstoneCache(resources.tables());
    this.planner = planner;
    this.host = host;
    this.counters = counters;
    this.threadsAlive = threads;
    this.bell = bell;
  }

  /// Holds further merges back until [#resume()]; those that run go on.
  void pause() {
    planLock.lock();
    try {
      paused = true;
    } finally {
      planLock.unlock();
    }
  }

  void resume() {
    planLock.lock();
    try {
      paused = false;
    } finally {
      planLock.unlock();
    }
    bell.run();
  }

  /// Changes the shape that merges lead to; those that run go on.
  void setMode(CompactionMode mode) {
    planLock.lock();
    try {
      planner = new CompactionPlanner(planner.options().withMode(mode));
    } finally {
      planLock.unlock();
    }
    bell.run();
  }

  CompactionMode mode() {
    return planner.options().mode();
  }

  /// Merges what lies in tables of a key range now into the base, piece by piece, and waits for it.
  ///
  /// @param start least key, null for no bound
  /// @param end key behind the last one, null for no bound
  /// @throws io.varve.engine.error.EngineException if a merge failed; what was merged before stays so
  void compactRange(@Nullable Slice start, @Nullable Slice end) {
    planLock.lock();
    try {
      while (manual != null) {
        jobEnded.awaitUninterruptibly();
      }
      ManualCompaction mine =
          new ManualCompaction(new CompactionRange(start, end, resources.versions().newNumber()));
      manual = mine;
      bell.run();
      while (!closing
          && threadsAlive > 0
          && (!mine.isOver() || !Collections.disjoint(running, mine.pieces))) {
        jobEnded.awaitUninterruptibly();
      }
      manual = null;
      jobEnded.signalAll();
      if (mine.failure instanceof RuntimeException failure) {
        throw failure;
      }
      if (!mine.done) {
        throw new IllegalStateException("no merge is possible: the store closes or has failed");
      }
    } finally {
      planLock.unlock();
      bell.run();
    }
  }

  /// Waits until there is nothing to flush and nothing to merge.
  ///
  /// @param flushBusy whether there is something to flush
  void awaitQuiet(BooleanSupplier flushBusy) {
    planLock.lock();
    try {
      while (!closing && !isQuiet(flushBusy)) {
        jobEnded.awaitUninterruptibly();
      }
    } finally {
      planLock.unlock();
    }
  }

  private boolean isQuiet(BooleanSupplier flushBusy) {
    if (flushBusy.getAsBoolean() || !running.isEmpty() || manual != null) {
      return false;
    }
    return paused || threadsAlive == 0 || planNext() instanceof Nothing;
  }

  /// How far the tables are from the shape they should have.
  CompactionDebt debt() {
    Version version = resources.versions().acquire();
    try {
      return debt(version);
    } finally {
      version.release();
    }
  }

  /// How far a version is from it.
  CompactionDebt debt(Version version) {
    return planner.debt(version);
  }

  /// Keys at which a flush has to end its tables.
  List<Slice> flushCuts(long flushBytes) {
    Version version = resources.versions().acquire();
    try {
      return planner.flushCuts(version, flushBytes);
    } finally {
      version.release();
    }
  }

  /// The merges at work, a line each.
  List<String> runningMerges() {
    planLock.lock();
    try {
      return running.stream().map(MergeRuns::toString).toList();
    } finally {
      planLock.unlock();
    }
  }

  /// Does what costs nothing, and takes the next merge. Null if there is none.
  @Nullable MergeRuns claim() {
    planLock.lock();
    try {
      while (!closing) {
        CompactionChoice choice = planNext();
        if (choice instanceof Nothing) {
          @Nullable ManualCompaction wish = manual;
          if (wish != null && !wish.isOver() && running.isEmpty()) {
            wish.done = true;
          }
          jobEnded.signalAll();
          return null;
        }
        @Nullable MergeRuns merge = take(choice);
        if (merge != null) {
          if (manual != null) {
            manual.pieces.add(merge);
          }
          return merge;
        }
      }
      return null;
    } finally {
      planLock.unlock();
    }
  }

  /// Takes a merge that another has to make way for, or null.
  @Nullable MergeRuns claimYoung(MergeRuns yielding) {
    planLock.lock();
    try {
      while (!closing && !paused) {
        Version version = resources.versions().acquire();
        CompactionChoice choice;
        try {
          choice = planner.planYoung(inputs(version), yielding);
        } finally {
          version.release();
        }
        @Nullable MergeRuns merge = take(choice);
        if (merge != null || choice instanceof Nothing) {
          return merge;
        }
      }
      return null;
    } finally {
      planLock.unlock();
    }
  }

  /// Does what needs no reading, or books a merge and returns it. Needs the plan lock.
  private @Nullable MergeRuns take(CompactionChoice choice) {
    switch (choice) {
      case Nothing _ -> {
        return null;
      }
      case MoveRun move -> {
        install(move.toEdit());
        counters.countMove();
        LOG.info("Done without reading: {}", move);
        return null;
      }
      case DropTables drop -> {
        install(drop.toEdit());
        drop.inputs().forEach(input -> counters.countTablesDropped(input.tables().size()));
        LOG.info("Done without reading: {}", drop);
        return null;
      }
      case MergeRuns merge -> {
        running.add(merge);
        return merge;
      }
    }
  }

  /// Needs the plan lock.
  private CompactionChoice planNext() {
    @Nullable ManualCompaction wish = manual;
    if (wish == null && paused) {
      return new Nothing();
    }
    if (wish != null && wish.isOver()) {
      return new Nothing();
    }
    Version version = resources.versions().acquire();
    try {
      @Nullable DropTables covered = findCovered(version);
      if (covered != null) {
        return covered;
      }
      if (wish != null) {
        return planner.planRange(inputs(version), wish.range);
      }
      @Nullable MergeRuns partly = findPartlyCovered(version);
      return partly != null ? partly : planner.plan(inputs(version));
    } finally {
      version.release();
    }
  }

  /// Tables that younger range tombstones cover. Needs the plan lock.
  private @Nullable DropTables findCovered(Version version) {
    return tombstones.adopt(version)
        ? new CoveredTables(version, tombstones::of, host.snapshots()).find(taken())
        : null;
  }

  /// A table of which younger range tombstones cover enough, to be rewritten without that part; one
  /// at a time. Needs the plan lock, and that [#findCovered] was asked before.
  private @Nullable MergeRuns findPartlyCovered(Version version) {
    if (tombstones.isEmpty()) {
      return null;
    }
    for (MergeRuns merge : running) {
      if (merge.reason() == CompactionChoice.Reason.COVERED) {
        return null;
      }
    }
    @Nullable InputRun table =
        new CoveredTables(version, tombstones::of, host.snapshots())
            .findPartlyCovered(taken(), COVERED_SHARE_MIN, tombstones::coveredShare);
    return table == null
        ? null
        : new MergeRuns(
            List.of(table),
            table.level(),
            table.runId(),
            List.of(),
            planner.options().tableBytes(),
            CompactionChoice.Reason.COVERED);
  }

  private Set<Long> taken() {
    Set<Long> taken = new HashSet<>(blockedTables);
    for (MergeRuns merge : running) {
      for (InputRun input : merge.inputs()) {
        input.tables().forEach(table -> taken.add(table.fileNumber()));
      }
    }
    return taken;
  }

  private CompactionInputs inputs(Version version) {
    return new CompactionInputs(
        version,
        running,
        blockedTables,
        host.filter(),
        host.snapshots(),
        resources.clock().millis());
  }

  void install(VersionEdit edit) {
    Version version = resources.versions().apply(edit);
    try {
      host.versionChanged(version);
    } finally {
      version.release();
    }
  }

  void release(MergeRuns merge) {
    planLock.lock();
    try {
      running.remove(merge);
    } finally {
      planLock.unlock();
    }
    signal();
    bell.run();
    resources.versions().deleteObsoleteTables();
  }

  /// Somebody may wait for what has just happened.
  void signal() {
    planLock.lock();
    try {
      jobEnded.signalAll();
    } finally {
      planLock.unlock();
    }
  }

  /// A merge thread is gone.
  void threadEnded() {
    planLock.lock();
    try {
      threadsAlive--;
      jobEnded.signalAll();
    } finally {
      planLock.unlock();
    }
  }

  /// Hands nothing out any more.
  void close() {
    closing = true;
    signal();
  }

  /// Who waits for a merge by request hears of its failure.
  void failManual(@Nullable MergeRuns merge, Throwable e) {
    planLock.lock();
    try {
      if (manual != null && (merge == null || manual.pieces.contains(merge))) {
        manual.failure = e;
      }
    } finally {
      planLock.unlock();
    }
  }

  /// Leaves the damaged input alone from now on; all of them if it is not clear which one it is.
  void block(MergeRuns merge, CorruptionException damage) {
    planLock.lock();
    try {
      @Nullable FileName name = FileNames.parse(damage.file());
      Set<Long> inputs = new HashSet<>();
      for (InputRun input : merge.inputs()) {
        for (TableMetadata table : input.tables()) {
          inputs.add(table.fileNumber());
        }
      }
      if (name != null && inputs.contains(name.number())) {
        blockedTables.add(name.number());
      } else {
        blockedTables.addAll(inputs);
      }
      LOG.error("Left alone from now on: tables {} of {}", blockedTables, merge, damage);
    } finally {
      planLock.unlock();
    }
  }
}
