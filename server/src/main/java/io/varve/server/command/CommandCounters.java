package io.varve.server.command;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// What one thread counts of the commands that it executes.
///
/// Written by that thread alone, so counting is a plain addition; [CommandStatistics] adds all threads
/// up and may see numbers that are a moment old. Latencies go into buckets of a relative width of one
/// eighth, kept only for commands that ran.
public final class CommandCounters {

  /// Buckets per doubling of the duration, as a power of two.
  private static final int SUB_BUCKET_BITS = 3;

  /// From one microsecond to about 2^34 microseconds, almost five hours.
  static final int BUCKETS = 34 << SUB_BUCKET_BITS;

  /// Redis stops counting kinds of errors at this many too.
  private static final int ERROR_KINDS_MAX = 128;

  final long[] calls;
  final long[] nanos;
  final long[] rejected;
  final long[] failed;
  final long[] readIos;
  final long[][] latencies;
  final Map<String, Long> errors = new LinkedHashMap<>();

  private static final long[] NONE = new long[0];

  private volatile boolean keepsLatencies = true;

  /// @param commands number of commands in the table
  CommandCounters(int commands) {
    calls = new long[commands];
    nanos = new long[commands];
    rejected = new long[commands];
    failed = new long[commands];
    readIos = new long[commands];
    latencies = new long[commands][];
    Arrays.fill(latencies, NONE);
  }

  /// Whether durations go into buckets from now on. Any thread.
  void keepsLatencies(boolean on) {
    keepsLatencies = on;
  }

  /// A command ran, well or not.
  void count(int command, long durationNanos) {
    calls[command]++;
    nanos[command] += durationNanos;
    if (!keepsLatencies) {
      return;
    }
    long[] buckets = latencies[command];
    if (buckets.length == 0) {
      buckets = new long[BUCKETS];
      latencies[command] = buckets;
    }
    buckets[bucket(durationNanos)]++;
  }

  /// A command was refused before it ran.
  void countRejected(int command) {
    rejected[command]++;
  }

  /// A command ran and answered with an error.
  void countFailed(int command) {
    failed[command]++;
  }

  /// Blocks were read from disk for a command.
  public void countReadIos(int command, long reads) {
    readIos[command] += reads;
  }

  /// An error reply was given.
  ///
  /// @param reply its whole text
  public void countError(String reply) {
    int blank = reply.indexOf(' ');
    String kind = blank < 0 ? reply : reply.substring(0, blank);
    synchronized (errors) {
      if (errors.size() < ERROR_KINDS_MAX || errors.containsKey(kind)) {
        errors.merge(kind, 1L, Long::sum);
      }
    }
  }

  /// Index of the bucket of a duration. Bucket `8 n + i` ends at `2^n * (1 + (i + 1) / 8)`
  /// microseconds.
  static int bucket(long durationNanos) {
    long micros = durationNanos <= 0 ? 1 : (durationNanos - 1) / 1000 + 1;
    // The bounds are inclusive: what is exactly 2^n belongs to the bucket that ends there.
    long scaled = (micros << SUB_BUCKET_BITS) - 1;
    int power = 63 - Long.numberOfLeadingZeros(scaled) - SUB_BUCKET_BITS;
    if (power < 0) {
      return 0;
    }
    int index = (power << SUB_BUCKET_BITS) + (int) (scaled >>> power) - (1 << SUB_BUCKET_BITS);
    return Math.min(BUCKETS - 1, index + 1);
  }

  /// Upper bound of a bucket in microseconds.
  static double bucketBound(int bucket) {
    if (bucket == 0) {
      return 1;
    }
    int index = bucket - 1;
    int power = index >> SUB_BUCKET_BITS;
    int part = index & ((1 << SUB_BUCKET_BITS) - 1);
    return Math.scalb(1 + (part + 1) / (double) (1 << SUB_BUCKET_BITS), power);
  }
}
