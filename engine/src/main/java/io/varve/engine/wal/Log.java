package io.varve.engine.wal;

import io.varve.engine.bytes.Slice;
import io.varve.engine.error.EngineException;
import org.jspecify.annotations.Nullable;

/// Where the engine puts its writes before it acknowledges them: append a group, be told what is
/// durable. A replicated log can take the place of the local one.
///
/// [#append(Slice, long)], [#commit()], [#roll()] and [#close()] belong to the one writer; the rest
/// may be called by any thread.
public interface Log extends AutoCloseable {

  /// Copies a batch into the open group. Memory only.
  ///
  /// @param batch an encoded batch; what it says is none of the log's business
  /// @param lastSequence highest sequence number in it, higher than that of the batch before
  /// @throws io.varve.engine.error.StorageException if the log is poisoned, or, without changing
  ///     anything, if there is no room on the disk for the batch; the latter may be tried again
  void append(Slice batch, long lastSequence);

  /// Closes the open group and has it written; returns at once where a thread of the log does that.
  /// A failure to write is told to the listener; this method throws only if the log had been poisoned
  /// before.
  void commit();

  /// Syncs whatever was written when it was called and is not synced yet, whatever the policy. Any
  /// thread; waits for the disk. A failure is told to the listener and shows in [#failure()].
  void sync();

  /// The next append starts a new segment. Nothing happens if the current one is empty.
  void roll();

  /// Number of the segment in which the next append lands. After [#roll()]: all appends from then on
  /// land in segments of this number or higher.
  long currentSegment();

  /// Gives up all segments with lower numbers: what they hold is durable elsewhere, and whatever says
  /// so is durable too.
  void releaseUpTo(long segmentNumber);

  /// Keeps what is not given up by now, for reading it back.
  LogHold hold();

  /// Highest sequence number that is durable according to the policy.
  long durableSequence();

  /// Bytes appended to the open and the committed groups that no write has taken yet.
  long pendingBytes();

  /// Bytes of all segments that are not released.
  long liveBytes();

  /// Bytes that are kept for the archive alone, because it does not have them yet; 0 without one.
  long archiveBacklogBytes();

  /// What was counted since the log was opened.
  WalCounters counters();

  /// Age in nanoseconds of the oldest write that is not synced yet, whatever the policy; 0 if none.
  long oldestUnsyncedNanos();

  /// Why the log takes no more writes, or null.
  @Nullable EngineException failure();

  /// Commits, syncs whatever the policy, stops all threads.
  @Override
  void close();
}
