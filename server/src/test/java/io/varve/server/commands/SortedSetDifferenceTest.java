package io.varve.server.commands;

import io.varve.server.keyspace.SortedSetLimits;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Gives the same commands on sorted sets to redis-server and to ours, to small sets and to large ones.
@DisplayName("needs redis-server")
class SortedSetDifferenceTest extends BesideRedis {

  private static final int COMMANDS = 15_000;

  @ParameterizedTest
  @CsvSource({"2, 100, 128", "3, 100, 128", "2, 3000, 128", "2, 300, 3", "3, 2000, 0"})
  void randomCommandsAreAnsweredAlike(int protocol, int members, int packed) throws IOException {
    SplittableRandom random = seeded();
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      speak(rig, protocol);
      if (packed < 128) {
        rig.keyspaceSetting(
            keyspace -> keyspace.sortedSetLimits(new SortedSetLimits(packed, 64, 4)));
        client.call("CONFIG", "SET", "zset-max-listpack-entries", String.valueOf(packed));
      }
      runRandomly(rig, random, COMMANDS, new RandomSortedSetCommands(random, members)::next);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void randomCommandsOnPlacesAreAnsweredAlike(int protocol) throws IOException {
    SplittableRandom random = seeded();
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      speak(rig, protocol);
      runRandomly(rig, random, COMMANDS, new RandomGeoCommands(random)::next);
    }
  }
}
