package io.varve.server.command;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.keyspace.ValueType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a command waits for that cannot be answered yet; see [Invocation#waitFor(KeyWait)].
///
/// @param database that the keys are of
/// @param keys that may make it answerable, copied; none if only time does
/// @param type of value under one of the keys that is worth another try
/// @param whateverComes whether it is tried again also when a key is deleted, or holds another type
/// @param deadlineMillis when it gives up, milliseconds since the epoch; [#NO_DEADLINE] for never
/// @param timeoutReply what it answers then
/// @param memory what the handler wants to know when it is run again; see [Invocation#remembered()]
public record KeyWait(
    int database,
    List<Slice> keys,
    ValueType type,
    boolean whateverComes,
    long deadlineMillis,
    TimeoutReply timeoutReply,
    @Nullable Object memory) {

  public static final long NO_DEADLINE = 0;

  /// Answers for a command whose time is up.
  @FunctionalInterface
  public interface TimeoutReply {
    void write(ReplyWriter reply);
  }

  /// Waits for one of the keys at neighbouring arguments, and answers a null array if none comes.
  public static KeyWait forKeys(
      Invocation in, ValueType type, int firstKey, int count, long deadlineMillis) {
    List<Slice> keys = new ArrayList<>(count);
    for (int i = firstKey; i < firstKey + count; i++) {
      keys.add(in.args().get(i).copy());
    }
    return new KeyWait(
        in.session().database(), keys, type, false, deadlineMillis, ReplyWriter::nullArray, null);
  }

  /// Has a command wait for one of the keys at neighbouring arguments. In EXEC and in scripts, where
  /// nothing waits, it answers at once as if its time were up.
  public static void begin(
      Invocation in, ValueType type, int firstKey, int count, long deadlineMillis) {
    if (in.isNested()) {
      in.reply().nullArray();
    } else {
      in.waitFor(forKeys(in, type, firstKey, count, deadlineMillis));
    }
  }

  /// As this one, but tried again whatever happens to its keys.
  public KeyWait whateverComes(boolean on) {
    return new KeyWait(database, keys, type, on, deadlineMillis, timeoutReply, memory);
  }

  /// As this one, with something to remember.
  public KeyWait remembering(Object what) {
    return new KeyWait(database, keys, type, whateverComes, deadlineMillis, timeoutReply, what);
  }
}
