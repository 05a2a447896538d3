package io.varve.engine.compaction;

import io.varve.engine.compaction.CompactionChoice.DropTables;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.compaction.CompactionChoice.MoveRun;
import io.varve.engine.compaction.CompactionChoice.Nothing;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileNames.FileName;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import io.varve.engine.version.VersionEdit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Flushes and merges on threads of their own: one for flushes, one or more for merges.
///
/// Signals ([#flushWanted()], [#tablesReleased()]) come from any thread and never wait. Planning
/// happens under one lock, together with the list of running merges, so two threads never take the
/// same table; moves and drops, which cost a manifest sync, are done under it too; merges run outside
/// of it. The command loop never takes the lock.
///
/// Faults: a damaged table ends the merges that need it and is left alone; anything else the disk
/// refuses is tried again with growing waits; a poisoned manifest or a bug ends the thread. All of it
/// is told to [BackgroundHost#faulted].
public final class BackgroundWork implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BackgroundWork.class);

  /// Share of a table under range tombstones from which on it is rewritten without it: a third of
  /// the table comes back for writing the rest once more.
  private static final double COVERED_SHARE_MIN = 1.0 / 3;

  private final JobResources resources;
  private final CompactionPlanner planner;
  private final BackgroundOptions options;
  private final BackgroundHost host;
  private final Pacer pacer;
  private final CompactionCounters counters = new CompactionCounters();
  private final FlushThread flushThread;
  private final List<WakeUp> mergeWakeUps = new ArrayList<>();
  private final List<Thread> mergeThreads = new ArrayList<>();

  private final ReentrantLock planLock = new ReentrantLock();
  private final Condition jobEnded = planLock.newCondition();

  /// Under the plan lock.
  private final List<MergeRuns> running = new ArrayList<>();

  private final Set<Long> blockedTables = new HashSet<>();
  private final TombstoneCache tombstones;
  private @Nullable FullCompaction fullCompaction;
  private int mergeThreadsAlive;
  private boolean mergesPaused;

  private volatile boolean closing;

  /// A wish to have everything merged into the base.
  private static final class FullCompaction {
    private boolean started;
    private boolean done;
    private @Nullable Throwable failure;
  }

  public BackgroundWork(
      JobResources resources,
      CompactionPlanner planner,
      BackgroundOptions options,
      Pacer pacer,
      BackgroundHost host) {
    this.resources = resources;
    this.tombstones = new TombstoneCache(resources.tables());
    this.planner = planner;
    this.options = options;
    this.host = host;
    this.pacer = pacer;
    this.flushThread = new FlushThread(this, resources, options, host, pacer, counters);
    for (int i = 0; i < options.mergeThreads(); i++) {
      WakeUp wakeUp = new WakeUp();
      mergeWakeUps.add(wakeUp);
      mergeThreads.add(
          Thread.ofPlatform()
              .name("varve-merge-" + i)
              .daemon(true)
              .unstarted(() -> runMerges(wakeUp)));
    }
    this.mergeThreadsAlive = options.mergeThreads();
  }

  public void start() {
    flushThread.start();
    mergeThreads.forEach(Thread::start);
  }

  /// A memtable was sealed. Never waits.
  public void flushWanted() {
    flushThread.ring();
  }

  /// A version was let go, and with it perhaps tables. Never waits.
  public void tablesReleased() {
    flushThread.ring();
  }

  /// What may be merged has changed: a snapshot is gone, keys are dead. Never waits.
  public void mergesWanted() {
    mergeWakeUps.forEach(WakeUp::ring);
  }

  /// Holds further merges back until [#resumeMerges()]; those that run go on.
  public void pauseMerges() {
    planLock.lock();
    try {
      mergesPaused = true;
    } finally {
      planLock.unlock();
    }
  }

  public void resumeMerges() {
    planLock.lock();
    try {
      mergesPaused = false;
    } finally {
      planLock.unlock();
    }
    mergesWanted();
  }

  /// Merges all tables into the base, and waits for it.
  ///
  /// @throws io.varve.engine.error.EngineException if the merge failed
  public void compactEverything() {
    planLock.lock();
    try {
      while (fullCompaction != null) {
        jobEnded.awaitUninterruptibly();
      }
      FullCompaction mine = new FullCompaction();
      fullCompaction = mine;
      mergesWanted();
      while (!mine.done && !closing && mergeThreadsAlive > 0) {
        jobEnded.awaitUninterruptibly();
      }
      fullCompaction = null;
      jobEnded.signalAll();
      if (mine.failure instanceof RuntimeException failure) {
        throw failure;
      }
      if (!mine.done) {
        throw new IllegalStateException("no merge is possible: the store closes or has failed");
      }
    } finally {
      planLock.unlock();
      mergesWanted();
    }
  }

  /// Waits until there is nothing to flush and nothing to merge.
  public void awaitQuiet() {
    planLock.lock();
    try {
      while (!closing && !isQuiet()) {
        jobEnded.awaitUninterruptibly();
      }
    } finally {
      planLock.unlock();
    }
  }

  private boolean isQuiet() {
    if (flushThread.isBusy() || !running.isEmpty() || fullCompaction != null) {
      return false;
    }
    return mergesPaused || mergeThreadsAlive == 0 || planNext() instanceof Nothing;
  }

  /// How far the tables are from the shape they should have.
  public CompactionDebt debt() {
    Version version = resources.versions().acquire();
    try {
      return planner.debt(version);
    } finally {
      version.release();
    }
  }

  public CompactionCounters counters() {
    return counters;
  }

  /// The merges at work, a line each.
  public List<String> runningMerges() {
    planLock.lock();
    try {
      return running.stream().map(MergeRuns::toString).toList();
    } finally {
      planLock.unlock();
    }
  }

  /// Ends all jobs at their next step and waits for the threads. Memtables that are not flushed stay in
  /// the log.
  @Override
  public void close() {
    planLock.lock();
    try {
      closing = true;
      jobEnded.signalAll();
    } finally {
      planLock.unlock();
    }
    pacer.stop();
    mergeWakeUps.forEach(WakeUp::end);
    flushThread.close();
    mergeThreads.forEach(BackgroundWork::join);
  }

  static void join(Thread thread) {
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // The caller's business; this thread does no I/O here, and the join has to end.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// A flush or merge is over: there may be something to merge, and somebody may wait for it.
  void jobEnded() {
    planLock.lock();
    try {
      jobEnded.signalAll();
    } finally {
      planLock.unlock();
    }
    mergesWanted();
  }

  private void runMerges(WakeUp wakeUp) {
    try {
      mergeLoop(wakeUp);
    } catch (Throwable e) {
      counters.countFailure();
      host.faulted(new BackgroundFault(BackgroundFault.Kind.BUG, "merge thread", e, 0));
    } finally {
      planLock.lock();
      try {
        mergeThreadsAlive--;
        jobEnded.signalAll();
      } finally {
        planLock.unlock();
      }
    }
  }

  private void mergeLoop(WakeUp wakeUp) {
    Backoff backoff = new Backoff(options);
    boolean goOn = true;
    while (goOn && !closing) {
      @Nullable MergeRuns merge = null;
      try {
        merge = claim();
        if (merge == null) {
          wakeUp.await();
          continue;
        }
        run(merge);
        if (backoff.succeeded()) {
          host.faulted(new BackgroundFault(BackgroundFault.Kind.RECOVERED, "merge", null, 0));
        }
      } catch (JobCancelledException e) {
        counters.countCancelled();
        failFullCompaction(e);
      } catch (Throwable e) {
        goOn = handle(merge, e, backoff, wakeUp);
      } finally {
        if (merge != null) {
          unclaim(merge);
        }
      }
    }
  }

  /// Does what costs nothing, and takes the next merge. Null if there is none.
  private @Nullable MergeRuns claim() {
    planLock.lock();
    try {
      while (!closing) {
        switch (planNext()) {
          case Nothing _ -> {
            finishFullCompactionIfNothingIsLeft();
            jobEnded.signalAll();
            return null;
          }
          case MoveRun move -> {
            install(move.toEdit());
            counters.countMove();
            LOG.info("Done without reading: {}", move);
          }
          case DropTables drop -> {
            install(drop.toEdit());
            drop.inputs().forEach(input -> counters.countTablesDropped(input.tables().size()));
            LOG.info("Done without reading: {}", drop);
          }
          case MergeRuns merge -> {
            if (fullCompaction != null) {
              fullCompaction.started = true;
            }
            running.add(merge);
            return merge;
          }
        }
      }
      return null;
    } finally {
      planLock.unlock();
    }
  }

  /// Needs the plan lock.
  private CompactionChoice planNext() {
    FullCompaction full = fullCompaction;
    if (full != null && (full.done || full.started || !running.isEmpty())) {
      return new Nothing();
    }
    if (full == null && mergesPaused) {
      return new Nothing();
    }
    Version version = resources.versions().acquire();
    try {
      @Nullable DropTables covered = findCovered(version);
      if (covered != null) {
        return covered;
      }
      if (full != null) {
        return planner.planEverything(version);
      }
      @Nullable MergeRuns partly = findPartlyCovered(version);
      return partly != null ? partly : planner.plan(version, running, blockedTables, host.filter());
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

  private void finishFullCompactionIfNothingIsLeft() {
    FullCompaction full = fullCompaction;
    if (full != null && !full.started && running.isEmpty()) {
      full.done = true;
    }
  }

  private void run(MergeRuns merge) {
    counters.jobBegins();
    try (Pacer.Turn turn = pacer.begin(merge)) {
      LOG.debug("Begins: {}", merge);
      long start = System.nanoTime();
      JobResult result =
          new MergeJob(resources, merge, host.snapshots(), host.filter(), turn).run();
      install(result.edit());
      long nanos = System.nanoTime() - start;
      counters.countMerge(merge, result, nanos);
      LOG.info(
          "Done in {} ms: {}; {} bytes written, {} of {} entries dropped",
          nanos / 1_000_000,
          merge,
          result.bytesWritten(),
          result.entriesDropped(),
          result.entriesRead());
    } finally {
      counters.jobEnds();
    }
  }

  private void install(VersionEdit edit) {
    Version version = resources.versions().apply(edit);
    try {
      host.versionChanged(version);
    } finally {
      version.release();
    }
  }

  private void unclaim(MergeRuns merge) {
    planLock.lock();
    try {
      running.remove(merge);
      FullCompaction full = fullCompaction;
      if (full != null && full.started) {
        full.done = true;
      }
    } finally {
      planLock.unlock();
    }
    jobEnded();
    resources.versions().deleteObsoleteTables();
  }

  /// What a failed merge means. False if this thread has to end.
  private boolean handle(@Nullable MergeRuns merge, Throwable e, Backoff backoff, WakeUp wakeUp) {
    counters.countFailure();
    failFullCompaction(e);
    String what = merge == null ? "move" : merge.toString();
    if (e instanceof CorruptionException damage && merge != null) {
      block(merge, damage);
      host.faulted(new BackgroundFault(BackgroundFault.Kind.TABLE_DAMAGED, what, e, 0));
      return true;
    }
    if (resources.versions().poison() != null) {
      host.faulted(new BackgroundFault(BackgroundFault.Kind.MANIFEST_POISONED, what, e, 0));
      return false;
    }
    if (e instanceof StorageException) {
      long millis = backoff.failed();
      host.faulted(new BackgroundFault(BackgroundFault.Kind.MERGE_DELAYED, what, e, millis));
      wakeUp.pause(millis);
      return true;
    }
    host.faulted(new BackgroundFault(BackgroundFault.Kind.BUG, what, e, 0));
    return false;
  }

  private void failFullCompaction(Throwable e) {
    planLock.lock();
    try {
      if (fullCompaction != null && fullCompaction.started) {
        fullCompaction.failure = e;
      }
    } finally {
      planLock.unlock();
    }
  }

  /// Leaves the damaged input alone from now on; all of them if it is not clear which one it is.
  private void block(MergeRuns merge, CorruptionException damage) {
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
