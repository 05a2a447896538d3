package io.varve.engine.wal;

/// Which thread carries a group to the disk.
public enum CommitMode {
  /// Decided at each commit from the measured time of the last groups: inline while they are short,
  /// by the syncer thread while they are long.
  AUTO,
  /// The thread that commits. Fastest where a sync takes a tenth of a millisecond.
  INLINE,
  /// The syncer thread, while the writer fills the next group.
  THREADED
}
