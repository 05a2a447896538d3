package io.varve.server.commands;

import io.varve.protocol.Reply;
import io.varve.server.keyspace.EncodingLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Gives the same commands on hashes to redis-server and to ours, whose hashes become large early or
/// late and are spread at once or later.
@DisplayName("needs redis-server")
class HashDifferenceTest extends BesideRedis {

  private static final int COMMANDS = 20_000;

  @ParameterizedTest
  @CsvSource({"2, 8, 20, 0", "3, 8, 20, 200", "2, 128, 64, 1024", "3, 0, 0, 0"})
  void randomCommandsAreAnsweredAlike(int protocol, int entries, int valueBytes, int inlineBytes)
      throws IOException {
    SplittableRandom random = seeded();
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      speak(rig, protocol);
      limit(rig, entries, valueBytes, inlineBytes);
      runRandomly(rig, random, COMMANDS, new RandomHashCommands(random)::next);
    }
  }

  @Test
  void mistakesAreAnsweredAlike() throws IOException {
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      for (String line : MISTAKES.lines().toList()) {
        compare(rig, line.strip().split(" ", -1));
      }
    }
  }

  private static final String MISTAKES =
      """
      HSET
      HSET h
      HSET h f
      HSET h f v f
      HMSET h f
      HMSET h f v f
      HSETNX h f
      HSETNX h f v x
      HGET h
      HGET h f f
      HMGET h
      HGETALL
      HGETALL h h
      HDEL h
      HSET h f 1 inf inf nan nan text text large 9223372036854775807
      HINCRBY h f x
      HINCRBY h f 1.5
      HINCRBY h f 9223372036854775808
      HINCRBY h text 1
      HINCRBY h large 1
      HINCRBY h f
      HINCRBYFLOAT h f x
      HINCRBYFLOAT h f inf
      HINCRBYFLOAT h f -inf
      HINCRBYFLOAT h f nan
      HINCRBYFLOAT h f 1e5000
      HINCRBYFLOAT h inf 1
      HINCRBYFLOAT h nan 1
      HINCRBYFLOAT h text 1
      HINCRBYFLOAT h new 1e4932
      HRANDFIELD
      HRANDFIELD h x
      HRANDFIELD h 1 2
      HRANDFIELD h 1 WITHVALUES x
      HRANDFIELD h -9223372036854775808
      HRANDFIELD h -9223372036854775807 WITHVALUES
      HRANDFIELD h 9223372036854775807 WITHVALUES
      HRANDFIELD nokey
      HRANDFIELD nokey 1
      HRANDFIELD nokey 1 WITHVALUES
      HSCAN
      HSCAN h
      HSCAN h x
      HSCAN h -
      HSCAN h 1x
      HSCAN h 99999999999999999999
      HSCAN h 0 COUNT 0
      HSCAN h 0 COUNT -1
      HSCAN h 0 COUNT x
      HSCAN h 0 COUNT
      HSCAN h 0 MATCH
      HSCAN h 0 TYPE hash
      HSCAN h 0 FOO 1
      HSCAN nokey 0 FOO 1
      HSCAN nokey 5
      HSCAN nokey x
      HSTRLEN h
      HSTRLEN h f x
      HSTRLEN nokey f
      HEXISTS h
      HEXISTS nokey f
      HLEN
      HLEN nokey
      HKEYS nokey
      HVALS nokey
      HGETALL nokey
      HMGET nokey a b
      SET s 1
      HSET s f v
      HSET s f
      HSETNX s f v
      HGET s f
      HMGET s f
      HGETALL s
      HKEYS s
      HVALS s
      HLEN s
      HEXISTS s f
      HDEL s f
      HINCRBY s f 1
      HINCRBY s f x
      HINCRBYFLOAT s f 1
      HINCRBYFLOAT s f x
      HSTRLEN s f
      HRANDFIELD s
      HRANDFIELD s 1
      HRANDFIELD s x
      HSCAN s 0
      HSCAN s x
      HSCAN s 0 FOO
      GET h
      APPEND h x
      INCR h
      """;

  private void limit(CommandRig rig, int entries, int valueBytes, int inlineBytes)
      throws IOException {
    client.call("CONFIG", "SET", "hash-max-listpack-entries", String.valueOf(entries));
    client.call("CONFIG", "SET", "hash-max-listpack-value", String.valueOf(valueBytes));
    EncodingLimits sets = EncodingLimits.DEFAULTS;
    rig.keyspaceSetting(
        keyspace ->
            keyspace.encodingLimits(
                new EncodingLimits(
                    entries,
                    valueBytes,
                    sets.setIntsetEntries(),
                    sets.setEntries(),
                    sets.setValueBytes(),
                    inlineBytes)));
  }

  /// A hashtable has no order; a listpack has one.
  @Override
  Reply comparable(Reply reply, String... command) throws IOException {
    if (reply instanceof Reply.Failure) {
      return reply;
    }
    return switch (command[0]) {
      case "HKEYS", "HVALS" -> isHashtable(command[1]) ? sorted(reply) : reply;
      case "HGETALL" -> isHashtable(command[1]) ? sortedPairs(reply) : reply;
      case "HRANDFIELD" -> {
        boolean flatPairs = command.length == 4 && reply instanceof Reply.Array a && !isNested(a);
        yield flatPairs ? sortedPairs(reply) : sorted(reply);
      }
      case "HSCAN" ->
          reply instanceof Reply.Array array
              ? new Reply.Array(
                  List.of(array.elements().getFirst(), sortedPairs(array.elements().getLast())))
              : reply;
      default -> reply;
    };
  }

  private boolean isHashtable(String key) throws IOException {
    return client.call("OBJECT", "ENCODING", key).equals(Reply.Bulk.of("hashtable"));
  }

  private static boolean isNested(Reply.Array array) {
    return !array.elements().isEmpty() && array.elements().getFirst() instanceof Reply.Array;
  }

  private static Reply sortedPairs(Reply reply) {
    List<Reply> flat =
        switch (reply) {
          case Reply.Array array -> array.elements();
          case Reply.Map map -> map.keysAndValues();
          default -> List.of(reply, reply);
        };
    List<Reply> pairs = new ArrayList<>();
    for (int i = 0; i < flat.size(); i += 2) {
      pairs.add(new Reply.Array(flat.subList(i, i + 2)));
    }
    pairs.sort(Comparator.comparing(Reply::toString));
    return new Reply.Array(pairs);
  }
}
