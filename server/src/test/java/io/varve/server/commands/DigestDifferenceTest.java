package io.varve.server.commands;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// DEBUG DIGEST of the same data in redis-server and in ours: what tells whether a migration is complete.
@DisplayName("needs redis-server")
class DigestDifferenceTest extends BesideRedis {

  private static final String[] KEYS = {
    "short",
    "number",
    "long",
    "list",
    "biglist",
    "set",
    "intset",
    "bigset",
    "zset",
    "bigzset",
    "hash",
    "bighash",
    "stream",
    "volatile",
    "missing"
  };

  @Test
  void equalDataHaveTheDigestThatRedisGivesThem() throws IOException {
    SplittableRandom random = seeded();
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      compare(rig, "DEBUG", "DIGEST");
      fill(rig, random);
      compareDigests(rig);
      rig.flush();
      compareDigests(rig);
      rig.reopen();
      compareDigests(rig);
    }
  }

  @Test
  void anyChangeGivesAnotherDigest() throws IOException {
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      fill(rig, new SplittableRandom(1));
      var before = rig.call("DEBUG", "DIGEST");
      rig.call("LSET", "biglist", "250", "other");
      var changed = rig.call("DEBUG", "DIGEST");
      assertNotEquals(before, changed);
      rig.call("PERSIST", "volatile");
      assertNotEquals(changed, rig.call("DEBUG", "DIGEST"));
    }
  }

  private void compareDigests(CommandRig rig) throws IOException {
    List<String> values = new ArrayList<>(List.of("DEBUG", "DIGEST-VALUE"));
    values.addAll(List.of(KEYS));
    compare(rig, values.toArray(new String[0]));
    compare(rig, "DEBUG", "DIGEST");
  }

  private void fill(CommandRig rig, SplittableRandom random) throws IOException {
    compare(rig, "SET", "short", "value");
    compare(rig, "SET", "number", "-12");
    compare(rig, "SET", "long", "x");
    compare(rig, "SETRANGE", "long", "40000", "end");
    compare(rig, "SET", "volatile", "v", "EX", "100000");
    compare(rig, "RPUSH", "list", "a", "7", "");
    compare(rig, "SADD", "set", "a", "b");
    compare(rig, "SADD", "intset", "3", "-70000", "9");
    compare(rig, "ZADD", "zset", "1.5", "a", "-3", "b", "inf", "c");
    compare(rig, "HSET", "hash", "f", "v", "n", "12");
    for (int i = 0; i < 500; i++) {
      String word = Long.toString(random.nextLong(), 36);
      compare(rig, "RPUSH", "biglist", word);
      compare(rig, "SADD", "bigset", word);
      compare(rig, "ZADD", "bigzset", "" + random.nextInt(-1000, 1000), word);
      compare(rig, "HSET", "bighash", word, word + i);
      compare(rig, "XADD", "stream", (i + 1) + "-" + random.nextInt(9), "f", word, "i", "" + i);
    }
    compare(rig, "XDEL", "stream", "7");
    compare(rig, "SELECT", "3");
    compare(rig, "SET", "elsewhere", "v");
    compare(rig, "SELECT", "0");
  }
}
