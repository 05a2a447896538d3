package io.varve.server.commands;

import java.util.SplittableRandom;

/// Draws commands on bitmaps, HyperLogLogs and strings long enough for chunks by lot.
final class RandomBitCommands {

  private static final String[] OVERFLOWS = {"WRAP", "SAT", "FAIL", "wrap"};

  private final SplittableRandom random;

  RandomBitCommands(SplittableRandom random) {
    this.random = random;
  }

  String[] next() {
    return switch (random.nextInt(30)) {
      case 0, 1, 2, 3 -> of("SETBIT", key(), bit(), number(0, 2));
      case 4, 5 -> of("GETBIT", key(), bit());
      case 6 -> of("BITCOUNT", key());
      case 7 -> of("BITCOUNT", key(), position(), position());
      case 8 -> of("BITCOUNT", key(), position(), position(), pick("BIT", "BYTE", "bit"));
      case 9 -> of("BITPOS", key(), number(0, 2));
      case 10 -> of("BITPOS", key(), number(0, 2), position());
      case 11 -> of("BITPOS", key(), number(0, 2), position(), position());
      case 12 -> of("BITPOS", key(), number(0, 2), position(), position(), pick("BIT", "BYTE"));
      case 13 -> of("BITOP", pick("AND", "OR", "XOR", "and"), key(), key(), key());
      case 14 -> of("BITOP", "NOT", key(), key());
      case 15 -> of("BITFIELD", key(), "GET", type(), bit(), "GET", type(), "#" + number(0, 9));
      case 16, 17 ->
          of("BITFIELD", key(), "OVERFLOW", pick(OVERFLOWS), "INCRBY", type(), bit(), delta());
      case 18 ->
          of("BITFIELD", key(), "SET", type(), "#" + number(0, 20), delta(), "GET", "u8", "0");
      case 19 -> of("BITFIELD_RO", key(), "GET", type(), bit());
      case 20 -> of("SETRANGE", key(), number(0, 40_000), "abc".repeat(random.nextInt(900)));
      case 21 -> of("APPEND", key(), "x".repeat(random.nextInt(3000)));
      case 22 -> of("GETRANGE", key(), position(), position());
      case 23 -> of(pick("STRLEN", "TYPE", "INCR", "OBJECT"), key());
      case 24 ->
          random.nextInt(5) == 0 ? of("SET", key(), "short") : of("OBJECT", "ENCODING", key());
      case 25 -> of(pick("COPY", "RENAME", "RENAMENX"), key(), key());
      case 26 -> of(pick("DEL", "GET", "GETDEL", "PERSIST"), key());
      case 27 -> random.nextInt(4) == 0 ? of("GETSET", key(), "new") : of("EXPIRETIME", key());
      case 28 -> of("EXPIREAT", key(), pick("4000000000", "4100000000"));
      default -> sketch();
    };
  }

  private String[] sketch() {
    return switch (random.nextInt(8)) {
      case 0, 1, 2, 3 -> elements();
      case 4 -> of("PFCOUNT", sketchKey());
      case 5 -> of("PFCOUNT", sketchKey(), sketchKey(), sketchKey());
      case 6 -> of("PFMERGE", sketchKey(), sketchKey(), sketchKey());
      default -> of("GETRANGE", sketchKey(), "16", "-1");
    };
  }

  private String[] elements() {
    int count = random.nextInt(random.nextInt(10) == 0 ? 300 : 8);
    String[] command = new String[2 + count];
    command[0] = "PFADD";
    command[1] = sketchKey();
    for (int i = 0; i < count; i++) {
      command[2 + i] = "e".repeat(random.nextInt(12)) + random.nextInt(4000);
    }
    return command;
  }

  private String key() {
    return "b" + random.nextInt(6);
  }

  private String sketchKey() {
    return random.nextInt(60) == 0 ? "b1" : "h" + random.nextInt(4);
  }

  private String bit() {
    return switch (random.nextInt(12)) {
      case 0 -> number(0, 2_000_000);
      case 1 -> pick("-1", "4294967296", "x", "4294967295000");
      default -> number(0, 300);
    };
  }

  private String position() {
    return random.nextBoolean() ? number(-40, 40) : number(-40_000, 40_000);
  }

  private String type() {
    return random.nextInt(30) == 0
        ? pick("u64", "i65", "x8", "i0", "i", "u07")
        : random.nextBoolean() ? "i" + number(1, 65) : "u" + number(1, 64);
  }

  private String delta() {
    return switch (random.nextInt(4)) {
      case 0 -> String.valueOf(random.nextLong());
      case 1 -> pick("9223372036854775807", "-9223372036854775808", "0", "1", "-1");
      default -> number(-300, 300);
    };
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
