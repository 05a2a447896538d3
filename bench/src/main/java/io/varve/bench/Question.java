package io.varve.bench;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Something that is asked of a large value, again and again.
///
/// @param name of the command and what about it
/// @param times how often; the median and the longest are told
/// @param sizeMax of how many elements nobody should ask it of more
/// @param ask asks once
record Question(String name, int times, long sizeMax, Ask ask) {

  /// Asks once and waits for the answer.
  @FunctionalInterface
  interface Ask {
    void once(RespClient client, String key, SplittableRandom random) throws IOException;
  }

  /// Microseconds: the median and the longest.
  record Answer(double medianMicros, double maxMicros) {}

  private static final int MANY = 1_000;
  private static final int SOME = 20;
  private static final long ANY_SIZE = Long.MAX_VALUE;

  /// Elements that one reply may bring.
  private static final long WHOLE_MAX = 1_000_000;

  /// Of a random element each time.
  static Question random(String name, long size, BiFunction<String, Long, List<String>> command) {
    return new Question(
        name,
        MANY,
        ANY_SIZE,
        (client, key, random) -> call(client, command.apply(key, random.nextLong(size))));
  }

  /// The same command each time, which changes the value.
  static Question repeated(String name, Function<String, List<String>> command) {
    return new Question(name, MANY, ANY_SIZE, (client, key, _) -> call(client, command.apply(key)));
  }

  /// [LargeType#PAGE] neighbours.
  static Question page(String command, String where, long from) {
    String first = Long.toString(Math.max(0, from));
    String last = Long.toString(Math.max(0, from) + LargeType.PAGE - 1);
    return new Question(
        command + " of " + LargeType.PAGE + ", " + where,
        SOME,
        ANY_SIZE,
        (client, key, _) -> call(client, List.of(command, key, first, last)));
  }

  /// All of the value, a thousand elements at a time.
  static Question scan(String command) {
    return new Question(
        command + " of all, COUNT 1000",
        1,
        ANY_SIZE,
        (client, key, _) -> {
          String cursor = "0";
          do {
            Reply reply = call(client, List.of(command, key, cursor, "COUNT", "1000"));
            cursor = reply.asList().get(0).asText();
          } while (!cursor.equals("0"));
        });
  }

  /// All of the value in one reply.
  static Question whole(String command) {
    return new Question(
        command, 1, WHOLE_MAX, (client, key, _) -> call(client, List.of(command, key)));
  }

  Answer measure(RespClient client, String key) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    long[] nanos = new long[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      ask.once(client, key, random);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return new Answer(nanos[times / 2] / 1e3, nanos[times - 1] / 1e3);
  }

  private static Reply call(RespClient client, List<String> command) throws IOException {
    Reply reply = client.call(command.toArray(String[]::new));
    if (reply instanceof Reply.Failure failure) {
      throw new IOException(command.get(0) + ": " + failure.text());
    }
    return reply;
  }
}
