package io.varve.engine.wal;

import java.nio.file.Path;

/// Where and how closely a log is archived.
///
/// @param directory folder of this timeline in the archive; it exists
/// @param intervalMillis how often what is in the current segment is archived too; 0 for only when the
///     segment is full or left
/// @param backlogBytesMax bytes of segments that are kept for an archive that does not take them;
///     beyond that the oldest are given up, and the archive has a gap
/// @param archivedSequence last sequence number in the archive, -1 if it is empty
public record WalArchiveOptions(
    Path directory, long intervalMillis, long backlogBytesMax, long archivedSequence) {

  public WalArchiveOptions {
    if (intervalMillis < 0) {
      throw new IllegalArgumentException("intervalMillis cannot be " + intervalMillis);
    }
    if (backlogBytesMax < 0) {
      throw new IllegalArgumentException("backlogBytesMax cannot be " + backlogBytesMax);
    }
  }
}
