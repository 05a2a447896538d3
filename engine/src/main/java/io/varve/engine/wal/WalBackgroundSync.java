package io.varve.engine.wal;

/// Syncs what is written once per interval, under `EVERY_SECOND`, on a thread of its own: a sync takes
/// as long as it takes, and neither writer nor syncer waits for it.
final class WalBackgroundSync implements AutoCloseable {

  private final WalCommitter committer;
  private final long intervalMillis;
  private final Thread thread;

  /// Guarded by this.
  private boolean closing;

  WalBackgroundSync(WalCommitter committer, long intervalMillis) {
    this.committer = committer;
    this.intervalMillis = intervalMillis;
    this.thread = new Thread(this::run, "varve-wal-background-sync");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    Threads.join(thread);
  }

  private void run() {
    while (awaitInterval()) {
      committer.syncWritten();
    }
  }

  private synchronized boolean awaitInterval() {
    return !Threads.await(this, () -> closing, intervalMillis);
  }
}
