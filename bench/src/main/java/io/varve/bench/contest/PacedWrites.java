package io.varve.bench.contest;

import io.varve.bench.contest.Load.Session;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Writes on a thread of its own, at a rate, until it is stopped.
final class PacedWrites implements AutoCloseable {

  private final FutureTask<Long> task;
  private final Thread thread;
  private volatile boolean stopped;

  private PacedWrites(Session session, long perSecond) {
    task = new FutureTask<>(() -> write(session, perSecond));
    thread = Thread.ofPlatform().name("writer").unstarted(task);
  }

  /// @param perSecond writes per second, 0 for as many as there can be
  static PacedWrites start(Session session, long perSecond) {
    PacedWrites writes = new PacedWrites(session, perSecond);
    writes.thread.start();
    return writes;
  }

  private @Nullable Long write(Session session, long perSecond) {
    long start = System.nanoTime();
    long index = 0;
    while (!stopped) {
      if (perSecond > 0) {
        awaitUntil(start + (long) (index * (1e9 / perSecond)));
      }
      session.operate(index++);
    }
    return index;
  }

  private void awaitUntil(long due) {
    long early = due - System.nanoTime();
    while (early > 0 && !stopped) {
      LockSupport.parkNanos(early);
      early = due - System.nanoTime();
    }
  }

  /// Ends the writing.
  ///
  /// @return writes done
  long stop() {
    stopped = true;
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the writer failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    }
  }

  @Override
  public void close() {
    stop();
  }
}
