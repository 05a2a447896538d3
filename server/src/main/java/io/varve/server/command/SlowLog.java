package io.varve.server.command;

import io.varve.server.session.Session;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The commands that took longest to execute, newest first. Safe to use from any thread.
///
/// Bounded in entries by `slowlog-max-len`, and each entry in arguments and bytes as in Redis.
/// Secrets are not kept: the arguments of commands that carry one are left out.
public final class SlowLog {

  private static final int ARGUMENTS_MAX = 32;
  private static final int ARGUMENT_BYTES_MAX = 128;
  private static final byte[] REDACTED = "(redacted)".getBytes(StandardCharsets.US_ASCII);

  /// @param id counts up from 0 over the life of the server
  /// @param seconds when, since the epoch
  public record Entry(
      long id,
      long seconds,
      long durationMicros,
      List<byte[]> arguments,
      String clientAddress,
      String clientName) {}

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private volatile long thresholdMicros;
  private volatile int entriesMax;
  private long nextId;

  /// @param thresholdMicros see [#configure(long, int)]
  public SlowLog(long thresholdMicros, int entriesMax) {
    this.thresholdMicros = thresholdMicros;
    this.entriesMax = entriesMax;
  }

  /// @param newThresholdMicros commands that took at least this long are kept; negative keeps none
  /// @param newEntriesMax how many
  public synchronized void configure(long newThresholdMicros, int newEntriesMax) {
    thresholdMicros = newThresholdMicros;
    entriesMax = newEntriesMax;
    trim();
  }

  /// Whether an execution of this length is to be [#add]ed.
  public boolean isSlow(long durationNanos) {
    long threshold = thresholdMicros;
    return threshold >= 0 && durationNanos >= threshold * 1000;
  }

  void add(long seconds, long durationMicros, Command command, Arguments args, Session session) {
    List<byte[]> kept = describe(command, args);
    synchronized (this) {
      entries.addFirst(
          new Entry(
              nextId++,
              seconds,
              durationMicros,
              kept,
              session.connection().remoteAddress(),
              session.name()));
      trim();
    }
  }

  /// Up to `count` newest entries, all if negative.
  public synchronized List<Entry> newest(int count) {
    List<Entry> list = new ArrayList<>();
    for (Entry entry : entries) {
      if (count >= 0 && list.size() >= count) {
        break;
      }
      list.add(entry);
    }
    return list;
  }

  public synchronized int size() {
    return entries.size();
  }

  public synchronized void reset() {
    entries.clear();
  }

  private void trim() {
    while (entries.size() > entriesMax) {
      entries.removeLast();
    }
  }

  private static List<byte[]> describe(Command command, Arguments args) {
    int count = Math.min(args.count(), ARGUMENTS_MAX);
    List<byte[]> kept = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      if (i == ARGUMENTS_MAX - 1 && args.count() > ARGUMENTS_MAX) {
        kept.add(utf8("... (" + (args.count() - ARGUMENTS_MAX + 1) + " more arguments)"));
      } else if (Secrets.isSecret(command, args, i)) {
        kept.add(REDACTED);
      } else {
        kept.add(shortened(args.bytes(i)));
      }
    }
    return kept;
  }

  private static byte[] shortened(byte[] bytes) {
    if (bytes.length <= ARGUMENT_BYTES_MAX) {
      return bytes;
    }
    byte[] more = utf8("... (" + (bytes.length - ARGUMENT_BYTES_MAX) + " more bytes)");
    byte[] text = new byte[ARGUMENT_BYTES_MAX + more.length];
    System.arraycopy(bytes, 0, text, 0, ARGUMENT_BYTES_MAX);
    System.arraycopy(more, 0, text, ARGUMENT_BYTES_MAX, more.length);
    return text;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
