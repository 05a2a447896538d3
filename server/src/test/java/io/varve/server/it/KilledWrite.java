package io.varve.server.it;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.util.Map;

/// One step of a writer that may be cut off by a kill: how it is asked for, what it does to the
/// keys, and which reply tells that it was done.
sealed interface KilledWrite {

  /// What a key holds.
  ///
  /// @param deadlineMillis since the epoch; 0 if it does not expire
  record Entry(String value, long deadlineMillis) {
    @Override
    public String toString() {
      return shortened(value) + (deadlineMillis == 0 ? "" : " until " + deadlineMillis);
    }
  }

  /// SET, with PXAT if there is a deadline.
  record Put(String key, String value, long deadlineMillis) implements KilledWrite {}

  /// DEL.
  record Delete(String key) implements KilledWrite {}

  /// INCR.
  record Increment(String key) implements KilledWrite {}

  /// APPEND.
  record Append(String key, String tail) implements KilledWrite {}

  /// MULTI, SET of one key, INCR of the other, EXEC.
  record Both(String key, String value, String counter) implements KilledWrite {}

  default void send(RespClient client) throws IOException {
    switch (this) {
      case Put(String key, String value, long deadline) -> {
        if (deadline == 0) {
          client.send("SET", key, value);
        } else {
          client.send("SET", key, value, "PXAT", Long.toString(deadline));
        }
      }
      case Delete(String key) -> client.send("DEL", key);
      case Increment(String key) -> client.send("INCR", key);
      case Append(String key, String tail) -> client.send("APPEND", key, tail);
      case Both(String key, String value, String counter) -> {
        client.send("MULTI");
        client.send("SET", key, value);
        client.send("INCR", counter);
        client.send("EXEC");
      }
    }
  }

  /// Reads the reply that acknowledges it.
  ///
  /// @return null if the reply is the one that fits the keys as they are afterwards
  default String complaint(RespClient client, Map<String, Entry> after) throws IOException {
    if (this instanceof Both) {
      for (int i = 0; i < 3; i++) {
        Reply queued = client.read();
        if (queued instanceof Reply.Failure) {
          return this + " got " + queued;
        }
      }
    }
    Reply reply = client.read();
    boolean fits =
        switch (this) {
          case Put(_, _, _) -> reply.equals(new Reply.Simple("OK"));
          case Delete(_) -> reply instanceof Reply.Int;
          case Increment(String key) -> reply.equals(number(after.get(key).value()));
          case Append(String key, _) ->
              reply.equals(new Reply.Int(after.get(key).value().length()));
          case Both(_, _, String counter) ->
              reply instanceof Reply.Array array
                  && array.elements().getLast().equals(number(after.get(counter).value()));
        };
    return fits ? null : this + " got " + reply;
  }

  /// Does to the model what it does to the server.
  default void apply(Map<String, Entry> keys) {
    switch (this) {
      case Put(String key, String value, long deadline) ->
          keys.put(key, new Entry(value, deadline));
      case Delete(String key) -> keys.remove(key);
      case Increment(String key) -> increment(keys, key);
      case Append(String key, String tail) -> {
        Entry before = keys.get(key);
        keys.put(key, new Entry(before == null ? tail : before.value() + tail, 0));
      }
      case Both(String key, String value, String counter) -> {
        keys.put(key, new Entry(value, 0));
        increment(keys, counter);
      }
    }
  }

  private static void increment(Map<String, Entry> keys, String key) {
    Entry before = keys.get(key);
    long value = before == null ? 0 : Long.parseLong(before.value());
    keys.put(key, new Entry(Long.toString(value + 1), 0));
  }

  /// A value for people: its beginning, which is unique, and its length.
  static String shortened(String value) {
    return value.length() <= 20 ? value : value.substring(0, 20) + "..(" + value.length() + ")";
  }

  private static Reply number(String value) {
    return new Reply.Int(Long.parseLong(value));
  }
}
