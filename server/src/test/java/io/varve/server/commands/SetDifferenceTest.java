package io.varve.server.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.varve.protocol.Reply;
import io.varve.server.keyspace.EncodingLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Gives the same commands on sets to redis-server and to ours, whose sets become large early or late and
/// are spread at once or later. What SPOP takes from ours is taken from the other by SREM.
@DisplayName("needs redis-server")
class SetDifferenceTest extends BesideRedis {

  private static final int COMMANDS = 20_000;

  @ParameterizedTest
  @CsvSource({"2, 8, 6, 20, 0", "3, 8, 6, 20, 100", "2, 512, 128, 64, 1024", "3, 4, 0, 0, 0"})
  void randomCommandsAreAnsweredAlike(
      int protocol, int intsetEntries, int entries, int valueBytes, int inlineBytes)
      throws IOException {
    SplittableRandom random = seeded();
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      speak(rig, protocol);
      client.call("CONFIG", "SET", "set-max-intset-entries", String.valueOf(intsetEntries));
      EncodingLimits hashes = EncodingLimits.DEFAULTS;
      rig.keyspaceSetting(
          keyspace ->
              keyspace.encodingLimits(
                  new EncodingLimits(
                      hashes.hashEntries(),
                      hashes.hashValueBytes(),
                      intsetEntries,
                      entries,
                      valueBytes,
                      inlineBytes)));
      RandomSetCommands commands = new RandomSetCommands(random);
      runRandomly(rig, random, COMMANDS, () -> popOrElse(rig, commands));
    }
  }

  /// The next command that both can be given; SPOPs before it have been run.
  private String[] popOrElse(CommandRig rig, RandomSetCommands commands) {
    while (true) {
      String[] command = commands.next();
      if (!command[0].equals("SPOP")) {
        return command;
      }
      try {
        pop(rig, command);
      } catch (IOException broken) {
        fail(broken);
      }
    }
  }

  private void pop(CommandRig rig, String... command) throws IOException {
    Reply size = client.call("SCARD", command[1]);
    Reply ours = rig.call(command);
    if (!(size instanceof Reply.Int had)) {
      assertEquals(client.call(command), ours);
      return;
    }
    List<Reply> popped =
        switch (ours) {
          case Reply.Set set -> set.elements();
          case Reply.Array array -> array.elements();
          case Reply.Bulk one -> List.of(one);
          default -> List.of();
        };
    long wanted = command.length == 2 ? 1 : Long.parseLong(command[2]);
    assertEquals(Math.min(wanted, had.value()), popped.size());
    if (popped.isEmpty()) {
      assertEquals(client.call(command), ours);
      return;
    }
    List<String> removal = new ArrayList<>(List.of("SREM", command[1]));
    popped.forEach(member -> removal.add(((Reply.Bulk) member).text()));
    assertEquals(new Reply.Int(popped.size()), client.call(removal.toArray(String[]::new)));
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
      SADD
      SADD s
      SREM s
      SADD s 1 2 3
      SISMEMBER s
      SISMEMBER s 1 2
      SMISMEMBER s
      SMISMEMBER nokey 1 2
      SCARD
      SCARD nokey
      SMEMBERS nokey
      SMEMBERS s s
      SMOVE s t
      SMOVE nokey t 1
      SMOVE s nokey 7
      SMOVE s s 1
      SMOVE s s 7
      SPOP
      SPOP s x
      SPOP s -1
      SPOP s 1 2
      SPOP s x 2
      SPOP s 0
      SPOP nokey
      SPOP nokey 1
      SPOP nokey 0
      SRANDMEMBER
      SRANDMEMBER s x
      SRANDMEMBER s 1 2
      SRANDMEMBER s -9223372036854775808
      SRANDMEMBER s 0
      SRANDMEMBER nokey
      SRANDMEMBER nokey 1
      SRANDMEMBER nokey -1
      SINTER
      SINTER nokey
      SINTER s nokey
      SINTERCARD
      SINTERCARD 1
      SINTERCARD 0 s
      SINTERCARD -1 s
      SINTERCARD x s
      SINTERCARD 2 s
      SINTERCARD 1 s FOO
      SINTERCARD 1 s LIMIT
      SINTERCARD 1 s LIMIT x
      SINTERCARD 1 s LIMIT -1
      SINTERCARD 1 s LIMIT 1 LIMIT 2
      SINTERCARD 1 s LIMIT 0
      SINTERCARD 9223372036854775807 s
      SINTERCARD 2 s nokey
      SINTERSTORE d
      SINTERSTORE d nokey
      SUNION
      SUNION nokey
      SUNIONSTORE d
      SUNIONSTORE d nokey
      SDIFF
      SDIFF nokey s
      SDIFFSTORE d
      SDIFFSTORE d nokey
      SSCAN s
      SSCAN s x
      SSCAN s 0 COUNT 0
      SSCAN s 0 COUNT x
      SSCAN s 0 MATCH
      SSCAN s 0 FOO 1
      SSCAN nokey 0
      SSCAN nokey 7
      SET string 1
      SADD string 1
      SREM string 1
      SISMEMBER string 1
      SMISMEMBER string 1
      SCARD string
      SMEMBERS string
      SMOVE string s 1
      SMOVE s string 1
      SMOVE s string 7
      SMOVE nokey string 7
      SPOP string
      SPOP string 1
      SPOP string 0
      SRANDMEMBER string
      SRANDMEMBER string 1
      SRANDMEMBER string 0
      SINTER string
      SINTER s string
      SINTER nokey string
      SINTERCARD 2 nokey string
      SINTERSTORE d s string
      SINTERSTORE d nokey string
      SUNION s string
      SUNIONSTORE d s string
      SDIFF s string
      SDIFF nokey string
      SDIFFSTORE d nokey string
      SSCAN string 0
      SINTERSTORE string s s
      TYPE string
      SET string 1
      SINTERSTORE string nokey
      EXISTS string
      GET s
      HSET s f v
      LPUSH s v
      """;

  /// Only an intset has an order. Redis 7.0 knows no sets in listpacks, which 7.2 has.
  @Override
  Reply comparable(Reply reply, String... command) throws IOException {
    return switch (command[0]) {
      case "SMEMBERS" -> isIntset(command) ? reply : withoutOrder(reply);
      case "SINTER", "SUNION", "SDIFF", "SRANDMEMBER" -> withoutOrder(reply);
      case "SSCAN" ->
          reply instanceof Reply.Array array
              ? new Reply.Array(
                  List.of(array.elements().getFirst(), withoutOrder(array.elements().getLast())))
              : reply;
      case "OBJECT" -> withoutListpack(reply);
      case "EXEC" ->
          reply instanceof Reply.Array array
              ? new Reply.Array(
                  array.elements().stream().map(SetDifferenceTest::withoutListpack).toList())
              : reply;
      default -> reply;
    };
  }

  private boolean isIntset(String... command) throws IOException {
    return command.length == 2
        && client.call("OBJECT", "ENCODING", command[1]).equals(Reply.Bulk.of("intset"));
  }

  private static Reply withoutListpack(Reply reply) {
    return reply.equals(Reply.Bulk.of("listpack")) ? Reply.Bulk.of("hashtable") : reply;
  }

  private static Reply withoutOrder(Reply reply) {
    return reply instanceof Reply.Set set
        ? new Reply.Set(((Reply.Array) sorted(new Reply.Array(set.elements()))).elements())
        : sorted(reply);
  }
}
