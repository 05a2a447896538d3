package io.varve.server.command;

/// How long a command took, each time it ran: counts in buckets.
public final class Latencies {

  private final long[] counts;
  private final long count;

  Latencies(long[] counts) {
    this.counts = counts;
    long sum = 0;
    for (long c : counts) {
      sum += c;
    }
    this.count = sum;
  }

  /// How often it ran.
  public long count() {
    return count;
  }

  /// How many runs took at most this many microseconds, a power of two.
  public long countUpTo(long micros) {
    long sum = 0;
    for (int i = 0; i < counts.length && CommandCounters.bucketBound(i) <= micros; i++) {
      sum += counts[i];
    }
    return sum;
  }

  /// A duration in microseconds that this share of the runs did not exceed; 0 if there were none.
  ///
  /// @param percent 0 to 100
  public double percentile(double percent) {
    long wanted = (long) Math.ceil(count * percent / 100);
    long sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += counts[i];
      if (sum >= wanted && sum > 0) {
        return CommandCounters.bucketBound(i);
      }
    }
    return 0;
  }
}
