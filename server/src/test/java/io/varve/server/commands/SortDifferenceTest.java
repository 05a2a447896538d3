package io.varve.server.commands;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Gives the same SORTs, of the same lists, sets and sorted sets, to redis-server and to ours.
@DisplayName("needs redis-server")
class SortDifferenceTest extends BesideRedis {

  private static final int COMMANDS = 5_000;

  @Test
  void sortsAreAnsweredAlike() throws IOException {
    SplittableRandom random = seeded();
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      runRandomly(rig, random, COMMANDS, () -> next(random));
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
      SORT
      SORT nokey
      SORT nokey STORE d
      SET s 1
      SORT s
      RPUSH l 3 1 2
      SORT l LIMIT
      SORT l LIMIT 1
      SORT l LIMIT x 1
      SORT l LIMIT 5 5
      SORT l LIMIT -1 2
      SORT l LIMIT 0 0
      SORT l FOO
      SORT l BY
      SORT l GET
      SORT l STORE
      SORT_RO l STORE d
      SORT_RO l DESC
      SORT l BY nosort
      SORT l BY nosort DESC
      SORT l BY nosort GET # GET nostar
      RPUSH t a b
      SORT t
      SORT t ALPHA DESC
      SORT l BY w_*
      SET w_1 x
      SORT l BY w_*
      SADD set 3 1 2
      SORT set BY nosort STORE d
      LRANGE d 0 -1
      SORT nokey STORE d
      EXISTS d
      """;

  private static String[] next(SplittableRandom random) {
    String key = "k" + random.nextInt(6);
    String setKey = "set" + random.nextInt(2);
    return switch (random.nextInt(12)) {
      case 0 -> words("RPUSH", key, number(random), number(random), number(random));
      case 1 -> words("SADD", setKey, number(random), number(random), number(random));
      case 2 -> words("ZADD", key, number(random), number(random), number(random), "7");
      case 3 -> words("SET", "w_" + number(random), number(random));
      case 4 -> words("HSET", "h_" + number(random), "f", number(random));
      case 5 -> random.nextInt(4) == 0 ? words("DEL", key, setKey) : words("RPUSH", key, "text");
      case 6 -> words("LRANGE", "stored", "0", "-1");
      case 7 -> sort(random, setKey);
      default -> sort(random, key);
    };
  }

  private static String[] sort(SplittableRandom random, String key) {
    List<String> words = new ArrayList<>(List.of(random.nextInt(4) == 0 ? "SORT_RO" : "SORT", key));
    switch (random.nextInt(5)) {
      case 0 -> words.addAll(List.of("BY", "w_*"));
      case 1 -> words.addAll(List.of("BY", "h_*->f"));
      case 2 -> {
        // Sets that are not sorted are answered in any order.
        if (!key.startsWith("set")) {
          words.addAll(List.of("BY", "#"));
        }
      }
      default -> {}
    }
    if (random.nextInt(3) == 0) {
      words.addAll(
          List.of(
              "LIMIT",
              String.valueOf(random.nextInt(-2, 6)),
              String.valueOf(random.nextInt(-2, 9))));
    }
    String[] gets = {"#", "w_*", "h_*->f", "h_*->no", "w_*->", "plain"};
    for (int i = random.nextInt(3); i > 0; i--) {
      words.addAll(List.of("GET", gets[random.nextInt(gets.length)]));
    }
    // By texts of which several are missing, Redis returns any order.
    if (!words.contains("BY") && random.nextBoolean()) {
      words.add("ALPHA");
    }
    if (random.nextBoolean()) {
      words.add(random.nextBoolean() ? "DESC" : "asc");
    }
    if (random.nextInt(4) == 0) {
      words.addAll(List.of("STORE", "stored"));
    }
    return words.toArray(new String[0]);
  }

  private static String number(SplittableRandom random) {
    return random.nextInt(8) == 0 ? "1." + random.nextInt(9) : "" + random.nextInt(-5, 15);
  }

  private static String[] words(String... words) {
    return words;
  }
}
