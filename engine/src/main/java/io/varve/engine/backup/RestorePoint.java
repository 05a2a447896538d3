package io.varve.engine.backup;

import java.time.Instant;

/// How far a restore goes.
public sealed interface RestorePoint {

  /// To the end of what there is: of the archive, or, without one, of the backup.
  record Latest() implements RestorePoint {
    @Override
    public String toString() {
      return "the latest";
    }
  }

  /// Up to a sequence number: to the last whole batch at or before it.
  record Sequence(long sequence) implements RestorePoint {
    @Override
    public String toString() {
      return "sequence number " + sequence;
    }
  }

  /// Up to a time: everything that was written then or before.
  ///
  /// @param millis since 1970
  record Time(long millis) implements RestorePoint {
    @Override
    public String toString() {
      return Instant.ofEpochMilli(millis).toString();
    }
  }
}
