package io.varve.engine.compaction;

/// How background work is run.
///
/// @param mergeThreads merges at a time (default 1): more if the disk is faster than one core
///     compresses
/// @param retryMillisMin wait after the first failure (default 100), doubled from try to try
/// @param retryMillisMax longest wait between tries (default 5,000)
/// @param flushTableBytes a memtable that gives more becomes several tables (default 64 MiB)
public record BackgroundOptions(
    int mergeThreads, long retryMillisMin, long retryMillisMax, long flushTableBytes) {

  public BackgroundOptions {
    if (mergeThreads < 1 || mergeThreads > 64) {
      throw new IllegalArgumentException("merge threads " + mergeThreads + " are not in 1 to 64");
    }
    if (retryMillisMin < 1 || retryMillisMax < retryMillisMin || flushTableBytes < 1) {
      throw new IllegalArgumentException("impossible background options");
    }
  }

  public static BackgroundOptions defaults() {
    return new BackgroundOptions(1, 100, 5_000, 64L << 20);
  }
}
