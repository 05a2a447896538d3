package io.varve.engine;

import io.varve.engine.compaction.SnapshotBounds;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/// The open snapshots, for those who want to drop old versions.
///
/// Taking a snapshot and reading the list exclude each other: a job that has read the list works on
/// tables whose sequence numbers were durable by then, and any snapshot taken later is at least as
/// new as those.
final class Snapshots {

  private final LongSupplier durableSequence;
  private final TreeMap<Long, Integer> countBySequence = new TreeMap<>();

  Snapshots(LongSupplier durableSequence) {
    this.durableSequence = durableSequence;
  }

  synchronized Snapshot take() {
    long sequence = durableSequence.getAsLong();
    countBySequence.merge(sequence, 1, Integer::sum);
    return new Snapshot(this, sequence);
  }

  synchronized void remove(long sequence) {
    countBySequence.computeIfPresent(sequence, (key, count) -> count == 1 ? null : count - 1);
  }

  /// What may still be read, for a job that is about to drop versions.
  synchronized SnapshotBounds bounds() {
    long[] sequences = countBySequence.keySet().stream().mapToLong(Long::longValue).toArray();
    return new SnapshotBounds(sequences, durableSequence.getAsLong());
  }

  synchronized int count() {
    return countBySequence.values().stream().mapToInt(Integer::intValue).sum();
  }
}
