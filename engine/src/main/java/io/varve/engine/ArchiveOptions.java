package io.varve.engine;

import java.nio.file.Path;

/// An archive of the log: a copy of everything that is ever written, from which, together with a
/// backup, the store can be brought back as it was at any moment.
///
/// @param directory root of the archive, which may lie on another file system and may serve several
///     stores. Has to be there when the store is opened; if it fails later, writes go on
/// @param intervalMillis how often what is in the current log segment is archived too: what a lost
///     machine can cost. 0 archives a segment only when the log leaves it
/// @param backlogBytesMax bytes of log that are kept for an archive that does not take them. Beyond
///     that the oldest are given up: the archive has a gap, until the next backup
public record ArchiveOptions(Path directory, long intervalMillis, long backlogBytesMax) {

  private static final long INTERVAL_MILLIS = 10_000;
  private static final long BACKLOG_BYTES = 4L << 30;

  public ArchiveOptions {
    if (intervalMillis < 0) {
      throw new IllegalArgumentException("intervalMillis is out of range: " + intervalMillis);
    }
    if (backlogBytesMax < 0) {
      throw new IllegalArgumentException("backlogBytesMax is out of range: " + backlogBytesMax);
    }
  }

  /// Every ten seconds, with a backlog of at most 4 GiB.
  public static ArchiveOptions in(Path directory) {
    return new ArchiveOptions(directory, INTERVAL_MILLIS, BACKLOG_BYTES);
  }
}
