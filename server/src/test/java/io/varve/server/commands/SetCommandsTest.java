package io.varve.server.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.Reply;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.keyspace.KeyEventListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetCommandsTest {

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
  void encodingsAreThoseOfRedis() {
    rig.call("SADD", "numbers", "3", "1", "2");
    assertEncoding("intset", "numbers");
    assertEquals(List.of("1", "2", "3"), texts(rig.call("SMEMBERS", "numbers")));
    rig.call("SADD", "numbers", "word");
    assertEncoding("listpack", "numbers");
    assertEquals(List.of("1", "2", "3", "word"), texts(rig.call("SMEMBERS", "numbers")));
    rig.call("SADD", "numbers", "x".repeat(65));
    assertEncoding("hashtable", "numbers");
    rig.call(addition("many numbers", 512, ""));
    assertEncoding("intset", "many numbers");
    rig.call("SADD", "many numbers", "-1");
    assertEncoding("hashtable", "many numbers");
    rig.call(addition("words", 128, "w"));
    assertEncoding("listpack", "words");
    rig.call("SADD", "words", "w0");
    assertEncoding("listpack", "words");
    rig.call("SADD", "words", "one more");
    assertEncoding("hashtable", "words");
    rig.call(addition("mixed", 200, ""));
    rig.call("SADD", "mixed", "word");
    assertEncoding("hashtable", "mixed");
  }

  @Test
  void aStoredResultIsAsSmallAsItsMembersAllow() {
    rig.call(addition("a", 600, ""));
    rig.call("SADD", "a", "word");
    rig.call(addition("b", 300, ""));
    rig.call("SINTERSTORE", "d", "a", "b");
    assertEncoding("intset", "d");
    assertEquals(new Reply.Int(300), rig.call("SCARD", "d"));
    rig.call("SADD", "c", "word", "7");
    rig.call("SINTERSTORE", "d", "a", "c");
    assertEncoding("listpack", "d");
    rig.call("SUNIONSTORE", "a", "a", "b", "c");
    assertEncoding("hashtable", "a");
    assertEquals(new Reply.Int(601), rig.call("SCARD", "a"));
    assertEquals(new Reply.Int(301), rig.call("SDIFFSTORE", "a", "a", "b"));
    assertEquals(new Reply.Int(301), rig.call("SCARD", "a"));
    assertEquals(new Reply.Int(0), rig.call("SDIFFSTORE", "a", "a", "a"));
    assertEquals(new Reply.Int(0), rig.call("EXISTS", "a"));
  }

  @Test
  void aResultMayReplaceOneOfItsLargeSources() {
    rig.call(addition("a", 3000, "w"));
    rig.call(addition("b", 2000, "w"));
    rig.flush();
    assertEquals(new Reply.Int(2000), rig.call("SINTERSTORE", "a", "a", "b"));
    rig.reopen();
    assertEquals(
        new TreeSet<>(texts(rig.call("SMEMBERS", "b"))),
        new TreeSet<>(texts(rig.call("SMEMBERS", "a"))));
  }

  @Test
  void popsTakeEachMemberOnceAndTheKeyWithTheLastOne() {
    rig.call(addition("s", 3000, "w"));
    rig.flush();
    Set<String> popped = new HashSet<>();
    popped.add(assertInstanceOf(Reply.Bulk.class, rig.call("SPOP", "s")).text());
    for (int count : new int[] {1, 10, 2000, 900}) {
      List<String> some = texts(rig.call("SPOP", "s", String.valueOf(count)));
      assertEquals(count, some.size());
      popped.addAll(some);
      assertEquals(new Reply.Int(3000 - popped.size()), rig.call("SCARD", "s"));
    }
    popped.addAll(texts(rig.call("SPOP", "s", "1000")));
    assertEquals(3000, popped.size());
    assertEquals(new Reply.Int(0), rig.call("EXISTS", "s"));
  }

  @Test
  void popsOfATransactionDiffer() {
    rig.call(addition("s", 300, "w"));
    rig.call("MULTI");
    for (int i = 0; i < 50; i++) {
      rig.call("SPOP", "s");
    }
    Set<String> popped = new HashSet<>(texts(rig.call("EXEC")));
    assertEquals(50, popped.size());
    assertEquals(new Reply.Int(250), rig.call("SCARD", "s"));
  }

  @Test
  void drawsDoNotFollowTheOrderOfMembers() {
    rig.call(addition("s", 1000, "w"));
    List<String> drawn = texts(rig.call("SRANDMEMBER", "s", "-500"));
    assertEquals(500, drawn.size());
    assertTrue(new HashSet<>(drawn).size() > 300, "about 393 different ones are expected");
  }

  @Test
  void whatStaysDuringAScanIsReturned() {
    rig.call(addition("s", 3000, "w"));
    Set<String> seen = new HashSet<>();
    String cursor = "0";
    int step = 0;
    do {
      Reply.Array page =
          assertInstanceOf(Reply.Array.class, rig.call("SSCAN", "s", cursor, "COUNT", "40"));
      cursor = texts(page.elements().getFirst()).getFirst();
      seen.addAll(texts(page.elements().getLast()));
      rig.call("SADD", "s", "new" + step++);
    } while (!cursor.equals("0"));
    for (int i = 0; i < 3000; i++) {
      assertTrue(seen.contains("w" + i), "w" + i);
    }
    assertTrue(step >= 60, "pages of about 40, but there were " + step);
  }

  @Test
  void membersOfNumbersAreFoundInEveryWidth() {
    long[] numbers = {
      0,
      -1,
      32767,
      32768,
      -32768,
      -32769,
      Integer.MAX_VALUE,
      Integer.MAX_VALUE + 1L,
      Integer.MIN_VALUE,
      Integer.MIN_VALUE - 1L,
      Long.MAX_VALUE,
      Long.MIN_VALUE
    };
    Set<String> added = new TreeSet<>();
    for (long number : numbers) {
      rig.call("SADD", "s", String.valueOf(number));
      added.add(String.valueOf(number));
      assertEquals(added, new TreeSet<>(texts(rig.call("SMEMBERS", "s"))));
    }
    assertEncoding("intset", "s");
    for (long number : numbers) {
      assertEquals(new Reply.Int(1), rig.call("SREM", "s", String.valueOf(number)));
    }
    assertEquals(new Reply.Int(0), rig.call("EXISTS", "s"));
  }

  @Test
  void eventsAreThoseOfRedis() {
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
    rig.call("SADD", "a", "1", "2");
    rig.call("SADD", "a", "1");
    rig.call("SMOVE", "a", "b", "1");
    rig.call("SREM", "a", "2");
    rig.call("SUNIONSTORE", "c", "b");
    rig.call("SINTERSTORE", "c", "a", "b");
    rig.call("SDIFFSTORE", "c", "a", "b");
    rig.call("SPOP", "b");
    rig.call("SADD", "b", "1", "2");
    rig.call("SPOP", "b", "2");
    assertEquals(
        List.of(
            "s sadd a",
            "s srem a",
            "s sadd b",
            "s srem a",
            "g del a",
            "s sunionstore c",
            "g del c",
            "s spop b",
            "g del b",
            "s sadd b",
            "s spop b",
            "g del b"),
        events);
  }

  private void assertEncoding(String expected, String key) {
    assertEquals(Reply.Bulk.of(expected), rig.call("OBJECT", "ENCODING", key));
  }

  /// SADD of the members 0 to `count` - 1 behind a prefix.
  private static String[] addition(String key, int count, String prefix) {
    String[] words = new String[count + 2];
    words[0] = "SADD";
    words[1] = key;
    for (int i = 0; i < count; i++) {
      words[i + 2] = prefix + i;
    }
    return words;
  }

  private static List<String> texts(Reply reply) {
    return switch (reply) {
      case Reply.Array array -> array.elements().stream().map(e -> texts(e).getFirst()).toList();
      case Reply.Bulk bulk -> List.of(bulk.text());
      default -> throw new AssertionError(reply);
    };
  }
}
