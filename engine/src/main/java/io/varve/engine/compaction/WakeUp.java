package io.varve.engine.compaction;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A bell for one background thread. Ringing never waits, and many rings before the thread looks are
/// one.
final class WakeUp {

  private final Semaphore rings = new Semaphore(0);
  private final CountDownLatch end = new CountDownLatch(1);

  void ring() {
    // Two threads may both ring here; the spare one only makes the sleeper look twice.
    if (rings.availablePermits() == 0) {
      rings.release();
    }
  }

  /// Sleeps until the next ring.
  void await() {
    rings.acquireUninterruptibly();
    rings.drainPermits();
  }

  /// Ends all sleep, this and later, for a thread that has to close.
  void end() {
    end.countDown();
    ring();
  }

  /// Sleeps for so many milliseconds, whatever rings, or until the end.
  void pause(long millis) {
    try {
      var _ = end.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Nobody may interrupt a thread that does I/O: the JDK would close the file under it.
      throw new IllegalStateException("a background thread was interrupted", e);
    }
  }
}
