package io.varve.engine.wal;

/// When a write counts as durable.
public enum SyncPolicy {
  /// After the sync that covers it: survives a power cut.
  ALWAYS,
  /// After the operating system has it: survives the death of the process. A sync each second in the
  /// background bounds what a power cut can take.
  EVERY_SECOND,
  /// After the operating system has it, which decides alone when to bring it to the disk.
  NEVER
}
