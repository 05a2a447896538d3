package io.varve.engine.compaction;

import java.util.Arrays;

/// Which sequence numbers somebody may still read at, as of the start of a job.
///
/// Snapshots that exist divide the sequence numbers into stripes: of the versions of a key in one
/// stripe, only the newest can ever be seen. A snapshot that is taken later reads at a sequence number
/// that has been published by then, so at the one published now or above: that one is a border like a
/// snapshot, and of what lies above it nothing is shadowed yet.
public final class SnapshotBounds {

  private final long[] snapshots;
  private final long published;

  /// @param snapshots sequence numbers of living snapshots, in any order
  /// @param published greatest sequence number that a new snapshot could get right now
  public SnapshotBounds(long[] snapshots, long published) {
    this.snapshots = snapshots.clone();
    Arrays.sort(this.snapshots);
    this.published = published;
    if (snapshots.length > 0 && this.snapshots[snapshots.length - 1] > published) {
      throw new IllegalArgumentException(
          "a snapshot at " + this.snapshots[snapshots.length - 1] + " is ahead of " + published);
    }
  }

  /// No snapshot, everything published.
  public static SnapshotBounds none() {
    return new SnapshotBounds(new long[0], Long.MAX_VALUE);
  }

  /// Whether nobody holds a snapshot.
  boolean isEmpty() {
    return snapshots.length == 0;
  }

  /// Greatest sequence number that a new snapshot could get when these bounds were taken.
  long published() {
    return published;
  }

  /// Whether the sequence number is not published yet.
  boolean isUnpublished(long sequence) {
    return sequence > published;
  }

  /// The stripe of a published sequence number: how many snapshots are below it.
  int stripe(long sequence) {
    int count = 0;
    while (count < snapshots.length && snapshots[count] < sequence) {
      count++;
    }
    return count;
  }

  /// The greatest sequence number of a stripe: where its snapshot reads.
  long stripeEnd(int stripe) {
    return stripe < snapshots.length ? snapshots[stripe] : published;
  }

  /// The least sequence number at which anybody, now or later, reads who can see `sequence`.
  long oldestReaderOf(long sequence) {
    for (long snapshot : snapshots) {
      if (snapshot >= sequence) {
        return snapshot;
      }
    }
    return published;
  }

  /// Whether no living snapshot can see an entry: only then may a filter have it.
  boolean isAboveSnapshots(long sequence) {
    return snapshots.length == 0 || sequence > snapshots[snapshots.length - 1];
  }

  @Override
  public String toString() {
    return "snapshots " + Arrays.toString(snapshots) + ", published " + published;
  }
}
