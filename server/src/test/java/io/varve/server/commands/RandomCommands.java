package io.varve.server.commands;

import java.util.SplittableRandom;

/// Draws commands on strings and keys by lot: few keys, so that they meet; values of all kinds.
/// Expiries are far away or named as points in time, so that no reply depends on the clock.
final class RandomCommands {

  private static final String[] KEYS = {
    "a", "b", "c", "key:1", "key:2", "key:10", "ke", "k*y", "\u0000zero", ""
  };
  private static final String[] PATTERNS = {
    "*", "key:*", "k*", "?", "[ab]", "[^a]*", "key:[0-9]", "k\\*y", "*:*0", "a", "key:?", "[a-"
  };
  private static final String[] NUMBERS = {
    "0",
    "1",
    "-1",
    "10",
    "9223372036854775807",
    "-9223372036854775808",
    "007",
    "+1",
    " 1",
    "1.5",
    "-0",
    "3.0",
    "1e2",
    "0x10",
    "abc",
    "",
    "9223372036854775808",
    "0.1",
    "123456789.987654321",
    "1e-20",
    "-.5",
    "5.",
    "1e15",
    "100000000000000000000",
    "0.00000000000000001"
  };
  private static final String FAR = "4000000000";
  private static final String FAR_MILLIS = "4000000000123";

  private final SplittableRandom random;

  RandomCommands(SplittableRandom random) {
    this.random = random;
  }

  String[] next() {
    return switch (random.nextInt(52)) {
      case 0, 1, 2 -> of("SET", key(), value());
      case 3 -> of("SET", key(), value(), pick("NX", "XX", "GET", "KEEPTTL"));
      case 4 -> of("SET", key(), value(), pick("NX", "XX"), "GET");
      case 5 -> of("SET", key(), value(), "EXAT", FAR);
      case 6 -> of("SET", key(), value(), "PXAT", FAR_MILLIS, pick("NX", "XX", "GET", "nx", "gEt"));
      case 7 -> of("SET", key(), value(), pick("GET", "XX"), "KEEPTTL");
      case 8, 9, 10 -> of("GET", key());
      case 11 -> of("SETNX", key(), value());
      case 12 -> of("SET", key(), value(), "NX", "EXAT", FAR);
      case 13 -> of("GETEX", key(), "PERSIST");
      case 14 -> of("GETEX", key(), "EXAT", pick(FAR, "1"));
      case 15 -> of("GETEX", key());
      case 16 -> of("GETDEL", key());
      case 17 -> of("GETSET", key(), value());
      case 18 -> of("MGET", key(), key(), key());
      case 19 -> of("MSET", key(), value(), key(), value());
      case 20 -> of("MSETNX", key(), value(), key(), value());
      case 21 -> of("APPEND", key(), value());
      case 22 -> of("STRLEN", key());
      case 23, 24 -> of(pick("GETRANGE", "SUBSTR"), key(), small(), small());
      case 25 -> of("SETRANGE", key(), String.valueOf(random.nextInt(100)), value());
      case 26 -> of(pick("INCR", "DECR"), key());
      case 27 -> of(pick("INCRBY", "DECRBY"), key(), pick(NUMBERS));
      case 28, 29 -> of("INCRBYFLOAT", key(), pick(NUMBERS));
      case 30 -> of("LCS", key(), key());
      case 31 -> of("LCS", key(), key(), "LEN");
      case 32 -> of("LCS", key(), key(), "IDX");
      case 33 -> of("LCS", key(), key(), "IDX", "MINMATCHLEN", small(), "WITHMATCHLEN");
      case 34 -> of(pick("DEL", "UNLINK"), key(), key());
      case 35 -> of(pick("EXISTS", "TOUCH"), key(), key(), key());
      case 36 -> of("TYPE", key());
      case 37 -> of(pick("RENAME", "RENAMENX"), key(), key());
      case 38 -> of("COPY", key(), key());
      case 39 -> of("COPY", key(), key(), "DB", String.valueOf(random.nextInt(3)), "REPLACE");
      case 40 -> of("MOVE", key(), String.valueOf(random.nextInt(3)));
      case 41 -> of("KEYS", pick(PATTERNS));
      case 42, 43 -> of("DBSIZE");
      case 44 -> of("OBJECT", "ENCODING", key());
      case 45 -> of("OBJECT", "FREQ", key());
      case 46 -> of("EXPIREAT", key(), pick(FAR, "1", "0", "-5", "3999999999"));
      case 47 ->
          of("PEXPIREAT", key(), pick(FAR_MILLIS, "3000000000000"), pick("NX", "XX", "GT", "LT"));
      case 48 -> of(pick("EXPIRETIME", "PERSIST"), key());
      case 49 -> of("SELECT", String.valueOf(random.nextInt(3)));
      case 50 -> random.nextInt(10) == 0 ? rare() : of("EXISTS", key());
      default -> of("SET", key(), pick(NUMBERS));
    };
  }

  private String[] rare() {
    return switch (random.nextInt(3)) {
      case 0 -> of("FLUSHDB");
      case 1 -> of("FLUSHALL", pick("ASYNC", "SYNC"));
      default -> of("SWAPDB", String.valueOf(random.nextInt(3)), String.valueOf(random.nextInt(3)));
    };
  }

  private String key() {
    return random.nextInt(4) == 0 ? "key:" + random.nextInt(300) : pick(KEYS);
  }

  private String value() {
    return switch (random.nextInt(5)) {
      case 0 -> pick(NUMBERS);
      case 1 -> String.valueOf(random.nextInt());
      case 2 -> "x".repeat(random.nextInt(42, 48));
      case 3 -> Long.toString(random.nextLong(), 2).repeat(random.nextInt(10));
      default -> Integer.toString(random.nextInt(), 3);
    };
  }

  private String small() {
    return String.valueOf(random.nextInt(-12, 12));
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static String[] of(String... words) {
    return words;
  }
}
