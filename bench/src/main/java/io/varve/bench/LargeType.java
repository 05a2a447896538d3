package io.varve.bench;

import java.util.List;
import java.util.Locale;

/// A type of which a large value is made: how it is built, and what is asked of it.
enum LargeType {
  HASH("HSET") {
    @Override
    List<String> element(long number) {
      return List.of("field:" + number, "value:" + number);
    }

    @Override
    List<Question> questions(long size) {
      return List.of(
          Question.random("HGET", size, (key, i) -> List.of("HGET", key, "field:" + i)),
          Question.scan("HSCAN"),
          Question.whole("HGETALL"));
    }
  },
  LIST("RPUSH") {
    @Override
    List<String> element(long number) {
      return List.of("element:" + number);
    }

    @Override
    List<Question> questions(long size) {
      return List.of(
          Question.random("LINDEX", size, (key, i) -> List.of("LINDEX", key, "" + i)),
          Question.page("LRANGE", "head", 0),
          Question.page("LRANGE", "middle", size / 2),
          Question.page("LRANGE", "tail", size - PAGE),
          Question.repeated("LPOP", key -> List.of("LPOP", key)));
    }
  },
  SET("SADD") {
    @Override
    List<String> element(long number) {
      return List.of("member:" + number);
    }

    @Override
    List<Question> questions(long size) {
      return List.of(
          Question.random("SISMEMBER", size, (key, i) -> List.of("SISMEMBER", key, "member:" + i)),
          Question.scan("SSCAN"),
          Question.whole("SMEMBERS"),
          Question.repeated("SPOP", key -> List.of("SPOP", key)));
    }
  },
  ZSET("ZADD") {
    @Override
    List<String> element(long number) {
      return List.of(Long.toString(score(number)), "member:" + number);
    }

    @Override
    List<Question> questions(long size) {
      return List.of(
          Question.random("ZSCORE", size, (key, i) -> List.of("ZSCORE", key, "member:" + i)),
          Question.random("ZRANK", size, (key, i) -> List.of("ZRANK", key, "member:" + i)),
          Question.page("ZRANGE", "head", 0),
          Question.page("ZRANGE", "middle", size / 2),
          Question.page("ZRANGE", "tail", size - PAGE),
          Question.random(
              "ZRANGEBYSCORE LIMIT 0 100",
              size,
              (key, i) ->
                  List.of("ZRANGEBYSCORE", key, "" + score(i), "+inf", "LIMIT", "0", "100")),
          Question.repeated("ZPOPMIN", key -> List.of("ZPOPMIN", key)));
    }
  },
  STREAM("XADD") {
    @Override
    List<String> element(long number) {
      return List.of(number + 1 + "-0", "field", "value:" + number);
    }

    @Override
    boolean isVariadic() {
      return false;
    }

    @Override
    List<Question> questions(long size) {
      return List.of(
          Question.random(
              "XRANGE COUNT 100",
              size,
              (key, i) -> List.of("XRANGE", key, i + "-0", "+", "COUNT", "100")),
          Question.random(
              "XREVRANGE COUNT 100",
              size,
              (key, i) -> List.of("XREVRANGE", key, i + "-0", "-", "COUNT", "100")));
    }
  };

  /// Elements of a range that is read at once.
  static final int PAGE = 600;

  private final String command;

  LargeType(String command) {
    this.command = command;
  }

  /// The command that adds elements.
  final String command() {
    return command;
  }

  /// The arguments that one element takes.
  abstract List<String> element(long number);

  /// What is asked of a value of this many elements.
  abstract List<Question> questions(long size);

  /// Whether one command adds many.
  boolean isVariadic() {
    return true;
  }

  final String key(String variant) {
    return name().toLowerCase(Locale.ROOT) + ":" + variant;
  }

  /// In no order that the numbers have.
  private static long score(long number) {
    return (number * 0x9e3779b97f4a7c15L) >>> 24;
  }
}
