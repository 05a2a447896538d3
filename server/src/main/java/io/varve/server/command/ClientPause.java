package io.varve.server.command;

/// Whether clients are held back (CLIENT PAUSE), and which of their commands.
///
/// Set on the command loop, read by every thread that executes. A held request is not executed and
/// not answered: whoever dispatches it tries again when the pause ends.
public final class ClientPause {

  private volatile long endMillis;
  private volatile boolean writesOnly = true;

  /// Holds clients back. As in Redis a pause is never shortened and never weakened by another one.
  ///
  /// @param untilMillis milliseconds since the epoch
  public synchronized void pause(long untilMillis, boolean onlyWrites, long nowMillis) {
    boolean running = nowMillis < endMillis;
    writesOnly = onlyWrites && (!running || writesOnly);
    endMillis = running ? Math.max(endMillis, untilMillis) : untilMillis;
  }

  public synchronized void unpause() {
    endMillis = 0;
  }

  public boolean isPaused(long nowMillis) {
    return endMillis != 0 && isPausedNow(nowMillis);
  }

  private synchronized boolean isPausedNow(long nowMillis) {
    if (nowMillis >= endMillis) {
      endMillis = 0;
    }
    return endMillis != 0;
  }

  /// When the pause ends, milliseconds since the epoch; 0 if there is none.
  public long endMillis() {
    return endMillis;
  }

  /// Whether commands that only read go on.
  public boolean isWritesOnly() {
    return writesOnly;
  }
}
