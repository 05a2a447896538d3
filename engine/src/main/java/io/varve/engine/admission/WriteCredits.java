package io.varve.engine.admission;

import java.util.function.LongSupplier;

/// The credits for writes, and who owes how much of them.
///
/// A leaky bucket: what is written goes in, and runs out at the admitted rate. Who writes is told how
/// long to pause afterwards, so the first write after a quiet time never waits, and a write is never
/// taken apart. Beside the bucket of all, each writer has one of its own, which runs out at its share
/// of the rate; it pauses until the first of the two is nearly empty:
///
/// ```
/// pause = min(bytes of all, own bytes * writers) / rate - 5 ms
/// ```
///
/// `writers` being those who wrote in the last tenth of a second. So one client that loads in bulk does
/// not make a hundred small ones wait for its bytes, and while the small ones use less than their
/// shares, the large one gets the rest, since then the bucket of all is what counts. The 5 ms are for
/// those who write no more than their share, but not evenly. Pauses come in pieces of 10 ms at most,
/// after each of which the rate may be another; what amounts to less than 1 ms is not paused for.
///
/// Any thread; nothing waits in here. While there is no limit, spending costs one volatile read.
public final class WriteCredits {

  /// The longest piece of a pause.
  public static final long PAUSE_NANOS_MAX = 10_000_000;

  /// Shorter pauses cost more than they give.
  private static final long PAUSE_NANOS_MIN = 1_000_000;

  /// Who wrote within this time counts as a writer.
  private static final long WRITERS_NANOS = 100_000_000;

  /// What may be owed without a pause, in time at the admitted rate.
  private static final double SLACK_NANOS = 5e6;

  private static final double NANOS_PER_SECOND = 1e9;

  /// One of those who write: a connection, or the program that embeds the engine. One thread at a time.
  public static final class Spender {
    private double bytes;
    private long drainedNanos;
    private long countedAt = -1;
    private long pausedNanos;
  }

  private final LongSupplier nanoClock;
  private volatile double bytesPerSecond = AdmissionLaw.UNLIMITED;

  /// Under this.
  private double bucketBytes;

  private long drainedNanos;

  private long countingNanos;
  private long counting;
  private int writersNow;
  private int writersBefore;

  private long pauses;
  private long pausedNanos;
  private long longestPauseNanos;

  public WriteCredits(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.drainedNanos = nanoClock.getAsLong();
    this.countingNanos = drainedNanos;
  }

  /// The admitted rate, or [AdmissionLaw#UNLIMITED].
  public double bytesPerSecond() {
    return bytesPerSecond;
  }

  /// @param rate above 0; [AdmissionLaw#UNLIMITED] forgives all that is owed
  public void setBytesPerSecond(double rate) {
    if (!(rate > 0)) {
      throw new IllegalArgumentException("a rate of " + rate + " is a full stop");
    }
    if (rate == AdmissionLaw.UNLIMITED && bytesPerSecond == AdmissionLaw.UNLIMITED) {
      return;
    }
    synchronized (this) {
      drain();
      bytesPerSecond = rate;
    }
  }

  /// Spends for a write. Afterwards ask [#pauseNanos(Spender)], unless a pause is under way.
  public void spend(Spender writer, long bytes) {
    if (bytesPerSecond == AdmissionLaw.UNLIMITED) {
      return;
    }
    synchronized (this) {
      drain();
      if (writer.countedAt != counting) {
        writer.countedAt = counting;
        writersNow++;
      }
      drain(writer);
      bucketBytes += bytes;
      writer.bytes += bytes;
    }
  }

  /// How long to pause before the next write, in nanoseconds: at most [#PAUSE_NANOS_MAX], 0 to go on. The
  /// pause counts as begun; after it, ask again.
  public long pauseNanos(Spender writer) {
    if (bytesPerSecond == AdmissionLaw.UNLIMITED && writer.pausedNanos == 0) {
      return 0;
    }
    synchronized (this) {
      drain();
      drain(writer);
      double owed = Math.min(bucketBytes, writer.bytes * writers());
      double nanos = owed / bytesPerSecond * NANOS_PER_SECOND - SLACK_NANOS;
      if (nanos < PAUSE_NANOS_MIN) {
        longestPauseNanos = Math.max(longestPauseNanos, writer.pausedNanos);
        writer.pausedNanos = 0;
        double slackBytes = bytesPerSecond * SLACK_NANOS / NANOS_PER_SECOND;
        if (bucketBytes <= slackBytes) {
          // More than its share, taken while nobody else wanted it, is not held against it later.
          writer.bytes = Math.min(writer.bytes, slackBytes / writers());
        }
        return 0;
      }
      long piece = (long) Math.min(nanos, PAUSE_NANOS_MAX);
      pauses += writer.pausedNanos == 0 ? 1 : 0;
      pausedNanos += piece;
      writer.pausedNanos += piece;
      return piece;
    }
  }

  private int writers() {
    return Math.max(1, Math.max(writersBefore, writersNow));
  }

  private void drain(Spender writer) {
    double rate = bytesPerSecond;
    double drained = (drainedNanos - writer.drainedNanos) * rate / NANOS_PER_SECOND / writers();
    writer.bytes = rate == AdmissionLaw.UNLIMITED ? 0 : Math.max(0, writer.bytes - drained);
    writer.drainedNanos = drainedNanos;
  }

  private void drain() {
    long now = nanoClock.getAsLong();
    double rate = bytesPerSecond;
    double left = bucketBytes - (now - drainedNanos) * rate / NANOS_PER_SECOND;
    drainedNanos = now;
    if (rate == AdmissionLaw.UNLIMITED || left <= 0) {
      left = 0;
    }
    bucketBytes = left;
    if (now - countingNanos >= WRITERS_NANOS) {
      writersBefore = now - countingNanos < 2 * WRITERS_NANOS ? writersNow : 0;
      writersNow = 0;
      counting++;
      countingNanos = now;
    }
  }

  /// Pauses begun.
  public synchronized long pauses() {
    return pauses;
  }

  /// Nanoseconds of all pauses, over all writers.
  public synchronized long pausedNanos() {
    return pausedNanos;
  }

  /// The longest that one writer was paused between two writes, in nanoseconds.
  public synchronized long longestPauseNanos() {
    return longestPauseNanos;
  }
}
