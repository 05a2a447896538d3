package io.varve.engine.wal;

/// Waiting that an interrupt does not break: an interrupted thread would close the files it works on,
/// and an orderly close has to be waited for.
final class Threads {

  private Threads() {}

  /// Waits for the end of a thread. An interrupt of the caller is kept for later.
  static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits on a monitor that the caller holds.
  ///
  /// @param millis the longest wait; 0 for none
  /// @return whether the time ran out
  static boolean await(Object monitor, long millis) {
    long start = System.nanoTime();
    try {
      monitor.wait(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of the log was interrupted", e);
    }
    return millis > 0 && System.nanoTime() - start >= millis * 1_000_000;
  }
}
