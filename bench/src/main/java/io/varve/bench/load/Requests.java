package io.varve.bench.load;

import io.varve.bench.records.KeyChoice;
import io.varve.bench.records.Permutation;
import io.varve.bench.records.Population;
import io.varve.bench.records.Records;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/// Turns actions into requests, and replies in the middle of an action into its next request. One for each
/// connection; one thread.
///
/// Names are numbers in an order that looks random, so that records which were written one after the
/// other lie anywhere in the order of names.
final class Requests {

  /// Elements of a value that has some.
  static final int ELEMENTS = 1000;

  /// The names of all records, in their order.
  static final String INDEX = "records";

  private static final byte[] RECORD = bytes("rec:");
  private static final byte[] COUNTER = bytes("int:");
  private static final byte[] HASH = bytes("map:");
  private static final byte[] LIST = bytes("lst:");
  private static final byte[] SET_OF = bytes("set:");
  private static final byte[] SORTED = bytes("zst:");
  private static final byte[] ELEMENT = bytes("element:");
  private static final byte[] RANGE_FROM = bytes("[rec:");

  private static final byte[] PING = bytes("*1\r\n$4\r\nPING\r\n");
  private static final byte[] GET = RequestBuffer.word("GET");
  private static final byte[] SET = RequestBuffer.word("SET");
  private static final byte[] MGET = RequestBuffer.word("MGET");
  private static final byte[] INCR = RequestBuffer.word("INCR");
  private static final byte[] HSET = RequestBuffer.word("HSET");
  private static final byte[] LPUSH = RequestBuffer.word("LPUSH");
  private static final byte[] SADD = RequestBuffer.word("SADD");
  private static final byte[] ZADD = RequestBuffer.word("ZADD");
  private static final byte[] ZRANGEBYLEX = RequestBuffer.word("ZRANGEBYLEX");
  private static final byte[] INDEX_NAME = RequestBuffer.word(INDEX);
  private static final byte[] ZERO = RequestBuffer.word("0");
  private static final byte[] TO_THE_END = RequestBuffer.word("+");
  private static final byte[] LIMIT = RequestBuffer.word("LIMIT");

  private static final Permutation NAMES = new Permutation(1_000_000_000_000L, 3);

  private final RequestBuffer out;
  private final InFlight inFlight;
  private final Data data;
  private final Action[] wheel;
  private final SplittableRandom random;

  /// What is asked for, shared by all connections.
  ///
  /// @param draw of those that exist
  /// @param scanMax records of a scan at most
  /// @param indexed whether new records enter the index
  record Data(
      Records records, Population population, KeyChoice.Draw draw, int scanMax, boolean indexed) {}

  Requests(RequestBuffer out, InFlight inFlight, Data data, Mix mix, SplittableRandom random) {
    this.out = out;
    this.inFlight = inFlight;
    this.data = data;
    this.wheel = mix.wheel();
    this.random = random;
  }

  /// Draws an action and writes its first request.
  ///
  /// @param due when it was due
  void begin(long due) {
    Action action = Mix.draw(wheel, random);
    switch (action) {
      case PING -> {
        out.add(PING);
        inFlight.add(action, true, 0, due);
      }
      case INSERT -> insert(data.population.takeNext(), due);
      case READ, UPDATE, SCAN, READ_MODIFY_WRITE, INCR, HSET, LPUSH, SADD, ZADD ->
          ask(action, data.draw.next(random), due);
    }
  }

  private void ask(Action action, long number, long due) {
    long owner = number / ELEMENTS;
    boolean isLast = true;
    switch (action) {
      case READ -> out.array(2).add(GET).addName(RECORD, NAMES.at(number));
      case UPDATE -> set(number);
      case READ_MODIFY_WRITE -> {
        out.array(2).add(GET).addName(RECORD, NAMES.at(number));
        isLast = false;
      }
      case SCAN -> {
        out.array(7).add(ZRANGEBYLEX).add(INDEX_NAME).addName(RANGE_FROM, NAMES.at(number));
        out.add(TO_THE_END).add(LIMIT).add(ZERO).addNumber(1 + random.nextInt(data.scanMax));
        isLast = false;
      }
      case INCR -> out.array(2).add(INCR).addName(COUNTER, NAMES.at(number));
      case HSET -> value(out.array(4).add(HSET).addName(HASH, owner).addName(ELEMENT, number));
      case LPUSH -> value(out.array(3).add(LPUSH).addName(LIST, owner));
      case SADD -> out.array(3).add(SADD).addName(SET_OF, owner).addName(ELEMENT, number);
      case ZADD ->
          out.array(4)
              .add(ZADD)
              .addName(SORTED, owner)
              .addNumber(random.nextInt(1_000_000))
              .addName(ELEMENT, number);
      case PING, INSERT -> throw new IllegalStateException("needs no record: " + action);
    }
    inFlight.add(action, isLast, number, due);
  }

  private void insert(long number, long due) {
    set(number);
    inFlight.add(Action.INSERT, !data.indexed, number, due);
    if (data.indexed) {
      out.array(4).add(ZADD).add(INDEX_NAME).add(ZERO).addName(RECORD, NAMES.at(number));
      inFlight.add(Action.INSERT, true, number, due);
    }
  }

  private void set(long number) {
    value(out.array(3).add(SET).addName(RECORD, NAMES.at(number)));
  }

  /// Of a few thousand different ones, so that a value that is written anew is another one.
  private void value(RequestBuffer request) {
    data.records.addValue(random.nextInt(), request::addBytes);
  }

  /// The oldest request in flight, which was not the last of its action, has got this reply.
  ///
  /// @return whether the action has ended after all
  boolean goOn(byte[] reply, int from, int to) {
    return switch (inFlight.action()) {
      case READ_MODIFY_WRITE -> {
        set(inFlight.number());
        inFlight.add(Action.READ_MODIFY_WRITE, true, inFlight.number(), inFlight.due());
        yield false;
      }
      case SCAN -> {
        long names = ReplyScanner.number(reply, from + 1);
        if (names <= 0) {
          yield true;
        }
        // The elements of the reply have the form of the arguments.
        int first = ReplyScanner.lineEnd(reply, from, to);
        out.array(Math.toIntExact(names) + 1).add(MGET).addRaw(reply, first, to - first);
        inFlight.add(Action.SCAN, true, inFlight.number(), inFlight.due());
        yield false;
      }
      case INSERT -> false;
      case READ, UPDATE, PING, INCR, HSET, LPUSH, SADD, ZADD ->
          throw new IllegalStateException("has one request: " + inFlight.action());
    };
  }

  /// An action has ended.
  void ended(Action action) {
    if (action == Action.INSERT) {
      data.population.acknowledged();
    }
  }

  /// An action as [#begin] might have drawn it.
  Action any() {
    return Mix.draw(wheel, random);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
