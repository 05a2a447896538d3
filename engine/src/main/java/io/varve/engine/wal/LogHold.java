package io.varve.engine.wal;

/// Keeps the segments of a log from being deleted or used again, so that they can be read while the
/// log goes on. Any thread; close it soon, because the log grows meanwhile.
public interface LogHold extends AutoCloseable {

  /// Hands the batches of the log to a consumer, from a segment on up to a sequence number that was
  /// durable when this was called. Batches of lower numbers than asked for may come too.
  ///
  /// @param oldestSegment segments with lower numbers are not read
  /// @param flushedSequence up to here tables hold everything; the log may miss that
  /// @param upToSequence the last batch to hand out; nothing behind it is looked at
  /// @throws io.varve.engine.error.CorruptionException if the log is damaged before that
  void read(long oldestSegment, long flushedSequence, long upToSequence, WalConsumer consumer);

  @Override
  void close();
}
