package io.varve.server.commands;

import java.util.SplittableRandom;

/// Draws commands on sets by lot: few keys and members, so that they meet; also keys of other types.
final class RandomSetCommands {

  private static final String[] KEYS = {"s1", "s2", "s3", "numbers", "words", "string", "none"};
  private static final String[] ODD = {
    "", "007", "+1", "-0", "1.0", "9223372036854775807", "-9223372036854775808",
    "9223372036854775808", "32767", "32768", "-32769", "2147483648", "-2147483649", " 1"
  };

  private final SplittableRandom random;
  private int queued = -1;

  RandomSetCommands(SplittableRandom random) {
    this.random = random;
  }

  String[] next() {
    if (queued > 0) {
      queued--;
      return transactional();
    }
    if (queued == 0) {
      queued = -1;
      return of("EXEC");
    }
    return switch (random.nextInt(40)) {
      case 0, 1 -> of("SMEMBERS", key());
      case 2 -> of("SSCAN", key(), "0", "COUNT", "100000");
      case 3 -> of("SSCAN", key(), "0", "MATCH", pick("w*", "*2", "?", "x"), "COUNT", "100000");
      case 4, 5, 6 -> ofKeys("SINTER");
      case 7, 8, 9 -> ofKeys("SUNION");
      case 10, 11, 12 -> ofKeys("SDIFF");
      case 13 -> of("SRANDMEMBER", key(), pick("100000", "0"));
      case 14, 15 -> of("SPOP", key());
      case 16, 17 -> of("SPOP", key(), pick("0", "1", "2", "3", "5", "100"));
      case 18 -> random.nextInt(4) == 0 ? of("DEL", key()) : of("SCARD", key());
      case 19 -> random.nextInt(4) == 0 ? of("SET", "string", "x") : of("SCARD", key());
      case 20 -> {
        queued = random.nextInt(1, 12);
        yield of("MULTI");
      }
      case 21 -> of("MOVE", key(), String.valueOf(random.nextInt(2)));
      case 22 -> of("SELECT", String.valueOf(random.nextInt(2)));
      default -> transactional();
    };
  }

  private String[] transactional() {
    return switch (random.nextInt(32)) {
      case 0, 1, 2, 3 -> of("SADD", key(), member());
      case 4, 5, 6 -> of("SADD", key(), member(), member(), member());
      case 7 -> of("SADD", "numbers", number(), number());
      case 8 -> of("SADD", "words", word(), word());
      case 9, 10, 11 -> of("SREM", key(), member());
      case 12 -> of("SREM", key(), member(), member(), member());
      case 13 -> of("SISMEMBER", key(), member());
      case 14 -> of("SMISMEMBER", key(), member(), member(), member());
      case 15 -> of("SCARD", key());
      case 16, 17 -> of("SMOVE", key(), key(), member());
      case 18, 19 -> ofKeys("SINTERSTORE", key());
      case 20, 21 -> ofKeys("SUNIONSTORE", key());
      case 22, 23 -> ofKeys("SDIFFSTORE", key());
      case 24 -> of("SINTERCARD", "2", key(), key());
      case 25 -> of("SINTERCARD", "2", key(), key(), "LIMIT", String.valueOf(random.nextInt(4)));
      case 26 -> of("OBJECT", "ENCODING", key());
      case 27 -> of(pick("RENAME", "RENAMENX"), key(), key());
      case 28 -> of("COPY", key(), key(), "REPLACE");
      case 29 -> of("EXPIREAT", key(), pick("4000000000", "4000000001", "1"));
      default -> of(pick("PERSIST", "EXPIRETIME", "TYPE", "EXISTS"), key());
    };
  }

  private String[] ofKeys(String... first) {
    int keys = random.nextInt(1, 4);
    String[] words = java.util.Arrays.copyOf(first, first.length + keys);
    for (int i = first.length; i < words.length; i++) {
      words[i] = key();
    }
    return words;
  }

  private String key() {
    return KEYS[Math.min(random.nextInt(9), KEYS.length - 1)].equals("none")
            && random.nextInt(3) > 0
        ? "s1"
        : pick(KEYS);
  }

  private String member() {
    return random.nextInt(3) == 0 ? word() : number();
  }

  private String number() {
    return random.nextInt(8) == 0 ? pick(ODD) : String.valueOf(random.nextInt(-5, 20));
  }

  private String word() {
    return random.nextInt(30) == 0 ? "x".repeat(random.nextInt(15, 70)) : "w" + random.nextInt(20);
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static String[] of(String... words) {
    return words;
  }
}
