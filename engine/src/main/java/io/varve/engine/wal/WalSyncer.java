package io.varve.engine.wal;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The thread that writes and syncs one group while the writer fills the next.
///
/// The hand-over is one slot. The writer puts a committed group there; the syncer takes it when it is
/// done with the one before. Until then the writer may take it back and go on filling it: so everything
/// that arrives during one sync goes into the next, two groups are enough, and nobody takes a lock. A
/// group taken back is written only after the next commit, which the writer makes at the end of its
/// round.
///
/// The thread starts with the first group. [#hand(WalGroup)], [#takeBack(WalGroup)] and [#isIdle()]
/// belong to the writer.
final class WalSyncer implements AutoCloseable {

  private final WalCommitter committer;
  private final WalCounters counters;
  private final AtomicReference<@Nullable WalGroup> slot = new AtomicReference<>();
  private final Thread thread;

  /// Groups handed over and not taken back. Writer only.
  private long handed;

  /// Groups written. Syncer only writes; what it did before is seen by who reads this.
  private volatile long completed;

  private boolean started;
  private volatile boolean closing;

  WalSyncer(WalCommitter committer, WalCounters counters) {
    this.committer = committer;
    this.counters = counters;
    this.thread = new Thread(this::run, "varve-wal-sync");
    thread.setDaemon(true);
  }

  void hand(WalGroup group) {
    handed++;
    slot.set(group);
    if (started) {
      LockSupport.unpark(thread);
    } else {
      started = true;
      thread.start();
    }
  }

  /// Takes back the group that was handed last, unless the syncer has it.
  boolean takeBack(WalGroup group) {
    if (slot.compareAndSet(group, null)) {
      handed--;
      return true;
    }
    return false;
  }

  /// Whether everything handed over is written, so that the writer may write itself.
  boolean isIdle() {
    return handed == completed;
  }

  /// Writes what was handed over, then ends the thread.
  @Override
  public void close() {
    closing = true;
    if (started) {
      LockSupport.unpark(thread);
      Threads.join(thread);
    }
  }

  private void run() {
    long done = 0;
    while (true) {
      // Read before the slot: whoever closes has handed its last group before.
      boolean last = closing;
      WalGroup group = slot.getAndSet(null);
      if (group != null) {
        committer.write(group);
        group.clear();
        counters.countThreadedGroup();
        done++;
        completed = done;
      } else if (last) {
        return;
      } else {
        LockSupport.park(this);
      }
    }
  }
}
