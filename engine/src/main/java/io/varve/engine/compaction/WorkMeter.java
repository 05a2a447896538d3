package io.varve.engine.compaction;

import io.varve.engine.admission.WorkRates;

/// Measures what flushes and merges manage, step by step: what the admission of writes goes by.
///
/// All bytes are bytes of keys and values as they come in, so that rates can be compared with what is
/// written, however well it compresses. The guesses hold until there is something to measure.
final class WorkMeter {

  private static final double FLUSH_GUESS = 32 << 20;
  private static final double MERGE_GUESS = 32 << 20;

  /// What the planner is designed for, less the flush itself.
  private static final double MERGES_PER_FLUSH_GUESS = 4;

  private static final double MERGES_PER_FLUSH_MIN = 0.5;
  private static final double MERGES_PER_FLUSH_MAX = 32;

  /// Memtables over which the amplification is averaged: some merges come only once in as many.
  private static final double MEMTABLES_AVERAGED = 64;

  private final Throughput flush = new Throughput(FLUSH_GUESS);
  private final Throughput merge = new Throughput(MERGE_GUESS);
  private double flushedBytes; // under this
  private double mergedBytes; // under this
  private double averagedBytes; // under this

  void begin(DiskRank rank, long nowNanos) {
    throughput(rank).begin(nowNanos);
  }

  void add(DiskRank rank, long bytes, long nowNanos) {
    throughput(rank).add(bytes, nowNanos);
    synchronized (this) {
      if (rank != DiskRank.FLUSH) {
        mergedBytes += bytes;
        return;
      }
      if (averagedBytes > 0) {
        double kept = Math.exp(-bytes / averagedBytes);
        flushedBytes *= kept;
        mergedBytes *= kept;
      }
      flushedBytes += bytes;
    }
  }

  void end(DiskRank rank, long nowNanos) {
    throughput(rank).end(nowNanos);
  }

  /// A flush of so many bytes begins: says what a memtable is.
  synchronized void memtable(long bytes) {
    double wanted = MEMTABLES_AVERAGED * Math.max(1, bytes);
    if (averagedBytes == 0) {
      flushedBytes = wanted / 8;
      mergedBytes = MERGES_PER_FLUSH_GUESS * flushedBytes;
    }
    averagedBytes = Math.max(averagedBytes, wanted);
  }

  synchronized WorkRates rates(long nowNanos) {
    double perFlush = flushedBytes == 0 ? MERGES_PER_FLUSH_GUESS : mergedBytes / flushedBytes;
    return new WorkRates(
        flush.bytesPerSecond(nowNanos),
        merge.bytesPerSecond(nowNanos),
        Math.clamp(perFlush, MERGES_PER_FLUSH_MIN, MERGES_PER_FLUSH_MAX));
  }

  private Throughput throughput(DiskRank rank) {
    return rank == DiskRank.FLUSH ? flush : merge;
  }
}
