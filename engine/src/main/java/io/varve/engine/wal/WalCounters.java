package io.varve.engine.wal;

import java.util.concurrent.atomic.LongAdder;

/// What the log has done since it was opened. Read by any thread, at any time, without a consistent
/// cut.
public final class WalCounters {

  /// Upper bounds, in microseconds, of the buckets that syncs are counted in; a last bucket has none.
  private static final long[] SYNC_BUCKETS_MICROS = {
    50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000, 1_000_000
  };

  // The appending thread alone writes these; others read them as old as they may be.
  private long appends;
  private long appendedBytes;

  private final LongAdder groups = new LongAdder();
  private final LongAdder writtenBytes = new LongAdder();
  private final LongAdder syncs = new LongAdder();
  private final LongAdder syncNanos = new LongAdder();
  private volatile long syncNanosMax;
  private final LongAdder[] syncBuckets = new LongAdder[SYNC_BUCKETS_MICROS.length + 1];
  private final LongAdder refusals = new LongAdder();
  private final LongAdder segmentsPrepared = new LongAdder();
  private final LongAdder segmentsRecycled = new LongAdder();
  private final LongAdder segmentsUnprepared = new LongAdder();
  private final LongAdder threadedGroups = new LongAdder();
  private final LongAdder archivedBytes = new LongAdder();
  private final LongAdder archiveFailures = new LongAdder();
  private final LongAdder archiveGivenUp = new LongAdder();

  WalCounters() {
    for (int i = 0; i < syncBuckets.length; i++) {
      syncBuckets[i] = new LongAdder();
    }
  }

  /// Batches appended.
  public long appends() {
    return appends;
  }

  /// Bytes of the batches appended, before framing.
  public long appendedBytes() {
    return appendedBytes;
  }

  /// Groups written.
  public long groups() {
    return groups.sum();
  }

  /// Groups that the syncer thread wrote.
  public long threadedGroups() {
    return threadedGroups.sum();
  }

  /// Bytes written to segments, framing included, preparation not.
  public long writtenBytes() {
    return writtenBytes.sum();
  }

  public long syncs() {
    return syncs.sum();
  }

  public long syncNanos() {
    return syncNanos.sum();
  }

  public long syncNanosMax() {
    return syncNanosMax;
  }

  /// Upper bounds in microseconds of the buckets of [#syncCounts()], the last of which has none.
  public static long[] syncBucketsMicros() {
    return SYNC_BUCKETS_MICROS.clone();
  }

  /// Syncs by the time they took.
  public long[] syncCounts() {
    long[] counts = new long[syncBuckets.length];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = syncBuckets[i].sum();
    }
    return counts;
  }

  /// Appends refused because the disk was full.
  public long refusals() {
    return refusals.sum();
  }

  /// Segments made ready ahead of time, new or recycled.
  public long segmentsPrepared() {
    return segmentsPrepared.sum();
  }

  /// Of these, files that had been segments before.
  public long segmentsRecycled() {
    return segmentsRecycled.sum();
  }

  /// Segments that the writer had to make itself because none was ready.
  public long segmentsUnprepared() {
    return segmentsUnprepared.sum();
  }

  /// Bytes written to the archive.
  public long archivedBytes() {
    return archivedBytes.sum();
  }

  /// Tries to archive that failed; each is made again.
  public long archiveFailures() {
    return archiveFailures.sum();
  }

  /// Segments that went without being archived, because the archive was too far behind.
  public long archiveGivenUp() {
    return archiveGivenUp.sum();
  }

  void countArchived(long bytes) {
    archivedBytes.add(bytes);
  }

  void countArchiveFailure() {
    archiveFailures.increment();
  }

  void countArchiveGivenUp() {
    archiveGivenUp.increment();
  }

  void countAppend(int bytes) {
    appends++;
    appendedBytes += bytes;
  }

  void countGroup(long bytes) {
    groups.increment();
    writtenBytes.add(bytes);
  }

  void countThreadedGroup() {
    threadedGroups.increment();
  }

  void countSync(long nanos) {
    syncs.increment();
    syncNanos.add(nanos);
    if (nanos > syncNanosMax) {
      syncNanosMax = nanos;
    }
    long micros = nanos / 1000;
    int bucket = 0;
    while (bucket < SYNC_BUCKETS_MICROS.length && micros > SYNC_BUCKETS_MICROS[bucket]) {
      bucket++;
    }
    syncBuckets[bucket].increment();
  }

  void countRefusal() {
    refusals.increment();
  }

  void countPrepared() {
    segmentsPrepared.increment();
  }

  void countRecycled() {
    segmentsRecycled.increment();
  }

  void countUnprepared() {
    segmentsUnprepared.increment();
  }
}
