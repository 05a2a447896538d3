package io.varve.server.replica;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/// How far an import is. Counted by the thread that reads the source and the one that reads the target's
/// answers; read by any.
public final class ImportProgress {

  private final AtomicLong keys = new AtomicLong();
  private final AtomicLong commands = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private volatile long snapshotBytes;
  private volatile boolean following;
  private volatile long offset = -1;
  private volatile String replicationId = "";

  ImportProgress() {}

  /// Keys of the snapshot that the target has.
  public long keys() {
    return keys.get();
  }

  /// Commands after the snapshot that the target has run.
  public long commands() {
    return commands.get();
  }

  /// What the target has refused.
  public long refused() {
    return refused.get();
  }

  /// Bytes of the snapshot that were read.
  public long snapshotBytes() {
    return snapshotBytes;
  }

  /// Whether the snapshot is done.
  public boolean isFollowing() {
    return following;
  }

  /// Up to where in the source's replication stream the target has everything; -1 while it has not.
  public long offset() {
    return offset;
  }

  /// The stream that [#offset()] counts.
  public String replicationId() {
    return replicationId;
  }

  void snapshotRead(long bytes) {
    snapshotBytes = Math.max(snapshotBytes, bytes);
  }

  void keyArrived() {
    keys.incrementAndGet();
  }

  void commandArrived() {
    commands.incrementAndGet();
  }

  void refusal() {
    refused.incrementAndGet();
  }

  void follows(String id) {
    replicationId = id;
    following = true;
  }

  void arrivedUpTo(long streamOffset) {
    offset = Math.max(offset, streamOffset);
  }

  /// Bytes in words: `12.5 MB`.
  public static String bytesText(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 999.95) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %cB", value, "kMGTPE".charAt(unit));
  }
}
