package io.varve.bench.torture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// What the keys of one writer hold as the outside knows it: all writes that were acknowledged, and those
/// whose reply is still awaited.
///
/// After a fault the keys must be as the acknowledged writes and the first n pending ones leave them, for one
/// n and all keys alike. Each write of a key has a number of its own, from which its value follows; so a value
/// that should not be there tells which write it comes from. One thread at a time.
final class Oracle {

  /// One write of a key.
  ///
  /// @param number counts the writes of this key from 1
  /// @param put false if it deletes
  record Write(int key, long number, boolean put) {}

  private static final int SHORT_CHARS_MAX = 1_000;
  private static final int LONG_CHARS_MAX = 20_000;
  private static final int ONE_LONG_IN = 32;

  private final String prefix;
  private final long seed;

  /// For each key the number of the last acknowledged write that put a value; 0 if it has none.
  private final long[] present;

  /// For each key the number of the last acknowledged write.
  private final long[] acknowledged;

  /// For each key the number of the last write that was sent.
  private final long[] sent;

  private final ArrayDeque<Write> pending = new ArrayDeque<>();

  Oracle(String prefix, int keys, long seed) {
    this.prefix = prefix;
    this.seed = seed;
    present = new long[keys];
    acknowledged = new long[keys];
    sent = new long[keys];
  }

  int keys() {
    return present.length;
  }

  String name(int key) {
    return prefix + key;
  }

  /// The value that a write puts; follows from the seed alone.
  String value(int key, long number) {
    SplittableRandom random = new SplittableRandom(seed ^ (number << 20) ^ key);
    int chars = random.nextInt(random.nextInt(ONE_LONG_IN) == 0 ? LONG_CHARS_MAX : SHORT_CHARS_MAX);
    StringBuilder text = new StringBuilder(chars + 64);
    text.append(name(key)).append('/').append(number).append('/');
    while (chars > 0) {
      String digits = Long.toString(random.nextLong() & Long.MAX_VALUE, Character.MAX_RADIX);
      text.append(digits, 0, Math.min(chars, digits.length()));
      chars -= digits.length();
    }
    return text.toString();
  }

  /// The next write of a key, which is pending from now on.
  Write send(int key, boolean put) {
    Write write = new Write(key, ++sent[key], put);
    pending.add(write);
    return write;
  }

  boolean isAwaiting() {
    return !pending.isEmpty();
  }

  /// The write whose reply comes next.
  Write next() {
    return pending.getFirst();
  }

  /// Whether a key has a value after all acknowledged writes.
  boolean has(int key) {
    return present[key] != 0;
  }

  /// The next write was acknowledged.
  void acknowledge() {
    apply(pending.removeFirst(), present, acknowledged);
  }

  /// The next write was refused: it must not be there, neither now nor later.
  void refuse() {
    pending.removeFirst();
  }

  /// Compares what the server holds with what it may hold, and goes on from there.
  ///
  /// @param readings for each key its value, null for none
  void check(List<@Nullable String> readings, Tally tally) {
    tally.checked(readings.size());
    List<Write> undecided = new ArrayList<>(pending);
    pending.clear();
    long[] model = present.clone();
    long[] last = acknowledged.clone();
    boolean[] explained = new boolean[model.length];
    boolean found = false;
    for (int done = 0; ; done++) {
      boolean fits = true;
      for (int key = 0; key < model.length; key++) {
        boolean same = fits(readings.get(key), key, model[key]);
        explained[key] |= same;
        fits &= same;
      }
      if (fits) {
        found = true;
        System.arraycopy(model, 0, present, 0, model.length);
        System.arraycopy(last, 0, acknowledged, 0, last.length);
        break;
      }
      if (done == undecided.size()) {
        break;
      }
      apply(undecided.get(done), model, last);
    }
    if (!found) {
      blame(readings, explained, undecided, tally);
    }
  }

  private static void apply(Write write, long[] present, long[] last) {
    present[write.key()] = write.put() ? write.number() : 0;
    last[write.key()] = write.number();
  }

  private boolean fits(@Nullable String reading, int key, long number) {
    return number == 0 ? reading == null : reading != null && reading.equals(value(key, number));
  }

  private void blame(
      List<@Nullable String> readings, boolean[] explained, List<Write> undecided, Tally tally) {
    boolean blamed = false;
    for (int key = 0; key < explained.length; key++) {
      if (!explained[key]) {
        blamed = true;
        blame(key, readings.get(key), undecided, tally);
      }
    }
    if (!blamed) {
      tally.wrong(prefix + ": each key is right, but not together; pending were " + undecided);
    }
  }

  private void blame(int key, @Nullable String reading, List<Write> undecided, Tally tally) {
    List<Write> own = undecided.stream().filter(write -> write.key() == key).toList();
    String state =
        "; last acknowledged write is "
            + acknowledged[key]
            + (present[key] == 0 ? " (deleted)" : "")
            + ", sent "
            + sent[key]
            + ", pending "
            + own;
    if (reading == null) {
      tally.lost(name(key) + " is gone" + state);
      return;
    }
    long number = numberOf(key, reading);
    if (number == 0 || number > sent[key]) {
      tally.wrong(name(key) + " holds what was never written: " + shortened(reading) + state);
    } else if (number >= acknowledged[key]) {
      // Neither acknowledged nor pending now, and yet there.
      tally.wrong(
          name(key)
              + " holds write "
              + number
              + ", which was refused, or not there before"
              + state);
    } else if (present[key] == 0) {
      tally.resurrected(name(key) + " holds write " + number + state);
    } else {
      tally.lost(name(key) + " holds write " + number + state);
    }
  }

  /// Which write put this value, or 0 if none could.
  private long numberOf(int key, String reading) {
    String[] parts = reading.split("/", 3);
    if (parts.length < 3 || !parts[1].matches("[0-9]{1,18}")) {
      return 0;
    }
    long number = Long.parseLong(parts[1]);
    return number > 0 && reading.equals(value(key, number)) ? number : 0;
  }

  private static String shortened(String value) {
    return value.length() <= 40 ? value : value.substring(0, 40) + "..(" + value.length() + ")";
  }

  @Override
  public String toString() {
    return prefix + Arrays.toString(present) + ", pending " + pending;
  }
}
