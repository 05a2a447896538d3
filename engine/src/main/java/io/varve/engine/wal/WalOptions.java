package io.varve.engine.wal;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// How the log works. Every default is the one to keep unless a measurement says otherwise.
///
/// @param syncPolicy when a write counts as durable; `ALWAYS`
/// @param commitMode which thread writes; `AUTO`
/// @param segmentBytes bytes that a segment is prepared with, after which the next one begins; 64 MiB
/// @param firstSegmentBytes bytes prepared for the first segment, for which opening waits; 1 MiB
/// @param spareSegments segments that stand prepared; 1. More for bursts that outrun the preparation
/// @param reusableSegmentsMax released segments kept to be used again; 3
/// @param syncIntervalMillis pause between background syncs under `EVERY_SECOND`; 1000
/// @param retryMillis pause before preparation is tried again after it failed; 1000
/// @param inlineNanosMax groups that take longer than this on average go to the syncer thread under
///     `AUTO`; 250 microseconds
/// @param clock tells the times that are written into the log
/// @param archive where segments are kept when the store needs them no more; null for nowhere
public record WalOptions(
    SyncPolicy syncPolicy,
    CommitMode commitMode,
    long segmentBytes,
    long firstSegmentBytes,
    int spareSegments,
    int reusableSegmentsMax,
    long syncIntervalMillis,
    long retryMillis,
    long inlineNanosMax,
    InstantSource clock,
    @Nullable WalArchiveOptions archive) {

  public WalOptions {
    require(segmentBytes >= 4 << 10, "segmentBytes", segmentBytes);
    require(firstSegmentBytes >= 0, "firstSegmentBytes", firstSegmentBytes);
    require(spareSegments >= 0 && spareSegments <= 64, "spareSegments", spareSegments);
    require(reusableSegmentsMax >= 0, "reusableSegmentsMax", reusableSegmentsMax);
    require(syncIntervalMillis > 0, "syncIntervalMillis", syncIntervalMillis);
    require(retryMillis > 0, "retryMillis", retryMillis);
    require(inlineNanosMax >= 0, "inlineNanosMax", inlineNanosMax);
  }

  public static WalOptions defaults() {
    return new WalOptions(
        SyncPolicy.ALWAYS,
        CommitMode.AUTO,
        64L << 20,
        1L << 20,
        1,
        3,
        1000,
        1000,
        250_000,
        InstantSource.system(),
        null);
  }

  public WalOptions withSyncPolicy(SyncPolicy policy) {
    return new WalOptions(
        policy,
        commitMode,
        segmentBytes,
        firstSegmentBytes,
        spareSegments,
        reusableSegmentsMax,
        syncIntervalMillis,
        retryMillis,
        inlineNanosMax,
        clock,
        archive);
  }

  public WalOptions withCommitMode(CommitMode mode) {
    return new WalOptions(
        syncPolicy,
        mode,
        segmentBytes,
        firstSegmentBytes,
        spareSegments,
        reusableSegmentsMax,
        syncIntervalMillis,
        retryMillis,
        inlineNanosMax,
        clock,
        archive);
  }

  /// Also makes the first segment no larger.
  public WalOptions withSegmentBytes(long bytes) {
    return new WalOptions(
        syncPolicy,
        commitMode,
        bytes,
        Math.min(firstSegmentBytes, bytes),
        spareSegments,
        reusableSegmentsMax,
        syncIntervalMillis,
        retryMillis,
        inlineNanosMax,
        clock,
        archive);
  }

  public WalOptions withSpareSegments(int count) {
    return new WalOptions(
        syncPolicy,
        commitMode,
        segmentBytes,
        firstSegmentBytes,
        count,
        reusableSegmentsMax,
        syncIntervalMillis,
        retryMillis,
        inlineNanosMax,
        clock,
        archive);
  }

  public WalOptions withIntervals(long syncMillis, long retryMillis) {
    return new WalOptions(
        syncPolicy,
        commitMode,
        segmentBytes,
        firstSegmentBytes,
        spareSegments,
        reusableSegmentsMax,
        syncMillis,
        retryMillis,
        inlineNanosMax,
        clock,
        archive);
  }

  public WalOptions withClock(InstantSource newClock) {
    return new WalOptions(
        syncPolicy,
        commitMode,
        segmentBytes,
        firstSegmentBytes,
        spareSegments,
        reusableSegmentsMax,
        syncIntervalMillis,
        retryMillis,
        inlineNanosMax,
        newClock,
        archive);
  }

  public WalOptions withArchive(@Nullable WalArchiveOptions newArchive) {
    return new WalOptions(
        syncPolicy,
        commitMode,
        segmentBytes,
        firstSegmentBytes,
        spareSegments,
        reusableSegmentsMax,
        syncIntervalMillis,
        retryMillis,
        inlineNanosMax,
        clock,
        newArchive);
  }

  private static void require(boolean holds, String name, long value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " cannot be " + value);
    }
  }
}
