package io.varve.engine.compaction;

import io.varve.engine.admission.WorkRates;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Says who goes first at the disk, holds merges to a rate, and measures what all of them manage.
///
/// A job takes a [Turn] and calls [Turn#step(long)] about once per MiB. At each step:
/// - a merge lets a flush that is at work go first, for 10 ms at most, and then a merge of a higher
///   rank ([DiskRank]) that is at work on another thread, for as long as its own step took, and 10 ms
///   at most: it slows down and never starves;
/// - where a rate is set, a step books its bytes on a time line that starts now at the earliest. A merge
///   waits until its booking comes up: no burst after a pause. A flush books and does not wait, so that
///   merges make room for it; it books no further ahead than 100 ms, so that they get their share of
///   even the smallest rate.
///
/// Safe from several threads.
public final class Pacer {

  /// Called by a job as it goes.
  public interface Steps {
    /// For a job that nothing holds back and nobody measures.
    Steps FREE = _ -> {};

    /// @param bytes bytes of keys and values moved since the last call
    /// @throws JobCancelledException if the job has to end
    void step(long bytes);
  }

  private static final long YIELD_NANOS_MAX = 10_000_000;
  private static final long FLUSH_BOOKING_NANOS_MAX = 100_000_000;
  private static final long NAP_NANOS = 1_000_000;
  private static final double NANOS_PER_SECOND = 1e9;

  private final LongSupplier nanoClock;
  private final LongConsumer parkNanos;
  private final AtomicIntegerArray atWork = new AtomicIntegerArray(DiskRank.values().length);
  private final WorkMeter meter = new WorkMeter();
  private final AtomicLong bookedUntil;
  private volatile long bytesPerSecond;
  private volatile boolean stopped;
  private volatile long flushBytesDone;
  private final AtomicLong waitedNanos = new AtomicLong();

  /// @param bytesPerSecond bytes of keys and values that the background may move in a second, 0 for no
  ///     limit
  public Pacer(long bytesPerSecond) {
    this(bytesPerSecond, System::nanoTime, LockSupport::parkNanos);
  }

  Pacer(long bytesPerSecond, LongSupplier nanoClock, LongConsumer parkNanos) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanoClock = nanoClock;
    this.parkNanos = parkNanos;
    this.bookedUntil = new AtomicLong(nanoClock.getAsLong());
  }

  /// For jobs that nothing holds back.
  public static Pacer unlimited() {
    return new Pacer(0);
  }

  /// Changes the rate, also for those at work; 0 for no limit.
  public void setBytesPerSecond(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a rate of " + bytes + " bytes per second");
    }
    bytesPerSecond = bytes;
    // What was booked at the old rate is let go.
    bookedUntil.set(nanoClock.getAsLong());
  }

  public long bytesPerSecond() {
    return bytesPerSecond;
  }

  /// Ends all jobs at their next step.
  public void stop() {
    stopped = true;
  }

  /// Nanoseconds that merges were held back, over all of them.
  public long waitedNanos() {
    return waitedNanos.get();
  }

  /// What flushes and merges have been found to manage.
  public WorkRates rates() {
    return meter.rates(nanoClock.getAsLong());
  }

  /// Bytes of keys and values that the flush at work has come to, 0 if there is none.
  public long flushBytesDone() {
    return flushBytesDone;
  }

  /// Begins a flush.
  ///
  /// @param bytes bytes of keys and values in the memtable
  Turn beginFlush(long bytes) {
    meter.memtable(bytes);
    return new Turn(DiskRank.FLUSH);
  }

  /// Begins a merge.
  Turn begin(CompactionChoice.MergeRuns merge) {
    return new Turn(DiskRank.of(merge));
  }

  /// One job's place among the others, from its begin to its end. One thread.
  final class Turn implements Steps, AutoCloseable {

    private final DiskRank rank;
    private long steppedNanos;
    private long done;

    private Turn(DiskRank rank) {
      this.rank = rank;
      this.steppedNanos = nanoClock.getAsLong();
      meter.begin(rank, steppedNanos);
      atWork.incrementAndGet(rank.ordinal());
    }

    @Override
    public void step(long bytes) {
      checkStopped();
      long start = nanoClock.getAsLong();
      long took = start - steppedNanos;
      long now = start;
      if (rank == DiskRank.FLUSH) {
        done += bytes;
        flushBytesDone = done;
        bookFlush(bytes, now);
      } else {
        now = yieldTo(DiskRank.FLUSH, now, YIELD_NANOS_MAX);
        for (int higher = 1; higher < rank.ordinal(); higher++) {
          now = yieldTo(DiskRank.values()[higher], now, Math.min(took, YIELD_NANOS_MAX));
        }
        now = awaitBooking(bytes, now);
        waitedNanos.addAndGet(now - start);
      }
      meter.add(rank, bytes, now);
      steppedNanos = now;
    }

    @Override
    public void close() {
      if (rank == DiskRank.FLUSH) {
        flushBytesDone = 0;
      }
      atWork.decrementAndGet(rank.ordinal());
      meter.end(rank, nanoClock.getAsLong());
    }
  }

  private long yieldTo(DiskRank other, long start, long nanosMax) {
    long now = start;
    while (atWork.get(other.ordinal()) > 0 && now - start < nanosMax) {
      now = nap(nanosMax - (now - start));
    }
    return now;
  }

  private long awaitBooking(long bytes, long start) {
    long now = start;
    long rate = bytesPerSecond;
    if (rate > 0) {
      long ready = book((long) (bytes * NANOS_PER_SECOND / rate), now);
      // Looks at the rate again: a limit that is lifted lets go of those who wait for it.
      while (now - ready < 0 && bytesPerSecond == rate) {
        now = nap(ready - now);
      }
    }
    return now;
  }

  private long book(long nanos, long now) {
    while (true) {
      long booked = bookedUntil.get();
      long from = booked - now < 0 ? now : booked;
      if (bookedUntil.compareAndSet(booked, from + nanos)) {
        return from + nanos;
      }
    }
  }

  private void bookFlush(long bytes, long now) {
    long rate = bytesPerSecond;
    if (rate > 0) {
      long ahead = bookedUntil.get() - now;
      long room = FLUSH_BOOKING_NANOS_MAX - Math.max(0, ahead);
      if (room > 0) {
        book((long) Math.min((double) room, bytes * NANOS_PER_SECOND / rate), now);
      }
    }
  }

  private long nap(long nanos) {
    parkNanos.accept(Math.min(nanos, NAP_NANOS));
    checkStopped();
    return nanoClock.getAsLong();
  }

  private void checkStopped() {
    if (stopped) {
      throw new JobCancelledException();
    }
  }
}
