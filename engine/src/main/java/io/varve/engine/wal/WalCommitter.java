package io.varve.engine.wal;

import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries groups to the disk and knows how far the log is written and synced.
///
/// [#write(WalGroup)] belongs to one thread at a time, the writer or the syncer, and [Wal] orders the
/// change between them. The background sync comes through [#syncWritten()]. Any failure poisons:
/// nothing is tried again, nothing becomes durable any more.
final class WalCommitter {

  private static final Logger LOG = LoggerFactory.getLogger(WalCommitter.class);

  /// Weight of the newest group in the running mean, as a shift: one sixteenth.
  private static final int MEAN_SHIFT = 4;

  private final SyncPolicy policy;
  private final DurabilityListener listener;
  private final WalCounters counters;
  private final LongSupplier nanoClock;

  /// Held while the unsynced segments are synced.
  private final Object syncLock = new Object();

  /// Segments with bytes that no sync has covered; guarded by itself. Unused under `ALWAYS`.
  private final List<WalSegment> unsynced = new ArrayList<>();

  private volatile long writtenSequence;
  private volatile long syncedSequence;
  private volatile @Nullable EngineException failure;

  /// Guarded by this, as are the calls of the listener.
  private boolean failureTold;

  /// Running mean of the nanoseconds a group takes. Changed by whoever writes.
  private volatile long meanGroupNanos;

  /// When the oldest write was made that no sync has begun to cover, and the same of the sync that
  /// runs; 0 for none. Guarded by `unsynced`.
  private long unsyncedSinceNanos;

  private long syncingSinceNanos;

  /// @param sequence up to here everything is synced already
  WalCommitter(
      SyncPolicy policy,
      DurabilityListener listener,
      WalCounters counters,
      LongSupplier nanoClock,
      long sequence) {
    this.policy = policy;
    this.listener = listener;
    this.counters = counters;
    this.nanoClock = nanoClock;
    this.writtenSequence = sequence;
    this.syncedSequence = sequence;
  }

  /// Highest sequence number that the policy calls durable.
  long durableSequence() {
    return writtenSequence;
  }

  /// Highest sequence number up to which everything is synced.
  long syncedSequence() {
    return policy == SyncPolicy.ALWAYS ? writtenSequence : syncedSequence;
  }

  @Nullable EngineException failure() {
    return failure;
  }

  long meanGroupNanos() {
    return meanGroupNanos;
  }

  /// Writes a group, syncs it if the policy says so, and tells the listener. Does nothing once
  /// poisoned.
  void write(WalGroup group) {
    if (failure != null) {
      return;
    }
    long start = nanoClock.getAsLong();
    try {
      long bytes = 0;
      for (int i = 0; i < group.pieceCount(); i++) {
        WalSegment segment = group.segment(i);
        bytes += group.write(i);
        if (policy == SyncPolicy.ALWAYS) {
          sync(segment);
        } else {
          noteUnsynced(segment, start);
        }
      }
      counters.countGroup(bytes);
    } catch (EngineException e) {
      poison(e);
      return;
    } catch (RuntimeException | Error e) {
      poison(new StorageException("write", "the log", e));
      return;
    }
    long took = nanoClock.getAsLong() - start;
    long mean = meanGroupNanos;
    meanGroupNanos = mean + ((took - mean) >> MEAN_SHIFT);
    synchronized (this) {
      // A background sync may have failed meanwhile: its failure is the last thing told.
      if (!failureTold) {
        writtenSequence = group.lastSequence();
        acknowledge(group.lastSequence());
      }
    }
  }

  /// Syncs everything written so far: the background sync, whoever asks, and the last act of a close.
  /// One at a time, since the second must not return before the first has synced for it.
  void syncWritten() {
    synchronized (syncLock) {
      syncUnsynced();
    }
  }

  private void syncUnsynced() {
    long target;
    List<WalSegment> segments;
    synchronized (unsynced) {
      target = writtenSequence;
      segments = List.copyOf(unsynced);
      unsynced.clear();
      syncingSinceNanos = unsyncedSinceNanos;
      unsyncedSinceNanos = 0;
    }
    if (failure != null) {
      return;
    }
    try {
      for (WalSegment segment : segments) {
        sync(segment);
      }
    } catch (EngineException e) {
      poison(e);
      return;
    } catch (RuntimeException | Error e) {
      poison(new StorageException("sync", "the log", e));
      return;
    }
    syncedSequence = target;
    synchronized (unsynced) {
      syncingSinceNanos = 0;
    }
  }

  /// Nanoseconds that the oldest write has been waiting for the sync that covers it; 0 if all are
  /// synced.
  long oldestUnsyncedNanos() {
    synchronized (unsynced) {
      long since = syncingSinceNanos != 0 ? syncingSinceNanos : unsyncedSinceNanos;
      return since == 0 ? 0 : Math.max(0, nanoClock.getAsLong() - since);
    }
  }

  /// Stops all acknowledging, for good. Only the first cause counts.
  synchronized void poison(EngineException cause) {
    if (failureTold) {
      return;
    }
    failureTold = true;
    failure = cause;
    LOG.error(
        "the log is poisoned, no write is acknowledged any more; durable up to sequence {}: {}",
        writtenSequence,
        cause.getMessage());
    listener.failed(cause);
  }

  /// A listener that throws has a bug, and nobody knows whom it told: that must not go on.
  private void acknowledge(long sequence) {
    try {
      listener.durable(sequence);
    } catch (RuntimeException | Error e) {
      poison(new StorageException("acknowledgement", "the log", e));
    }
  }

  private void sync(WalSegment segment) {
    long start = nanoClock.getAsLong();
    segment.sync();
    counters.countSync(nanoClock.getAsLong() - start);
  }

  private void noteUnsynced(WalSegment segment, long now) {
    synchronized (unsynced) {
      if (!unsynced.contains(segment)) {
        unsynced.add(segment);
      }
      if (unsyncedSinceNanos == 0) {
        unsyncedSinceNanos = now == 0 ? 1 : now;
      }
    }
  }
}
