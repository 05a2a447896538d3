package io.varve.server.commands;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;

/// Draws commands on streams by lot: few keys, groups and consumers, ids close to each other, so that
/// they meet; now and then a key that is no stream, one that has expired, and an argument that is none.
///
/// Ids and delivery times are named, never those of the clock. Redis 7.0 makes a missing consumer only
/// where it gets something, 7.2 always: so all consumers are made with their group. And only 7.2 lets the
/// last id not fall behind a deleted one: so no id is beyond those that XSETID sets.
final class RandomStreamCommands {

  private static final String[] KEYS = {"a", "b", "c", "string"};
  private static final String[] GROUPS = {"g", "h", "group with a longer name", ""};
  private static final String[] CONSUMERS = {"alice", "bob", "", "alice2"};
  private static final String FAR_IDLE = "100000000000";

  private final SplittableRandom random;
  private final Deque<String[]> due = new ArrayDeque<>();
  private int top = 1;

  RandomStreamCommands(SplittableRandom random) {
    this.random = random;
  }

  String[] next() {
    return due.isEmpty() ? draw() : due.poll();
  }

  private String[] draw() {
    return switch (random.nextInt(56)) {
      case 0, 1, 2, 3, 4, 5, 6, 7 -> add();
      case 8 -> of("XADD", key(), "NOMKSTREAM", newId(), "f", "v");
      case 9 -> of("XADD", key(), "MAXLEN", pick("=", "="), small(), newId(), "f", value());
      case 10 -> of("XADD", key(), "MINID", anyId(), newId(), "f", value());
      case 11 -> of("XADD", key(), "MAXLEN", "~", "100000", "LIMIT", small(), newId(), "f", "v");
      case 12 -> of("XLEN", key());
      case 13, 14 -> of("XRANGE", key(), from(), to());
      case 15 -> of("XRANGE", key(), from(), to(), "COUNT", small());
      case 16, 17 -> of("XREVRANGE", key(), to(), from());
      case 18 -> of("XREVRANGE", key(), to(), from(), "COUNT", small());
      case 19, 20 -> of("XDEL", key(), anyId(), anyId(), anyId());
      case 21 -> of("XTRIM", key(), "MAXLEN", pick("5", "10", "20", "40", "0", "100", "-1"));
      case 22 -> of("XTRIM", key(), "MINID", anyId());
      case 23 -> random.nextInt(20) == 0 ? of("XTRIM", key(), "MAXLEN", "~", "0") : of("XLEN", "a");
      case 24 -> setId();
      case 25, 26 -> of("XREAD", "STREAMS", key(), readId());
      case 27 -> of("XREAD", "COUNT", small(), "STREAMS", key(), key(), readId(), readId());
      case 28 -> of("XREAD", "STREAMS", key(), pick("$", ">", "x", "+"));
      case 29, 30 -> createGroup();
      case 31 -> of("XGROUP", "SETID", key(), group(), pick("$", "0", "-", "+", anyId()));
      case 32 -> of("XGROUP", "SETID", key(), group(), anyId(), "ENTRIESREAD", small());
      case 33 -> random.nextInt(5) == 0 ? of("XGROUP", "DESTROY", key(), group()) : of("DBSIZE");
      case 34 -> removeConsumer();
      case 35, 36, 37, 38 ->
          of("XREADGROUP", "GROUP", group(), consumer(), "COUNT", small(), "STREAMS", key(), ">");
      case 39 ->
          of(
              "XREADGROUP",
              "GROUP",
              group(),
              consumer(),
              "NOACK",
              "STREAMS",
              key(),
              key(),
              ">",
              ">");
      case 40, 41 ->
          of("XREADGROUP", "GROUP", group(), consumer(), "COUNT", "3", "STREAMS", key(), anyId());
      case 42, 43, 44 -> of("XACK", key(), group(), anyId(), anyId(), anyId());
      case 45 -> of("XPENDING", key(), group());
      case 46 -> of("XPENDING", key(), group(), from(), to(), small());
      case 47 -> of("XPENDING", key(), group(), from(), to(), small(), consumer());
      case 48 -> of("XPENDING", key(), group(), "IDLE", idle(), from(), to(), small(), consumer());
      case 49 -> claim();
      case 50 -> claimIdle();
      case 51 -> of("XINFO", "STREAM", key());
      case 52 -> of("XINFO", "STREAM", key(), "FULL", "COUNT", small());
      case 53 -> random.nextBoolean() ? of("XINFO", "GROUPS", key()) : consumers();
      case 54 -> general();
      default -> of("XINFO", "STREAM", key(), "FULL");
    };
  }

  private String[] add() {
    int fields = random.nextInt(8) == 0 ? random.nextInt(5) : 1;
    String[] command = new String[3 + 2 * fields];
    command[0] = "XADD";
    command[1] = key();
    command[2] = newId();
    for (int i = 3; i < command.length; i++) {
      command[i] = value();
    }
    return command;
  }

  private String[] setId() {
    top += 5;
    return switch (random.nextInt(6)) {
      case 0 -> of("XSETID", key(), "1-" + top);
      case 1 -> of("XSETID", key(), pick("x", "-", "1-" + top));
      case 2 -> of("XSETID", key(), "1-" + top, "ENTRIESADDED", small());
      case 3 -> of("XSETID", key(), "1-" + top, "ENTRIESADDED", "500", "MAXDELETEDID", anyId());
      default -> of("XLEN", key());
    };
  }

  private String[] createGroup() {
    String key = key();
    String group = group();
    for (String consumer : CONSUMERS) {
      due.add(of("XGROUP", "CREATECONSUMER", key, group, consumer));
    }
    return switch (random.nextInt(4)) {
      case 0 -> of("XGROUP", "CREATE", key, group, pick("$", "0", anyId()));
      case 1 -> of("XGROUP", "CREATE", key, group, pick("$", "0", "-"), "MKSTREAM");
      case 2 -> of("XGROUP", "CREATE", key, group, "0", "ENTRIESREAD", small(), "MKSTREAM");
      default -> of("XGROUP", "CREATE", key, group, "0", "MKSTREAM");
    };
  }

  private String[] removeConsumer() {
    if (random.nextInt(4) != 0) {
      return of("XPENDING", key(), group());
    }
    String key = key();
    String group = group();
    String consumer = consumer();
    due.add(of("XGROUP", "CREATECONSUMER", key, group, consumer));
    return of("XGROUP", "DELCONSUMER", key, group, consumer);
  }

  private String[] claim() {
    String time = String.valueOf(1_000_000L + random.nextInt(1000));
    return switch (random.nextInt(6)) {
      case 0 -> of("XCLAIM", key(), group(), consumer(), "0", anyId(), anyId());
      case 1 -> of("XCLAIM", key(), group(), consumer(), FAR_IDLE, anyId(), anyId(), "TIME", time);
      case 2 -> of("XCLAIM", key(), group(), consumer(), "0", anyId(), "FORCE", "TIME", time);
      case 3 -> of("XCLAIM", key(), group(), consumer(), "0", anyId(), "JUSTID", "FORCE");
      case 4 ->
          of("XCLAIM", key(), group(), consumer(), "-1", anyId(), "RETRYCOUNT", small(), "FORCE");
      default -> of("XCLAIM", key(), group(), consumer(), "0", anyId(), "LASTID", anyId());
    };
  }

  private String[] claimIdle() {
    return switch (random.nextInt(4)) {
      case 0 -> of("XAUTOCLAIM", key(), group(), consumer(), "0", from());
      case 1 -> of("XAUTOCLAIM", key(), group(), consumer(), FAR_IDLE, from());
      case 2 -> of("XAUTOCLAIM", key(), group(), consumer(), "0", from(), "COUNT", small());
      default -> of("XAUTOCLAIM", key(), group(), consumer(), "0", from(), "JUSTID", "COUNT", "2");
    };
  }

  private String[] consumers() {
    return of("XINFO", "CONSUMERS", key(), group());
  }

  private String[] general() {
    return switch (random.nextInt(12)) {
      case 0 -> of("DEL", key());
      case 1 -> of("COPY", key(), key());
      case 2 -> of("RENAME", pick("a", "b", "c"), pick("a", "b", "c"));
      case 3 -> of("PEXPIREAT", pick("a", "b"), pick("4000000000123", "1"));
      case 4 -> of("SET", pick("string", "string", "string", "c"), "1");
      case 5 -> of("OBJECT", "ENCODING", key());
      case 6 -> of("TYPE", key());
      default -> of("PEXPIRETIME", key());
    };
  }

  private String newId() {
    return switch (random.nextInt(12)) {
      case 0 -> "1-*";
      case 1 -> anyId();
      case 2 -> pick("0-0", "x", "0-*", "1-x", "-", "", "1-2-3", "01-01");
      default -> {
        top++;
        yield "1-" + top;
      }
    };
  }

  private String anyId() {
    return switch (random.nextInt(14)) {
      case 0 -> "0";
      case 1 -> String.valueOf(random.nextInt(2));
      case 2 -> random.nextInt(8) == 0 ? pick("x", "-1", "5-18446744073709551616", "(1") : "0-0";
      case 3 -> "1-" + top;
      default -> "1-" + Math.max(0, top - random.nextInt(60));
    };
  }

  private String from() {
    return random.nextInt(3) == 0 ? "-" : random.nextInt(4) == 0 ? "(" + anyId() : anyId();
  }

  private String to() {
    return random.nextInt(3) == 0 ? "+" : random.nextInt(4) == 0 ? "(" + anyId() : anyId();
  }

  private String readId() {
    return random.nextInt(10) == 0 ? "$" : anyId();
  }

  private String idle() {
    return pick("0", FAR_IDLE, "x");
  }

  private String key() {
    return random.nextInt(30) == 0 ? "missing" : pick(KEYS);
  }

  private String group() {
    return random.nextInt(30) == 0 ? "nobody" : pick(GROUPS);
  }

  private String consumer() {
    return pick(CONSUMERS);
  }

  private String small() {
    return random.nextInt(60) == 0 ? "x" : String.valueOf(random.nextInt(-1, 25));
  }

  private String value() {
    return random.nextInt(20) == 0
        ? "value".repeat(random.nextInt(100))
        : String.valueOf(random.nextInt(1000));
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static String[] of(String... words) {
    return words;
  }
}
