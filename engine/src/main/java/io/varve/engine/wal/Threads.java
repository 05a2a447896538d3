package io.varve.engine.wal;

import java.util.function.BooleanSupplier;

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

  /// Waits on a monitor that the caller holds, until a condition holds or the time is over.
  ///
  /// @param millis the longest wait; 0 for no limit
  /// @return whether the condition holds
  static boolean await(Object monitor, BooleanSupplier condition, long millis) {
    long deadline = System.nanoTime() + millis * 1_000_000;
    try {
      while (!condition.getAsBoolean()) {
        long left = millis == 0 ? 0 : (deadline - System.nanoTime() + 999_999) / 1_000_000;
        if (left < 0 || (left == 0 && millis > 0)) {
          return false;
        }
        monitor.wait(left);
      }
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of the log was interrupted", e);
    }
  }
}
