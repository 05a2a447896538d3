package io.varve.engine.wal;

import io.varve.engine.bytes.Slice;

/// Receives the batches of a log in their order, and, if it wants, what lies between them.
@FunctionalInterface
public interface WalConsumer {

  /// @param segment number of the segment that the batch lies in
  /// @param lastSequence highest sequence number in the batch
  /// @param batch the encoded batch, valid during the call; a `MalformedException` for it becomes a
  ///     `CorruptionException` that names file and offset
  void batch(long segment, long lastSequence, Slice batch);

  /// A segment that is part of the log begins.
  ///
  /// @param previousSequence highest sequence number before its first batch
  default void segment(long segment, long previousSequence) {}

  /// The batches that follow were written at this time, or later where the clock had been set back.
  default void time(long millis) {}

  /// A segment was left out: it was written on top of something that a power cut took.
  default void notPart(long segment) {}

  /// Asked before each record: false ends the reading.
  default boolean wantsMore() {
    return true;
  }
}
