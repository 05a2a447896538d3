package io.varve.server.commands;

import java.util.SplittableRandom;

/// Draws commands on hashes by lot: few keys and fields, so that they meet; also keys of other types.
final class RandomHashCommands {

  private static final String[] KEYS = {"h1", "h2", "h3", "large", "string"};
  private static final String[] NUMBERS = {
    "0", "1", "-1", "9223372036854775807", "-9223372036854775808", "007", "+1", "1.5", "3.0", "1e2",
    "abc", "", "0.1", "inf", "-inf", "nan", "1e4932", "123456789.987654321", " 1", "5."
  };

  private final SplittableRandom random;
  private int queued = -1;

  RandomHashCommands(SplittableRandom random) {
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
    return switch (random.nextInt(44)) {
      case 0 -> of("HGETALL", key());
      case 1 -> of("HKEYS", key());
      case 2 -> of("HVALS", key());
      case 3 -> of("HSCAN", key(), "0", "COUNT", "100000");
      case 4 -> of("HSCAN", key(), "0", "MATCH", pick("f1*", "*2", "f?", "x"), "COUNT", "100000");
      case 5 -> of("OBJECT", "ENCODING", key());
      case 6 -> of("HRANDFIELD", key(), pick("100000", "0"));
      case 7 -> of("HRANDFIELD", key(), pick("100000", "0"), pick("WITHVALUES", "withvalues", "x"));
      case 8 -> random.nextInt(4) == 0 ? of("DEL", key()) : of("HLEN", key());
      case 9 -> random.nextInt(4) == 0 ? of("SET", "string", number()) : of("HLEN", key());
      case 10 -> {
        queued = random.nextInt(1, 12);
        yield of("MULTI");
      }
      case 11 -> of("MOVE", key(), String.valueOf(random.nextInt(2)));
      case 12 -> of("SELECT", String.valueOf(random.nextInt(2)));
      default -> transactional();
    };
  }

  private String[] transactional() {
    return switch (random.nextInt(30)) {
      case 0, 1, 2, 3 -> of("HSET", key(), field(), value());
      case 4, 5 -> of(pick("HSET", "HMSET"), key(), field(), value(), field(), value());
      case 6 -> of("HSET", key(), field(), value(), field(), value(), field(), value());
      case 7 -> of("HSET", "large", field(), value());
      case 8, 9 -> of("HSETNX", key(), field(), value());
      case 10, 11 -> of("HGET", key(), field());
      case 12 -> of("HMGET", key(), field(), field(), field());
      case 13 -> of("HLEN", key());
      case 14 -> of("HEXISTS", key(), field());
      case 15, 16, 17 -> of("HDEL", key(), field());
      case 18 -> of("HDEL", key(), field(), field(), field(), field());
      case 19, 20 -> of("HINCRBY", key(), field(), number());
      case 21, 22 -> of("HINCRBYFLOAT", key(), field(), number());
      case 23 -> of("HSTRLEN", key(), field());
      case 24 -> of("OBJECT", "ENCODING", key());
      case 25 -> of(pick("RENAME", "RENAMENX"), key(), key());
      case 26 -> of("COPY", key(), key(), "REPLACE");
      case 27 -> of("EXPIREAT", key(), pick("4000000000", "4000000001", "1"));
      case 28 -> of(pick("PERSIST", "EXPIRETIME", "TYPE", "EXISTS"), key());
      default -> of("HSET", key(), field());
    };
  }

  private String key() {
    return pick(KEYS);
  }

  private String field() {
    return switch (random.nextInt(6)) {
      case 0 -> "f" + random.nextInt(40);
      case 1 -> random.nextInt(20) == 0 ? "long field ".repeat(random.nextInt(1, 8)) : "";
      default -> "f" + random.nextInt(10);
    };
  }

  private String value() {
    return switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> number();
      case 4 -> "x".repeat(random.nextInt(18, 23));
      case 5 -> random.nextInt(4) == 0 ? "y".repeat(random.nextInt(60, 70)) : "";
      default -> Integer.toString(random.nextInt(), 3);
    };
  }

  private String number() {
    return pick(NUMBERS);
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static String[] of(String... words) {
    return words;
  }
}
