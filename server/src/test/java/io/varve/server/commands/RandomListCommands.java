package io.varve.server.commands;

import java.util.SplittableRandom;

/// Draws commands on lists by lot: few keys and few different elements, so that they meet; now and then
/// a key that is no list, one that has expired, and an argument that is none.
final class RandomListCommands {

  private static final String[] KEYS = {"a", "b", "c", "d", "string"};
  private static final String[] ELEMENTS = {"x", "y", "", "1", "-1", "12345678901", "xx"};
  private static final String[] ENDS = {"LEFT", "RIGHT", "left", "rIGHT"};

  private final SplittableRandom random;

  RandomListCommands(SplittableRandom random) {
    this.random = random;
  }

  String[] next() {
    return switch (random.nextInt(42)) {
      case 0, 1, 2, 3, 4 -> push(pick("LPUSH", "RPUSH"));
      case 5 -> push(pick("LPUSHX", "RPUSHX"));
      case 6, 7 -> of(pick("LPOP", "RPOP"), key());
      case 8 -> of(pick("LPOP", "RPOP"), key(), pick("0", "1", "2", "5", "40", "-1", "x"));
      case 9 -> of("LLEN", key());
      case 10, 11, 12 -> of("LRANGE", key(), index(), index());
      case 13 -> of("LRANGE", key(), "0", "-1");
      case 14, 15 -> of("LINDEX", key(), index());
      case 16, 17 -> of("LSET", key(), index(), element());
      case 18, 19, 20 ->
          of("LINSERT", key(), pick("BEFORE", "AFTER", "after", "FOO"), element(), element());
      case 21, 22 -> of("LREM", key(), pick("0", "1", "2", "-1", "-3", "y"), element());
      case 23 -> of("LTRIM", key(), index(), index());
      case 24 -> of("LTRIM", key(), "0", pick("-1", "-2", "30", "100"));
      case 25, 26 -> of("LPOS", key(), element());
      case 27 -> of("LPOS", key(), element(), "RANK", pick("1", "2", "-1", "-2", "0", "x"));
      case 28 ->
          of(
              "LPOS",
              key(),
              element(),
              "COUNT",
              pick("0", "1", "2", "-1"),
              "MAXLEN",
              number(),
              "RANK",
              pick("1", "-1", "3"));
      case 29, 30, 31 -> of("LMOVE", key(), key(), pick(ENDS), pick(ENDS));
      case 32 -> of("RPOPLPUSH", key(), key());
      case 33 -> of("LMPOP", "2", key(), key(), pick(ENDS));
      case 34 -> of("LMPOP", "1", key(), pick(ENDS), "COUNT", pick("1", "3", "0", "100", "x"));
      case 35 -> of("LMPOP", pick("0", "3", "-1", "x", "1"), key(), key(), pick(ENDS));
      case 36 -> random.nextInt(4) == 0 ? of("DEL", key()) : of("EXISTS", key());
      case 37 -> of("TYPE", key());
      case 38 -> of(pick("RENAME", "COPY"), key(), key());
      case 39 -> of("PEXPIREAT", pick("a", "b"), pick("4000000000123", "4000000000123", "1"));
      case 40 -> of("PEXPIRETIME", key());
      default -> random.nextInt(8) == 0 ? of("SET", pick("string", "d"), "1") : of("DBSIZE");
    };
  }

  private String[] push(String name) {
    String[] command = new String[3 + (random.nextInt(4) == 0 ? random.nextInt(40) : 0)];
    command[0] = name;
    command[1] = key();
    for (int i = 2; i < command.length; i++) {
      command[i] = element();
    }
    return command;
  }

  private String key() {
    return random.nextInt(30) == 0 ? "missing" : pick(KEYS);
  }

  private String element() {
    return random.nextInt(12) == 0 ? "long".repeat(random.nextInt(200)) : pick(ELEMENTS);
  }

  private String index() {
    return random.nextInt(60) == 0 ? "x" : number(-50, 50);
  }

  private String number() {
    return number(-1, 60);
  }

  private String number(int from, int to) {
    return String.valueOf(random.nextInt(from, to));
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static String[] of(String... words) {
    return words;
  }
}
