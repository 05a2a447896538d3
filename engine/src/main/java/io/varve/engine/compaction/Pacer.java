package io.varve.engine.compaction;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Holds merges back: to a rate, and while a flush wants the disk.
///
/// Jobs call [#step(long)] about once per MiB. A merge that steps while a flush runs waits for it, but
/// 10 ms at most, so it slows down and never starves. Where a rate is set, each step books its bytes
/// on a time line that starts now at the earliest, and waits until its booking comes up: no burst
/// after a pause. Safe from several threads.
public final class Pacer {

  /// Called by a job as it goes.
  interface Steps {
    /// @param bytes bytes of keys and values moved since the last call
    /// @throws JobCancelledException if the job has to end
    void step(long bytes);
  }

  private static final long FLUSH_WAIT_NANOS = 10_000_000;
  private static final long NAP_NANOS = 1_000_000;
  private static final double NANOS_PER_SECOND = 1e9;

  private final LongSupplier nanoClock;
  private final LongConsumer parkNanos;
  private final AtomicInteger flushes = new AtomicInteger();
  private final AtomicLong bookedUntil;
  private volatile long bytesPerSecond;
  private volatile boolean stopped;
  private final AtomicLong waitedNanos = new AtomicLong();

  /// @param bytesPerSecond bytes of keys and values that merges may move in a second, 0 for no limit
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

  /// Changes the rate; 0 for no limit.
  public void setBytesPerSecond(long bytes) {
    bytesPerSecond = bytes;
  }

  /// Ends all jobs at their next step.
  public void stop() {
    stopped = true;
  }

  /// Nanoseconds that merges were held back, over all of them.
  public long waitedNanos() {
    return waitedNanos.get();
  }

  void flushBegins() {
    flushes.incrementAndGet();
  }

  void flushEnds() {
    flushes.decrementAndGet();
  }

  /// What a flush calls instead of [#step(long)]: nothing holds it back, but it ends with the store.
  void stepOfFlush(long bytes) {
    checkStopped();
  }

  /// Says that a job has moved so many bytes, and waits as long as it has to.
  ///
  /// @throws JobCancelledException if the store closes
  void step(long bytes) {
    checkStopped();
    long now = nanoClock.getAsLong();
    long start = now;
    long flushDeadline = now + FLUSH_WAIT_NANOS;
    while (flushes.get() > 0 && now - flushDeadline < 0) {
      now = nap(flushDeadline - now);
    }
    long rate = bytesPerSecond;
    if (rate > 0) {
      long ready = book((long) (bytes * NANOS_PER_SECOND / rate), now);
      while (now - ready < 0) {
        now = nap(ready - now);
      }
    }
    waitedNanos.addAndGet(now - start);
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
