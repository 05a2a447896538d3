package io.varve.engine.compaction;

import io.varve.engine.version.Version;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// What flushes and merges have done since the store was opened. Written by background threads, read
/// by anybody at any time; numbers of one event may show one after the other.
public final class CompactionCounters {

  private final LongAdder flushes = new LongAdder();
  private final LongAdder flushBytes = new LongAdder();
  private final LongAdder flushNanos = new LongAdder();
  private final LongAdder merges = new LongAdder();
  private final LongAdder mergeNanos = new LongAdder();
  private final LongAdder moves = new LongAdder();
  private final LongAdder tablesDropped = new LongAdder();
  private final LongAdder entriesDropped = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder cancelled = new LongAdder();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicLongArray levelBytesRead = new AtomicLongArray(Version.LEVELS_MAX);
  private final AtomicLongArray levelBytesWritten = new AtomicLongArray(Version.LEVELS_MAX);

  void countFlush(JobResult result, long nanos) {
    flushes.increment();
    flushBytes.add(result.bytesWritten());
    flushNanos.add(nanos);
    entriesDropped.add(result.entriesDropped());
    levelBytesWritten.addAndGet(0, result.bytesWritten());
  }

  void countMerge(CompactionChoice.MergeRuns choice, JobResult result, long nanos) {
    merges.increment();
    mergeNanos.add(nanos);
    entriesDropped.add(result.entriesDropped());
    for (InputRun input : choice.inputs()) {
      levelBytesRead.addAndGet(input.level(), input.fileBytes());
    }
    levelBytesWritten.addAndGet(choice.outputLevel(), result.bytesWritten());
  }

  void countMove() {
    moves.increment();
  }

  void countTablesDropped(int tables) {
    tablesDropped.add(tables);
  }

  void countFailure() {
    failures.increment();
  }

  void countCancelled() {
    cancelled.increment();
  }

  void jobBegins() {
    running.incrementAndGet();
  }

  void jobEnds() {
    running.decrementAndGet();
  }

  public long flushes() {
    return flushes.sum();
  }

  /// Bytes of tables written by flushes.
  public long flushBytes() {
    return flushBytes.sum();
  }

  public long flushNanos() {
    return flushNanos.sum();
  }

  public long merges() {
    return merges.sum();
  }

  public long mergeNanos() {
    return mergeNanos.sum();
  }

  /// Times that tables were given another level without being rewritten.
  public long moves() {
    return moves.sum();
  }

  /// Tables that went without being read because nobody could want their keys.
  public long tablesDropped() {
    return tablesDropped.sum();
  }

  /// Entries that flushes and merges did not write on.
  public long entriesDropped() {
    return entriesDropped.sum();
  }

  /// Flushes and merges that failed, each try counted.
  public long failures() {
    return failures.sum();
  }

  /// Jobs that ended because the store closed.
  public long cancelled() {
    return cancelled.sum();
  }

  /// Flushes and merges at work right now.
  public int running() {
    return running.get();
  }

  /// Bytes of tables of a level that merges have read.
  public long bytesRead(int level) {
    return levelBytesRead.get(level);
  }

  /// Bytes of tables that flushes and merges have written to a level.
  public long bytesWritten(int level) {
    return levelBytesWritten.get(level);
  }

  /// Bytes of tables that merges have written, over all levels.
  public long mergeBytesWritten() {
    long sum = -flushBytes.sum();
    for (int level = 0; level < Version.LEVELS_MAX; level++) {
      sum += levelBytesWritten.get(level);
    }
    return Math.max(0, sum);
  }

  /// Bytes written to tables per byte that flushes wrote; 0 before the first flush.
  public double writeAmplification() {
    long flushed = flushBytes.sum();
    return flushed == 0 ? 0 : (double) (flushed + mergeBytesWritten()) / flushed;
  }
}
