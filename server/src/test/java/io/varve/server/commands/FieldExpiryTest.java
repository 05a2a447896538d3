package io.varve.server.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.Reply;
import io.varve.server.keyspace.EncodingLimits;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.keyspace.KeyEventListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Expiry of fields. No redis-server of the version that brought it is at hand: a model stands for it.
class FieldExpiryTest {

  @TempDir Path directory;

  private CommandRig rig;

  @BeforeEach
  void open() {
    rig = new CommandRig(directory.resolve("store"));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void repliesSayWhatBecameOfEachField() {
    rig.call("HSET", "h", "a", "1", "b", "2", "c", "3");
    assertEquals(ints(1, -2, 1), rig.call("HEXPIRE", "h", "100", "FIELDS", "3", "a", "x", "b"));
    assertEquals(ints(100, 100, -1, -2), call("HTTL h FIELDS 4 a b c x"));
    assertEquals(ints(100_000), call("HPTTL h FIELDS 1 a"));
    long expiry = rig.nowMillis() + 100_000;
    assertEquals(ints(expiry), call("HPEXPIRETIME h FIELDS 1 a"));
    assertEquals(ints((expiry + 999) / 1000), call("HEXPIRETIME h FIELDS 1 a"));
    assertEquals(ints(0, 1), call("HPEXPIRE h 5000 NX FIELDS 2 a c"));
    assertEquals(ints(1, -2), call("HPEXPIRE h 6000 XX FIELDS 2 c x"));
    assertEquals(ints(0, 1), call("HPEXPIRE h 7000 GT FIELDS 2 a c"));
    assertEquals(ints(1, 0), call("HPEXPIRE h 7000 LT FIELDS 2 a c"));
    assertEquals(ints(1, 1, -2), call("HPERSIST h FIELDS 3 a b x"));
    assertEquals(ints(-1), call("HPERSIST h FIELDS 1 a"));
    assertEquals(ints(0), call("HPEXPIRE h 7000 GT FIELDS 1 a"));
    assertEquals(ints(2), call("HPEXPIRE h 0 FIELDS 1 a"));
    assertEquals(ints(2, 2), call("HEXPIREAT h 1 FIELDS 2 b c"));
    assertEquals(new Reply.Int(0), call("EXISTS h"));
    assertEquals(ints(-2, -2), call("HEXPIRE h 1 FIELDS 2 a b"));
    assertEquals(ints(-2), call("HTTL h FIELDS 1 a"));
    assertEquals(ints(-2), call("HPERSIST h FIELDS 1 a"));
  }

  @Test
  void mistakesAreRefusedInTheWordsOfRedis() {
    rig.call("HSET", "h", "f", "v");
    rig.call("SET", "s", "v");
    String missing = "ERR Mandatory argument FIELDS is missing or not at the right position";
    String mismatch = "ERR The `numfields` parameter must match the number of arguments";
    assertRefused(missing, "HEXPIRE h 1 FOO 1 f");
    assertRefused(missing, "HEXPIRE h 1 NX GT FIELDS 1 f");
    assertRefused(missing, "HTTL h FOO 1 f");
    assertRefused(missing, "HPERSIST h 1 FIELDS f");
    assertRefused(mismatch, "HEXPIRE h 1 FIELDS 2 f");
    assertRefused(mismatch, "HTTL h FIELDS 1 f g");
    assertRefused("ERR Parameter `numFields` should be greater than 0", "HEXPIRE h 1 FIELDS 0 f");
    assertRefused("ERR Parameter `numFields` should be greater than 0", "HEXPIRE h 1 FIELDS x f");
    assertRefused("ERR Number of fields must be a positive integer", "HTTL h FIELDS 0 f");
    assertRefused("ERR Number of fields must be a positive integer", "HPERSIST h FIELDS x f");
    assertRefused("ERR invalid expire time, must be >= 0", "HEXPIRE h -1 FIELDS 1 f");
    assertRefused("ERR value is not an integer or out of range", "HEXPIRE h x FIELDS 1 f");
    assertRefused(
        "ERR invalid expire time in 'hexpire' command", "HEXPIRE h 70368744178 FIELDS 1 f");
    assertRefused(
        "ERR invalid expire time in 'hpexpireat' command",
        "HPEXPIREAT h 70368744177664 FIELDS 1 f");
    assertRefused(
        "WRONGTYPE Operation against a key holding the wrong kind of value",
        "HEXPIRE s x FIELDS 1 f");
    assertRefused(
        "WRONGTYPE Operation against a key holding the wrong kind of value", "HTTL s FOO 1 f");
    assertRefused("ERR wrong number of arguments for 'hexpire' command", "HEXPIRE h 1 FIELDS 1");
    assertRefused("ERR wrong number of arguments for 'httl' command", "HTTL h FIELDS 1");
  }

  @Test
  void smallHashesAreOrderedByExpiryAndNamedForIt() {
    call("HSET h a 1 b 2 c 3 d 4");
    call("HEXPIRE h 300 FIELDS 1 d");
    call("HEXPIRE h 100 FIELDS 1 c");
    call("HEXPIRE h 200 FIELDS 1 b");
    assertEquals(Reply.Bulk.of("listpackex"), call("OBJECT ENCODING h"));
    assertEquals(List.of("c", "b", "d", "a"), texts(call("HKEYS h")));
    call("HINCRBY h c 10");
    assertEquals(ints(100), call("HTTL h FIELDS 1 c"));
    call("HSET h c x");
    assertEquals(ints(-1), call("HTTL h FIELDS 1 c"));
    assertEquals(List.of("b", "d", "a", "c"), texts(call("HKEYS h")));
  }

  @Test
  void passedFieldsAreNotSeenEvenWhereTheyStillLie() {
    for (String key : List.of("small", "large")) {
      int fields = key.equals("small") ? 4 : 1000;
      for (int i = 0; i < fields; i++) {
        rig.call("HSET", key, "f" + i, String.valueOf(i));
      }
      rig.call("HPEXPIRE", key, "100", "FIELDS", "2", "f0", "f1");
      rig.setNowMillis(rig.nowMillis() + 100);
      assertEquals(new Reply.Int(fields - 2), rig.call("HLEN", key));
      assertEquals(2 * (fields - 2), texts(rig.call("HGETALL", key)).size());
      assertEquals(new Reply.Null(), rig.call("HGET", key, "f0"));
      assertEquals(new Reply.Int(0), rig.call("HEXISTS", key, "f1"));
      assertEquals(new Reply.Int(0), rig.call("HDEL", key, "f1"));
      assertEquals(new Reply.Int(1), rig.call("HINCRBY", key, "f1", "1"));
      assertEquals(ints(-1), rig.call("HTTL", key, "FIELDS", "1", "f1"));
      assertEquals(new Reply.Int(1), rig.call("HSETNX", key, "f0", "new"));
      assertEquals(new Reply.Int(fields), rig.call("HLEN", key));
      rig.tick();
      assertEquals(new Reply.Int(fields), rig.call("HLEN", key));
    }
  }

  @Test
  void theKeyGoesWithItsLastFieldWithoutBeingAskedFor() {
    call("HSET small f v");
    call("HPEXPIRE small 50 FIELDS 1 f");
    List<String> addition = new ArrayList<>(List.of("HSET", "large"));
    List<String> expiry = new ArrayList<>(List.of("HPEXPIRE", "large", "50", "FIELDS", "3000"));
    for (int i = 0; i < 3000; i++) {
      addition.addAll(List.of("f" + i, "v"));
      expiry.add("f" + i);
    }
    rig.call(addition.toArray(String[]::new));
    rig.call(expiry.toArray(String[]::new));
    call("SET other v");
    rig.flush();
    rig.setNowMillis(rig.nowMillis() + 50);
    for (int i = 0; i < 20; i++) {
      rig.tick();
      rig.setNowMillis(rig.nowMillis() + 100);
    }
    assertEquals(new Reply.Int(1), call("DBSIZE"));
    assertEquals(new Reply.Int(0), call("EXISTS small large"));
  }

  @Test
  void fieldsExpireAlsoAfterTheirHashHasMoved() {
    call("HSET h a 1 b 2");
    call("HPEXPIRE h 50 FIELDS 1 a");
    call("COPY h copied");
    call("RENAME h renamed");
    call("EXPIRE renamed 1000");
    call("PERSIST renamed");
    rig.setNowMillis(rig.nowMillis() + 60);
    call("COPY renamed late");
    call("MOVE copied 1");
    rig.tick();
    rig.setNowMillis(rig.nowMillis() + 100);
    rig.tick();
    assertEquals(List.of("b", "2"), texts(call("HGETALL renamed")));
    assertEquals(List.of("b", "2"), texts(call("HGETALL late")));
    call("SELECT 1");
    assertEquals(List.of("b", "2"), texts(call("HGETALL copied")));
  }

  @Test
  void eventsTellOfExpiriesOfFields() {
    List<String> events = new ArrayList<>();
    rig.keyspace()
        .listenToEvents(
            new KeyEventListener() {
              @Override
              public boolean wants(KeyEventClass eventClass) {
                return eventClass != KeyEventClass.NEW;
              }

              @Override
              public void happened(int logical, KeyEventClass eventClass, String event, Slice key) {
                events.add(eventClass.letter() + " " + event + " " + key.toUtf8());
              }
            });
    call("HSET h a 1 b 2 c 3");
    call("HPEXPIRE h 50 FIELDS 2 a b");
    call("HPERSIST h FIELDS 1 b");
    call("HPEXPIRE h 0 FIELDS 1 b");
    call("HPEXPIRE h 60 FIELDS 1 c");
    rig.setNowMillis(rig.nowMillis() + 50);
    rig.tick();
    rig.setNowMillis(rig.nowMillis() + 50);
    rig.tick();
    assertEquals(
        List.of(
            "h hset h",
            "h hexpire h",
            "h hpersist h",
            "h hdel h",
            "h hexpire h",
            "h hexpired h",
            "h hexpired h",
            "g del h"),
        events);
  }

  /// @param inlineBytes 0 spreads every hash at once
  @ParameterizedTest
  @ValueSource(ints = {0, 300, 1 << 20})
  void randomCommandsDoAsTheModelDoes(int inlineBytes) {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int entries = inlineBytes == 0 ? 0 : 8;
    rig.keyspaceSetting(
        keyspace ->
            keyspace.encodingLimits(
                new EncodingLimits(
                    inlineBytes > 1000 ? 128 : entries, 64, 512, 128, 64, inlineBytes)));
    Map<String, long[]> model = new TreeMap<>();
    for (int step = 0; step < 3000; step++) {
      String field = "f" + random.nextInt(20);
      long now = rig.nowMillis();
      model.values().removeIf(value -> value[1] <= now);
      long[] held = model.get(field);
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> {
          long value = random.nextInt(1000);
          assertEquals(new Reply.Int(held == null ? 1 : 0), call("HSET h " + field + " " + value));
          model.put(field, new long[] {value, Long.MAX_VALUE});
        }
        case 3, 4 -> {
          long expiry = now + random.nextInt(200);
          boolean passed = expiry == now;
          assertEquals(
              ints(held == null ? -2 : passed ? 2 : 1),
              call("HPEXPIREAT h " + expiry + " FIELDS 1 " + field));
          if (held != null) {
            held[1] = expiry;
          }
        }
        case 5 -> {
          boolean had = held != null && held[1] != Long.MAX_VALUE;
          assertEquals(
              ints(held == null ? -2 : had ? 1 : -1), call("HPERSIST h FIELDS 1 " + field));
          if (held != null) {
            held[1] = Long.MAX_VALUE;
          }
        }
        case 6 -> {
          assertEquals(new Reply.Int(held == null ? 0 : 1), call("HDEL h " + field));
          model.remove(field);
        }
        case 7 -> {
          long sum = (held == null ? 0 : held[0]) + 5;
          assertEquals(new Reply.Int(sum), call("HINCRBY h " + field + " 5"));
          model.computeIfAbsent(field, _ -> new long[] {0, Long.MAX_VALUE})[0] = sum;
        }
        case 8 -> {
          rig.setNowMillis(now + random.nextInt(40));
          if (random.nextBoolean()) {
            rig.tick();
          }
        }
        default -> {
          switch (random.nextInt(8)) {
            case 0 -> rig.flush();
            case 1 -> rig.reopen();
            case 2 -> {
              call("RENAME h i");
              call("RENAME i h");
            }
            case 3 -> {
              call("COPY h i REPLACE");
              call("RENAME i h");
            }
            default -> {}
          }
        }
      }
      assertHolds(model);
    }
    rig.setNowMillis(rig.nowMillis() + 100_000);
    model.values().removeIf(value -> value[1] != Long.MAX_VALUE);
    assertHolds(model);
    rig.tick();
    rig.setNowMillis(rig.nowMillis() + 100);
    rig.tick();
    assertEquals(new Reply.Int(model.isEmpty() ? 0 : 1), call("DBSIZE"));
    assertHolds(model);
  }

  private void assertHolds(Map<String, long[]> model) {
    long now = rig.nowMillis();
    List<String> expected = new ArrayList<>();
    for (Map.Entry<String, long[]> field : model.entrySet()) {
      if (field.getValue()[1] > now) {
        expected.add(field.getKey() + "=" + field.getValue()[0]);
      }
    }
    List<String> flat = texts(call("HGETALL h"));
    TreeSet<String> found = new TreeSet<>();
    for (int i = 0; i < flat.size(); i += 2) {
      found.add(flat.get(i) + "=" + flat.get(i + 1));
    }
    assertEquals(new TreeSet<>(expected), found);
    assertEquals(new Reply.Int(expected.size()), call("HLEN h"));
    if (!expected.isEmpty()) {
      String field = assertInstanceOf(Reply.Bulk.class, call("HRANDFIELD h")).text();
      assertTrue(model.get(field)[1] > now, field);
      long expiry = model.get(field)[1];
      assertEquals(
          ints(expiry == Long.MAX_VALUE ? -1 : expiry), call("HPEXPIRETIME h FIELDS 1 " + field));
    }
  }

  private Reply call(String line) {
    return rig.call(line.split(" ", -1));
  }

  private void assertRefused(String error, String line) {
    assertEquals(new Reply.Failure(error), call(line), line);
  }

  private static Reply ints(long... values) {
    return new Reply.Array(
        Arrays.stream(values).<Reply>mapToObj(value -> new Reply.Int(value)).toList());
  }

  private static List<String> texts(Reply reply) {
    return switch (reply) {
      case Reply.Array array -> array.elements().stream().map(e -> texts(e).getFirst()).toList();
      case Reply.Bulk bulk -> List.of(bulk.text());
      default -> throw new AssertionError(reply);
    };
  }
}
