package io.varve.server.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Samples of what took longer than `latency-monitor-threshold`, per kind of event. Safe to use from
/// any thread.
///
/// As in Redis: one sample per event and second (the longest), the last 160 of each event. Off while
/// the threshold is 0. Bounded in events, whose names are ours and not the clients'.
public final class LatencyMonitor {

  /// Samples kept per event.
  public static final int SAMPLES_MAX = 160;

  private static final int EVENTS_MAX = 64;

  /// @param seconds when, since the epoch
  /// @param millis how long
  public record Sample(long seconds, long millis) {}

  /// What LATENCY LATEST says of an event.
  public record Latest(String event, Sample last, long maxMillis) {}

  private static final class Series {
    private final ArrayList<Sample> samples = new ArrayList<>();
    private long maxMillis;
  }

  private final Map<String, Series> events = new TreeMap<>();
  private volatile long thresholdMillis;

  /// @param newThresholdMillis 0 turns the monitor off
  public void threshold(long newThresholdMillis) {
    thresholdMillis = newThresholdMillis;
  }

  public long threshold() {
    return thresholdMillis;
  }

  /// Whether something of this length is to be [#record]ed.
  public boolean isSlow(long durationNanos) {
    long threshold = thresholdMillis;
    return threshold > 0 && durationNanos >= threshold * 1_000_000;
  }

  /// Adds a sample if it is over the threshold.
  ///
  /// @param event `command`, `fast-command`, `fsync` ...: a fixed name
  /// @param seconds now, since the epoch
  public synchronized void record(String event, long seconds, long millis) {
    if (thresholdMillis == 0 || millis < thresholdMillis) {
      return;
    }
    Series series = events.get(event);
    if (series == null) {
      if (events.size() == EVENTS_MAX) {
        return;
      }
      series = new Series();
      events.put(event, series);
    }
    series.maxMillis = Math.max(series.maxMillis, millis);
    List<Sample> samples = series.samples;
    if (!samples.isEmpty() && samples.getLast().seconds == seconds) {
      if (samples.getLast().millis < millis) {
        samples.set(samples.size() - 1, new Sample(seconds, millis));
      }
      return;
    }
    if (samples.size() == SAMPLES_MAX) {
      samples.removeFirst();
    }
    samples.add(new Sample(seconds, millis));
  }

  /// Samples of an event, oldest first; empty if there is none.
  public synchronized List<Sample> history(String event) {
    Series series = events.get(event);
    return series == null ? List.of() : List.copyOf(series.samples);
  }

  /// The newest sample of each event, by name.
  public synchronized List<Latest> latest() {
    List<Latest> list = new ArrayList<>();
    for (Map.Entry<String, Series> entry : events.entrySet()) {
      Series series = entry.getValue();
      list.add(new Latest(entry.getKey(), series.samples.getLast(), series.maxMillis));
    }
    return list;
  }

  /// Longest of an event ever seen, null if there is none.
  public synchronized @Nullable Long maxMillis(String event) {
    Series series = events.get(event);
    return series == null ? null : series.maxMillis;
  }

  /// Forgets an event.
  ///
  /// @return whether there was anything to forget
  public synchronized boolean reset(String event) {
    return events.remove(event) != null;
  }

  /// Forgets all events and returns how many there were.
  public synchronized int resetAll() {
    int count = events.size();
    events.clear();
    return count;
  }
}
