package io.varve.server.it;

import io.varve.protocol.RespClient;
import io.varve.server.it.KilledWrite.Entry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A client that writes to keys of its own until the server is killed, and remembers what was
/// acknowledged and what was still pending. That is the oracle: after the restart its keys must be
/// as all acknowledged and the first k pending writes leave them, for one k and all keys alike.
///
/// [#write(VarveProcess)] runs on a thread of its own, everything else while that does not run.
final class KilledWriter {

  private static final int KEYS_PER_KIND = 150;
  private static final int VALUE_CHARS_MAX = 900;
  private static final int APPENDED_CHARS_MAX = 3000;
  private static final long FAR_MILLIS = 3_600_000;

  private final String prefix;
  private final int pipelineDepth;
  private final Random random;
  private final Map<String, Entry> acknowledged = new HashMap<>();
  private final ArrayDeque<KilledWrite> pending = new ArrayDeque<>();
  private long serial;
  private long acknowledgedCount;
  private String complaint;

  KilledWriter(int number, int pipelineDepth, long seed) {
    prefix = "w" + number + ":";
    this.pipelineDepth = pipelineDepth;
    random = new Random(seed);
  }

  /// Writes until the connection breaks, or the server says what it should not.
  void write(VarveProcess varve) {
    try (RespClient client = varve.connect()) {
      // What the model will be when all that was sent is done.
      Map<String, Entry> ahead = new HashMap<>(acknowledged);
      while (complaint == null) {
        for (int i = 0; i < pipelineDepth; i++) {
          KilledWrite write = next(ahead);
          write.apply(ahead);
          pending.add(write);
          write.send(client);
        }
        client.flush();
        while (!pending.isEmpty()) {
          acknowledge(client);
        }
      }
    } catch (IOException _) {
      // Killed: what is pending may or may not have been done.
    }
  }

  /// Whether the server said something that no kill explains; null if not.
  String complaint() {
    return complaint;
  }

  long acknowledgedCount() {
    return acknowledgedCount;
  }

  /// What its keys hold after all that was acknowledged; some may have expired since.
  Map<String, Entry> acknowledgedEntries() {
    return acknowledged;
  }

  /// Compares the server's keys with what they may be, and goes on from what they are.
  void check(RespClient client, KillTally tally) throws IOException {
    Map<String, KillReading> readings = readings(client);
    tally.checked(readings.size());
    List<KilledWrite> undecided = new ArrayList<>(pending);
    pending.clear();
    Map<String, List<Entry>> candidates = new HashMap<>();
    Map<String, Entry> model = new HashMap<>(acknowledged);
    boolean found = false;
    for (int done = 0; ; done++) {
      boolean fits = true;
      for (var reading : readings.entrySet()) {
        Entry entry = model.get(reading.getKey());
        candidates.computeIfAbsent(reading.getKey(), _ -> new ArrayList<>()).add(entry);
        fits &= reading.getValue().fits(entry);
      }
      if (fits && !found) {
        found = true;
        acknowledged.clear();
        acknowledged.putAll(model);
      }
      if (done == undecided.size()) {
        break;
      }
      undecided.get(done).apply(model);
    }
    if (!found) {
      tally.blame(readings, candidates, undecided);
    }
  }

  private void acknowledge(RespClient client) throws IOException {
    KilledWrite write = pending.getFirst();
    Map<String, Entry> after = new HashMap<>();
    for (String key : keysOf(write)) {
      Entry entry = acknowledged.get(key);
      if (entry != null) {
        after.put(key, entry);
      }
    }
    write.apply(after);
    complaint = write.complaint(client, after);
    write.apply(acknowledged);
    pending.removeFirst();
    acknowledgedCount++;
  }

  private static List<String> keysOf(KilledWrite write) {
    return switch (write) {
      case KilledWrite.Put(String key, _, _) -> List.of(key);
      case KilledWrite.Delete(String key) -> List.of(key);
      case KilledWrite.Increment(String key) -> List.of(key);
      case KilledWrite.Append(String key, _) -> List.of(key);
      case KilledWrite.Both(String key, _, String counter) -> List.of(key, counter);
    };
  }

  /// Keys that expire are only written over, never added to: at the deadline itself nobody outside
  /// knows whether they are still there.
  private KilledWrite next(Map<String, Entry> ahead) {
    int number = random.nextInt(KEYS_PER_KIND);
    return switch (random.nextInt(6)) {
      case 0, 1 -> new KilledWrite.Put(prefix + "plain:" + number, value(), 0);
      case 2 ->
          random.nextBoolean()
              ? new KilledWrite.Delete(prefix + "plain:" + number)
              : new KilledWrite.Increment(prefix + "counter:" + number);
      case 3 -> append(prefix + "text:" + number, ahead);
      case 4 -> new KilledWrite.Put(prefix + "timed:" + number, value(), deadline());
      default ->
          new KilledWrite.Both(prefix + "both:" + number, value(), prefix + "with:" + number);
    };
  }

  private KilledWrite append(String key, Map<String, Entry> ahead) {
    Entry before = ahead.get(key);
    return before != null && before.value().length() > APPENDED_CHARS_MAX
        ? new KilledWrite.Delete(key)
        : new KilledWrite.Append(key, value());
  }

  private String value() {
    return serial++ + "x".repeat(random.nextInt(VALUE_CHARS_MAX));
  }

  private long deadline() {
    return System.currentTimeMillis()
        + (random.nextBoolean() ? 50 + random.nextInt(2000) : FAR_MILLIS);
  }

  private Map<String, KillReading> readings(RespClient client) throws IOException {
    List<String> keys = new ArrayList<>();
    for (String kind : List.of("plain:", "counter:", "text:", "timed:", "both:", "with:")) {
      for (int i = 0; i < KEYS_PER_KIND; i++) {
        keys.add(prefix + kind + i);
      }
    }
    return KillReading.readAll(client, keys);
  }
}
