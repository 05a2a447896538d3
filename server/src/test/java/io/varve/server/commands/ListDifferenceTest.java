package io.varve.server.commands;

import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Gives the same commands on lists to redis-server and to ours, whose lists are spread early or late.
@DisplayName("needs redis-server")
class ListDifferenceTest extends BesideRedis {

  private static final int COMMANDS = 20_000;

  @ParameterizedTest
  @CsvSource({"2, 1024", "3, 60", "2, 0"})
  void randomCommandsAreAnsweredAlike(int protocol, int inlineBytesMax) throws IOException {
    SplittableRandom random = seeded();
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      speak(rig, protocol);
      rig.keyspaceSetting(keyspace -> keyspace.listLimits().inlineBytesMax(inlineBytesMax));
      runRandomly(rig, random, COMMANDS, new RandomListCommands(random)::next);
    }
  }
}
