package io.varve.engine.compaction;

/// The speed of a kind of work while it is at work: bytes over busy seconds, of which those that lie
/// 10 busy seconds back count 1/e. Idle time does not count and forgets nothing. Any thread.
final class Throughput {

  private static final double FORGET_SECONDS = 10;
  private static final double GUESS_SECONDS = 0.25;
  private static final double NANOS_PER_SECOND = 1e9;

  private double bytes;
  private double seconds = GUESS_SECONDS;
  private int atWork;
  private long sinceNanos;
  private long total;

  /// @param guess bytes per second to assume at first; weighs as much as a quarter second of work
  Throughput(double guess) {
    this.bytes = guess * GUESS_SECONDS;
  }

  /// One more thread is at work.
  synchronized void begin(long nowNanos) {
    if (atWork++ == 0) {
      sinceNanos = nowNanos;
    }
  }

  /// So many bytes more are done. Only between begin and end.
  synchronized void add(long moved, long nowNanos) {
    double elapsed = Math.max(0, nowNanos - sinceNanos) / NANOS_PER_SECOND;
    double kept = Math.exp(-elapsed / FORGET_SECONDS);
    bytes = bytes * kept + moved;
    seconds = seconds * kept + elapsed;
    sinceNanos = nowNanos;
    total += moved;
  }

  synchronized void end(long nowNanos) {
    add(0, nowNanos);
    atWork--;
  }

  /// At least 1. Work that gets nowhere shows before its next step: its time counts already.
  synchronized double bytesPerSecond(long nowNanos) {
    double waiting = atWork == 0 ? 0 : Math.max(0, nowNanos - sinceNanos) / NANOS_PER_SECOND;
    return Math.max(1, bytes / (seconds + waiting));
  }

  /// Bytes since the store was opened.
  synchronized long bytes() {
    return total;
  }
}
