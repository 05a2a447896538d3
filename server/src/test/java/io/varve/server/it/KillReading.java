package io.varve.server.it;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import io.varve.server.it.KilledWrite.Entry;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a key was found to hold, and between which moments it was looked at.
///
/// @param value null if the key was not there
/// @param expireTime reply of PEXPIRETIME
record KillReading(String value, long expireTime, long fromMillis, long toMillis) {

  /// Clocks of two processes of one machine, read with a coarse tick at worst.
  private static final long CLOCK_SLACK_MILLIS = 100;

  static Map<String, KillReading> readAll(RespClient client, List<String> keys) throws IOException {
    long from = System.currentTimeMillis();
    for (String key : keys) {
      client.send("GET", key);
      client.send("PEXPIRETIME", key);
    }
    client.flush();
    Map<String, KillReading> readings = new LinkedHashMap<>();
    for (String key : keys) {
      Reply value = client.read();
      Reply expireTime = client.read();
      String text =
          switch (value) {
            case Reply.Null() -> null;
            case Reply.Bulk bulk -> bulk.text();
            default -> throw new IllegalStateException("GET " + key + ": " + value);
          };
      readings.put(key, new KillReading(text, expireTime.asLong(), from, Long.MAX_VALUE));
    }
    long to = System.currentTimeMillis();
    readings.replaceAll((_, r) -> new KillReading(r.value, r.expireTime, r.fromMillis, to));
    return readings;
  }

  /// Whether a key that holds this may have been read so.
  ///
  /// @param entry null for no key
  boolean fits(Entry entry) {
    if (entry == null || entry.deadlineMillis() == 0) {
      return entry == null
          ? value == null
          : value != null && value.equals(entry.value()) && expireTime == -1;
    }
    boolean mayBeGone = toMillis + CLOCK_SLACK_MILLIS >= entry.deadlineMillis();
    boolean mayBeThere = fromMillis - CLOCK_SLACK_MILLIS <= entry.deadlineMillis();
    if (value == null) {
      return mayBeGone;
    }
    boolean same =
        value.equals(entry.value())
            && (expireTime == entry.deadlineMillis() || (expireTime == -2 && mayBeGone));
    return mayBeThere && same;
  }

  @Override
  public String toString() {
    String read = value == null ? "gone" : KilledWrite.shortened(value);
    return read + " (PEXPIRETIME " + expireTime + ") at " + fromMillis + " to " + toMillis;
  }
}
