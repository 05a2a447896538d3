package io.varve.server.commands;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Draws commands on sorted sets by lot: few keys and members, so that they meet. Scores are such that
/// every version of Redis writes them alike; commands by member go to a key whose scores are all zero,
/// because their replies are unspecified elsewhere.
final class RandomSortedSetCommands {

  private static final String[] KEYS = {"a", "b", "c", "d"};
  private static final String LEX_KEY = "lex";
  private static final String[] SCORES = {
    "0", "1", "-1", "2", "3", "2.5", "-0.25", "inf", "-inf", "+inf", "1e20", "7", "100", "0x10"
  };
  private static final String[] BAD_SCORES = {"", "x", "nan", "1x", " 1", "(1"};
  private static final String[] LEX_BOUNDS = {
    "-", "+", "[m1", "(m1", "[m3", "(m5", "[m50", "(m99", "[", "(", "[zzz", "m1", "", "-x"
  };

  private final SplittableRandom random;
  private final int members;

  /// What was begun: the rest of a transaction.
  private final ArrayDeque<String[]> begun = new ArrayDeque<>();

  /// @param members number of different members: with many, sets grow large
  RandomSortedSetCommands(SplittableRandom random, int members) {
    this.random = random;
    this.members = members;
  }

  String[] next() {
    if (!begun.isEmpty()) {
      return begun.remove();
    }
    return switch (random.nextInt(42)) {
      case 0, 1, 2, 3 -> add();
      case 4 -> of("ZADD", key(), pick("NX", "XX", "GT", "LT", "CH"), score(), member());
      case 5 -> of("ZADD", key(), flag(), flag(), score(), member(), score(), member());
      case 6 -> of("ZADD", key(), flag(), "INCR", score(), member());
      case 7 -> of("ZINCRBY", key(), score(), member());
      case 8 -> of("ZREM", key(), member(), member(), member());
      case 9 -> of(pick("ZCARD", "TYPE"), key());
      case 10 -> of("ZSCORE", key(), member());
      case 11 -> of("ZMSCORE", key(), member(), member());
      case 12 -> of("ZCOUNT", key(), bound(), bound());
      case 13 -> of(pick("ZRANK", "ZREVRANK"), key(), member());
      case 14 ->
          of(pick("ZRANGE", "ZREVRANGE"), key(), rank(), rank(), pick("WITHSCORES", "withscores"));
      case 15 -> of(pick("ZRANGE", "ZREVRANGE"), key(), rank(), rank());
      case 16 -> of("ZRANGE", key(), rank(), rank(), "REV", "WITHSCORES");
      case 17 -> of("ZRANGE", key(), bound(), bound(), "BYSCORE", pick("REV", "WITHSCORES"));
      case 18 -> of("ZRANGE", key(), bound(), bound(), "BYSCORE", "LIMIT", rank(), rank());
      case 19 ->
          of(pick("ZRANGEBYSCORE", "ZREVRANGEBYSCORE"), key(), bound(), bound(), "WITHSCORES");
      case 20 ->
          of(
              pick("ZRANGEBYSCORE", "ZREVRANGEBYSCORE"),
              key(),
              bound(),
              bound(),
              "LIMIT",
              rank(),
              rank());
      case 21 -> of("ZADD", LEX_KEY, pick("NX", "CH"), "0", member(), "0", member());
      case 22 -> of(pick("ZRANGEBYLEX", "ZREVRANGEBYLEX", "ZLEXCOUNT"), LEX_KEY, lex(), lex());
      case 23 -> of("ZRANGEBYLEX", LEX_KEY, lex(), lex(), "LIMIT", rank(), rank());
      case 24 -> of("ZRANGE", LEX_KEY, lex(), lex(), "BYLEX", pick("REV", "WITHSCORES", "rev"));
      case 25 -> of("ZREMRANGEBYLEX", LEX_KEY, lex(), lex());
      case 26 -> of("ZREMRANGEBYRANK", key(), nearRank(), nearRank());
      case 27 -> of("ZREMRANGEBYSCORE", key(), "2", pick("2", "2.5", "(3"));
      case 28 -> store();
      case 29 -> of("OBJECT", "ENCODING", pick(KEYS));
      case 30 -> rare();
      case 31 -> of("ZADD", key(), pick(BAD_SCORES), member());
      case 32 -> of("ZREMRANGEBYRANK", key(), rank(), rank());
      case 33, 34 -> combine();
      case 35, 36 -> pop();
      case 37 -> of("ZRANDMEMBER", key(), pick("0", "x", "", "-9223372036854775808"));
      case 38 -> of("ZSCAN", "none", pick("0", "x"), pick("COUNT", "MATCH"), "0");
      case 39, 40 -> popAtOnce();
      default -> of("ZRANGE", key(), "0", "-1", "WITHSCORES");
    };
  }

  private String[] add() {
    List<String> words = new ArrayList<>(List.of("ZADD", key()));
    for (int pairs = random.nextInt(1, 30); pairs > 0; pairs--) {
      words.add(score());
      words.add(member());
    }
    return words.toArray(String[]::new);
  }

  /// Weights are positive, for what minus zero becomes differs between versions of Redis.
  private String[] combine() {
    String name =
        pick("ZUNION", "ZINTER", "ZDIFF", "ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE", "ZINTERCARD");
    List<String> words = new ArrayList<>(List.of(name));
    if (name.endsWith("STORE")) {
      words.add(key());
    }
    int keys = random.nextInt(1, 4);
    words.add(random.nextInt(30) == 0 ? pick("0", "-1", "x", "9") : String.valueOf(keys));
    for (int i = 0; i < keys; i++) {
      words.add(random.nextInt(6) == 0 ? pick("none", "set") : key());
    }
    if (random.nextInt(3) == 0) {
      words.add("WEIGHTS");
      for (int i = 0; i < keys; i++) {
        words.add(random.nextInt(30) == 0 ? "x" : pick("1", "2", "0.5", "inf"));
      }
    }
    if (random.nextInt(3) == 0) {
      words.add("AGGREGATE");
      words.add(pick("SUM", "MIN", "MAX", "min", "AVG"));
    }
    if (random.nextInt(3) == 0) {
      words.add("WITHSCORES");
    }
    if (random.nextInt(5) == 0) {
      words.add("LIMIT");
      words.add(pick("0", "1", "5", "-1", "x"));
    }
    return words.toArray(String[]::new);
  }

  private String[] pop() {
    return switch (random.nextInt(6)) {
      case 0, 1 -> of(pick("ZPOPMIN", "ZPOPMAX"), key());
      case 2 -> of(pick("ZPOPMIN", "ZPOPMAX"), key(), pick("0", "1", "2", "5", "100", "-1", "x"));
      case 3 -> of("ZMPOP", "2", key(), key(), pick("MIN", "MAX", "min", "MID"));
      case 4 ->
          of("ZMPOP", pick("1", "2", "0", "x"), key(), pick("MIN", key()), pick("MIN", "MAX"));
      default ->
          of(
              "ZMPOP",
              "1",
              key(),
              pick("MIN", "MAX"),
              "COUNT",
              pick("1", "3", "200", "0", "-1", "x"));
    };
  }

  /// What would wait, where nothing waits.
  private String[] popAtOnce() {
    List<String> words = new ArrayList<>();
    if (random.nextBoolean()) {
      words.add(pick("BZPOPMIN", "BZPOPMAX"));
      for (int keys = random.nextInt(1, 4); keys > 0; keys--) {
        words.add(pick("none", key()));
      }
      words.add(timeout());
    } else {
      words.addAll(
          List.of("BZMPOP", timeout(), pick("1", "2", "2", "0", "3"), pick("none", key()), key()));
      words.add(pick("MIN", "MAX"));
      if (random.nextBoolean()) {
        words.addAll(List.of("COUNT", pick("1", "3", "200", "0", "x")));
      }
    }
    begun.add(words.toArray(String[]::new));
    begun.add(of("EXEC"));
    return of("MULTI");
  }

  private String timeout() {
    return random.nextInt(10) == 0 ? pick("-1", "x", "") : pick("0", "0.5", "10");
  }

  private String[] store() {
    return switch (random.nextInt(3)) {
      case 0 -> of("ZRANGESTORE", key(), key(), rank(), rank(), pick("REV", "rev", "WITHSCORES"));
      case 1 -> of("ZRANGESTORE", key(), key(), bound(), bound(), "BYSCORE");
      default ->
          of("ZRANGESTORE", key(), key(), bound(), bound(), "BYSCORE", "LIMIT", rank(), rank());
    };
  }

  private String[] rare() {
    return switch (random.nextInt(7)) {
      case 0 -> of("DEL", key());
      case 6 -> of("SADD", "set", member(), member(), pick("1", member()));
      case 1 -> of("SET", pick("s", key()), "x");
      case 2 -> of("COPY", key(), key(), "REPLACE");
      case 3 -> of("RENAME", key(), key());
      case 4 -> of("EXPIREAT", key(), "4000000000");
      default -> of("EXPIRETIME", key());
    };
  }

  private String key() {
    return random.nextInt(40) == 0 ? "s" : pick(KEYS);
  }

  private String member() {
    int number = random.nextInt(members);
    return number == 77 ? "m".repeat(random.nextInt(60, 70)) : "m" + number;
  }

  private String flag() {
    return pick("NX", "XX", "GT", "LT", "CH", "xx", "ch");
  }

  private String score() {
    return random.nextInt(3) == 0 ? pick(SCORES) : String.valueOf(random.nextInt(-40, 1000));
  }

  private String bound() {
    return random.nextInt(30) == 0
        ? pick(BAD_SCORES)
        : pick("", "(") + (random.nextBoolean() ? pick(SCORES) : random.nextInt(-40, 1000));
  }

  private String lex() {
    return pick(LEX_BOUNDS);
  }

  private String rank() {
    return random.nextInt(60) == 0
        ? pick("x", "", "9223372036854775807", "-9223372036854775808")
        : String.valueOf(random.nextInt(-members, members));
  }

  private String nearRank() {
    return String.valueOf(random.nextInt(-3, 3));
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static String[] of(String... words) {
    return words;
  }
}
