package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.version.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Flushes and merges on threads of their own: one for flushes, one or more for merges.
///
/// A merge makes way for younger ones: between two steps it looks whether there is one, and does it there
/// and then, on its own thread. So the number of merges at a time stays what was asked for, and reads
/// do not wait for the end of a long merge to be rid of the runs that have come meanwhile.
///
/// Signals ([#flushWanted()], [#tablesReleased()]) come from any thread and never wait. What is merged
/// next, [MergeClaims] hands out.
///
/// Faults: a damaged table ends the merges that need it and is left alone; anything else the disk
/// refuses is tried again with growing waits; a poisoned manifest or a bug ends the thread. All of it
/// is told to [BackgroundHost#faulted].
public final class BackgroundWork implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BackgroundWork.class);

  private final JobResources resources;
  private final BackgroundOptions options;
  private final BackgroundHost host;
  private final Pacer pacer;
  private final CompactionCounters counters = new CompactionCounters();
  private final FlushThread flushThread;
  private final List<WakeUp> mergeWakeUps = new ArrayList<>();
  private final List<Thread> mergeThreads = new ArrayList<>();

  private final MergeClaims claims;
  private volatile boolean closing;

  public BackgroundWork(
      JobResources resources,
      CompactionPlanner planner,
      BackgroundOptions options,
      Pacer pacer,
      BackgroundHost host) {
    this.resources = resources;
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
    this.claims =
        new MergeClaims(
            resources, planner, host, counters, options.mergeThreads(), this::mergesWanted);
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
    claims.pause();
  }

  public void resumeMerges() {
    claims.resume();
  }

  /// Changes the shape that merges lead to; those that run go on.
  public void setMode(CompactionMode mode) {
    claims.setMode(mode);
  }

  public CompactionMode mode() {
    return claims.mode();
  }

  /// Merges what lies in tables of a key range now into the base, piece by piece, and waits for it.
  ///
  /// @param start least key, null for no bound
  /// @param end key behind the last one, null for no bound
  /// @throws EngineException if a merge failed; what was merged before stays so
  public void compactRange(@Nullable Slice start, @Nullable Slice end) {
    claims.compactRange(start, end);
  }

  /// Waits until there is nothing to flush and nothing to merge.
  public void awaitQuiet() {
    claims.awaitQuiet(flushThread::isBusy);
  }

  /// How far the tables are from the shape they should have.
  public CompactionDebt debt() {
    return claims.debt();
  }

  /// How far a version is from it.
  public CompactionDebt debt(Version version) {
    return claims.debt(version);
  }

  /// Keys at which a flush has to end its tables.
  List<Slice> flushCuts(long flushBytes) {
    return claims.flushCuts(flushBytes);
  }

  /// The merges at work, a line each.
  public List<String> runningMerges() {
    return claims.runningMerges();
  }

  public CompactionCounters counters() {
    return counters;
  }

  /// Ends all jobs at their next step and waits for the threads. Memtables that are not flushed stay in
  /// the log.
  @Override
  public void close() {
    closing = true;
    claims.close();
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
    claims.signal();
    mergesWanted();
  }

  private void runMerges(WakeUp wakeUp) {
    try {
      mergeLoop(wakeUp);
    } catch (Throwable e) {
      counters.countFailure();
      host.faulted(new BackgroundFault(BackgroundFault.Kind.BUG, "merge thread", e, 0));
    } finally {
      claims.threadEnded();
    }
  }

  private void mergeLoop(WakeUp wakeUp) {
    Backoff backoff = new Backoff(options);
    boolean goOn = true;
    while (goOn && !closing) {
      @Nullable MergeRuns merge = null;
      try {
        merge = claims.claim();
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
        claims.failManual(merge, e);
      } catch (Throwable e) {
        goOn = handle(merge, e, backoff, wakeUp);
      } finally {
        if (merge != null) {
          claims.release(merge);
        }
      }
    }
  }

  private void run(MergeRuns merge) {
    counters.jobBegins();
    try (Pacer.Turn turn = pacer.begin(merge)) {
      LOG.debug("Begins: {}", merge);
      long start = System.nanoTime();
      JobResult result =
          new MergeJob(resources, merge, host.snapshots(), host.filter(), new Yielding(merge, turn))
              .run();
      claims.install(result.edit());
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

  /// The steps of a merge: paced, and with room for younger merges between them.
  private final class Yielding implements Pacer.Steps {
    private final MergeRuns merge;
    private final Pacer.Steps turn;
    private long versionSeen;
    private boolean youngFailed;

    Yielding(MergeRuns merge, Pacer.Steps turn) {
      this.merge = merge;
      this.turn = turn;
      this.versionSeen = resources.versions().state().version().number();
    }

    @Override
    public void step(long bytes) {
      turn.step(bytes);
      long version = resources.versions().state().version().number();
      if (version != versionSeen && !youngFailed) {
        versionSeen = version;
        makeWay();
      }
    }

    private void makeWay() {
      @Nullable MergeRuns young = claims.claimYoung(merge);
      while (young != null) {
        try {
          run(young);
        } catch (StorageException | CorruptionException e) {
          // It is tried again when this merge is over, with the waits that belong to it.
          youngFailed = true;
          report(young, e);
        } finally {
          claims.release(young);
        }
        young = youngFailed ? null : claims.claimYoung(merge);
      }
    }
  }

  /// Tells of a merge that failed inside of another.
  private void report(MergeRuns merge, EngineException e) {
    counters.countFailure();
    if (e instanceof CorruptionException damage) {
      claims.block(merge, damage);
      host.faulted(new BackgroundFault(BackgroundFault.Kind.TABLE_DAMAGED, merge.toString(), e, 0));
    } else if (resources.versions().poison() == null) {
      host.faulted(new BackgroundFault(BackgroundFault.Kind.MERGE_DELAYED, merge.toString(), e, 0));
    }
  }

  /// What a failed merge means. False if this thread has to end.
  private boolean handle(@Nullable MergeRuns merge, Throwable e, Backoff backoff, WakeUp wakeUp) {
    counters.countFailure();
    claims.failManual(merge, e);
    String what = merge == null ? "move" : merge.toString();
    if (e instanceof CorruptionException damage && merge != null) {
      claims.block(merge, damage);
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
}
