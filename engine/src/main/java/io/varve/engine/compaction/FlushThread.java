package io.varve.engine.compaction;

import io.varve.engine.error.StorageException;
import io.varve.engine.version.Version;
import org.jspecify.annotations.Nullable;

/// The thread that turns sealed memtables into tables, and deletes tables that nobody reads.
///
/// It has a thread of its own because writes wait for it first. A flush that fails for want of room is
/// tried again until it succeeds or the store closes: the memtable and its log stay meanwhile.
final class FlushThread {

  private final BackgroundWork work;
  private final JobResources resources;
  private final BackgroundOptions options;
  private final BackgroundHost host;
  private final Pacer pacer;
  private final CompactionCounters counters;
  private final Backoff backoff;
  private final WakeUp wakeUp = new WakeUp();
  private final Thread thread;
  private volatile boolean closing;
  private volatile boolean busy;
  private volatile boolean ended;

  FlushThread(
      BackgroundWork work,
      JobResources resources,
      BackgroundOptions options,
      BackgroundHost host,
      Pacer pacer,
      CompactionCounters counters) {
    this.work = work;
    this.resources = resources;
    this.options = options;
    this.host = host;
    this.pacer = pacer;
    this.counters = counters;
    this.backoff = new Backoff(options);
    this.thread = Thread.ofPlatform().name("varve-flush").daemon(true).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void ring() {
    wakeUp.ring();
  }

  /// Whether there is a memtable to flush, or one being flushed.
  boolean isBusy() {
    return busy || (!ended && host.nextFlush() != null);
  }

  void close() {
    closing = true;
    wakeUp.end();
    BackgroundWork.join(thread);
  }

  private void run() {
    try {
      loop();
    } catch (Throwable e) {
      counters.countFailure();
      host.faulted(new BackgroundFault(BackgroundFault.Kind.BUG, "flush thread", e, 0));
    } finally {
      ended = true;
      work.jobEnded();
    }
  }

  private void loop() {
    while (!closing) {
      @Nullable FlushSource source = host.nextFlush();
      if (source == null) {
        resources.versions().deleteObsoleteTables();
        wakeUp.await();
      } else if (!flush(source)) {
        return;
      }
    }
  }

  /// False if no further flush has a point.
  private boolean flush(FlushSource source) {
    busy = true;
    counters.jobBegins();
    try (Pacer.Turn turn = pacer.beginFlush(source.rawBytes())) {
      long start = System.nanoTime();
      JobResult result =
          new FlushJob(
                  resources,
                  source,
                  host.snapshots(),
                  host.filter(),
                  turn,
                  options.flushTableBytes())
              .cutAt(work.flushCuts(source.rawBytes()))
              .run();
      host.flushing(source);
      Version version = resources.versions().apply(result.edit());
      try {
        counters.countFlush(result, System.nanoTime() - start);
        host.flushed(source, version);
      } finally {
        version.release();
      }
      if (backoff.succeeded()) {
        host.faulted(new BackgroundFault(BackgroundFault.Kind.RECOVERED, "flush", null, 0));
      }
      return true;
    } catch (JobCancelledException _) {
      counters.countCancelled();
      return false;
    } catch (StorageException e) {
      return delayOrGiveUp(e);
    } catch (Throwable e) {
      counters.countFailure();
      host.faulted(new BackgroundFault(BackgroundFault.Kind.BUG, "flush", e, 0));
      return false;
    } finally {
      counters.jobEnds();
      busy = false;
      work.jobEnded();
    }
  }

  private boolean delayOrGiveUp(StorageException e) {
    counters.countFailure();
    if (resources.versions().poison() != null) {
      host.faulted(new BackgroundFault(BackgroundFault.Kind.MANIFEST_POISONED, "flush", e, 0));
      return false;
    }
    long millis = backoff.failed();
    host.faulted(new BackgroundFault(BackgroundFault.Kind.FLUSH_DELAYED, "flush", e, millis));
    wakeUp.pause(millis);
    return true;
  }
}
