package io.varve.server.command;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// The counters of all threads together, as INFO and LATENCY HISTOGRAM show them.
///
/// Any thread may read. A reset remembers what had been counted and subtracts it from then on, since
/// the counters belong to their threads.
public final class CommandStatistics {

  /// Counts of one command; durations in nanoseconds.
  public record Totals(long calls, long nanos, long rejected, long failed, long readIos) {}

  private final int commands;
  private final CopyOnWriteArrayList<CommandCounters> threads = new CopyOnWriteArrayList<>();
  private volatile CommandCounters base;
  private volatile boolean keepsLatencies = true;
  private volatile List<Double> percentiles = List.of();

  public CommandStatistics(CommandTable table) {
    commands = table.size();
    base = new CommandCounters(commands);
  }

  /// Counters for a thread that executes commands.
  public CommandCounters newCounters() {
    CommandCounters counters = new CommandCounters(commands);
    threads.add(counters);
    counters.keepsLatencies(keepsLatencies);
    return counters;
  }

  /// Whether it is kept from now on how long commands take, and what INFO tells of it.
  ///
  /// @param shown percentiles, 0 to 100
  public void keepLatencies(boolean on, List<Double> shown) {
    keepsLatencies = on;
    percentiles = List.copyOf(shown);
    threads.forEach(counters -> counters.keepsLatencies(on));
  }

  /// The percentiles that INFO shows.
  public List<Double> percentiles() {
    return percentiles;
  }

  /// @param command number in the command table
  public Totals totals(int command) {
    CommandCounters from = base;
    return new Totals(
        sum(command, Kind.CALLS) - from.calls[command],
        sum(command, Kind.NANOS) - from.nanos[command],
        sum(command, Kind.REJECTED) - from.rejected[command],
        sum(command, Kind.FAILED) - from.failed[command],
        sum(command, Kind.READ_IOS) - from.readIos[command]);
  }

  /// Commands that ran, over all commands.
  public long calls() {
    long total = 0;
    for (int i = 0; i < commands; i++) {
      total += sum(i, Kind.CALLS) - base.calls[i];
    }
    return total;
  }

  /// Error replies by their first word.
  public Map<String, Long> errors() {
    Map<String, Long> total = allErrors();
    base.errors.forEach((kind, count) -> total.merge(kind, -count, Long::sum));
    total.values().removeIf(count -> count <= 0);
    return total;
  }

  /// Forgets what was counted so far.
  public void reset() {
    CommandCounters now = new CommandCounters(commands);
    for (int i = 0; i < commands; i++) {
      now.calls[i] = sum(i, Kind.CALLS);
      now.nanos[i] = sum(i, Kind.NANOS);
      now.rejected[i] = sum(i, Kind.REJECTED);
      now.failed[i] = sum(i, Kind.FAILED);
      now.readIos[i] = sum(i, Kind.READ_IOS);
      now.latencies[i] = allLatencies(i);
    }
    now.errors.putAll(allErrors());
    base = now;
  }

  /// Durations of one command.
  public Latencies latencies(int command) {
    long[] counts = allLatencies(command);
    long[] from = base.latencies[command];
    for (int i = 0; i < from.length; i++) {
      counts[i] -= from[i];
    }
    return new Latencies(counts);
  }

  private enum Kind {
    CALLS,
    NANOS,
    REJECTED,
    FAILED,
    READ_IOS
  }

  private long sum(int command, Kind kind) {
    long total = 0;
    for (CommandCounters thread : threads) {
      total +=
          switch (kind) {
            case CALLS -> thread.calls[command];
            case NANOS -> thread.nanos[command];
            case REJECTED -> thread.rejected[command];
            case FAILED -> thread.failed[command];
            case READ_IOS -> thread.readIos[command];
          };
    }
    return total;
  }

  private long[] allLatencies(int command) {
    long[] counts = new long[CommandCounters.BUCKETS];
    for (CommandCounters thread : threads) {
      long[] buckets = thread.latencies[command];
      for (int i = 0; i < buckets.length; i++) {
        counts[i] += buckets[i];
      }
    }
    return counts;
  }

  private Map<String, Long> allErrors() {
    Map<String, Long> total = new TreeMap<>();
    for (CommandCounters thread : threads) {
      synchronized (thread.errors) {
        thread.errors.forEach((kind, count) -> total.merge(kind, count, Long::sum));
      }
    }
    return total;
  }
}
