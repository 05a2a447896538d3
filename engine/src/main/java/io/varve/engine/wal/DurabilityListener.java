package io.varve.engine.wal;

import io.varve.engine.error.EngineException;

/// Told how far the log is durable, according to its [SyncPolicy].
///
/// Called by the thread that did the work: the committing one, inside `commit`, or the syncer. Never by
/// two at a time. Must be quick and must not call the log.
public interface DurabilityListener {

  /// All writes up to `sequence` are durable. Ascending from call to call.
  void durable(long sequence);

  /// The log is poisoned: nothing becomes durable any more. Called once, after the last `durable`.
  void failed(EngineException cause);
}
