package io.varve.server.loop;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Threads that may wait for the disk, so that the command loop and the event loops need not.
///
/// Each has a runner of its own and lives as long as the pool, for a runner is counted for good. The queue is bounded by its callers: a connection has at most one
/// parked command. Never interrupted: an interrupt would close the files under other readers.
public final class ReaderPool implements AutoCloseable {

  private static final long CLOSE_SECONDS_MAX = 60;

  private final ThreadPoolExecutor threads;
  private final ThreadLocal<CommandRunner> runners;

  /// @param size number of threads; the disk is asked for as many blocks at once
  /// @param stackBytes of each thread's stack
  public ReaderPool(int size, long stackBytes, Supplier<CommandRunner> runner) {
    AtomicInteger number = new AtomicInteger();
    runners = ThreadLocal.withInitial(runner);
    threads =
        new ThreadPoolExecutor(
            size,
            size,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread =
                  new Thread(null, task, "varve-reader-" + number.getAndIncrement(), stackBytes);
              thread.setDaemon(true);
              return thread;
            });
  }

  /// Runs a task on a reader thread.
  public void execute(Runnable task) {
    threads.execute(task);
  }

  /// Runs a task on a reader thread with that thread's runner.
  void execute(Consumer<CommandRunner> task) {
    threads.execute(() -> task.accept(runners.get()));
  }

  /// Commands waiting for a thread.
  public int queued() {
    return threads.getQueue().size();
  }

  /// Lets what is queued finish and ends the threads.
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "reader threads are still busy after " + CLOSE_SECONDS_MAX + " s");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
