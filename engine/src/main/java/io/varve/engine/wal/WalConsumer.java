package io.varve.engine.wal;

import io.varve.engine.bytes.Slice;

/// Receives the batches of a log in their order.
@FunctionalInterface
public interface WalConsumer {

  /// @param segment number of the segment that the batch lies in
  /// @param lastSequence highest sequence number in the batch
  /// @param batch the encoded batch, valid during the call; a `MalformedException` for it becomes a
  ///     `CorruptionException` that names file and offset
  void batch(long segment, long lastSequence, Slice batch);
}
