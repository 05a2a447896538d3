package io.varve.server.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyspaceBehaviourTest {

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

  // --- How many keys there are.

  @Test
  void blindWritesOfColdKeysAreCountedExactly() {
    fillColdKeys(4000);
    for (int i = 0; i < 8000; i += 3) {
      rig.callWithoutCommit(bytes("SET"), bytes(key(i)), bytes("new"));
    }
    rig.commit();
    long expected = 4000 + countFrom(4000, 8000, 3);
    assertEquals(new Reply.Int(expected), rig.call("DBSIZE"));
    rig.settle();
    assertEquals(0, rig.keyspace().unresolvedWrites());
    assertEquals(expected, rig.keyspace().statistics().getFirst().keys());
    rig.reopen();
    assertEquals(new Reply.Int(expected), rig.call("DBSIZE"));
  }

  @Test
  void sizeInsideATransactionIsExactToo() {
    fillColdKeys(4000);
    for (int i = 2000; i < 6000; i += 7) {
      rig.callWithoutCommit(bytes("SET"), bytes(key(i)), bytes("new"));
    }
    long expected = 4000 + countOf(2000, 6000, 7, 4000);
    rig.call("MULTI");
    rig.call("SET", "one more", "1");
    rig.call("DBSIZE");
    Reply.Array replies = assertInstanceOf(Reply.Array.class, rig.call("EXEC"));
    assertEquals(new Reply.Int(expected + 1), replies.elements().get(1));
  }

  @Test
  void anOverloadOfBlindWritesEndsInARecount() {
    fillColdKeys(2000);
    List<byte[]> command = new ArrayList<>(List.of(bytes("MSET")));
    for (int i = 0; i < 70_000; i++) {
      command.add(bytes(key(i % 4000)));
      command.add(bytes("v" + i));
    }
    rig.call(command.toArray(byte[][]::new));
    rig.settle();
    assertEquals(new Reply.Int(4000), rig.call("DBSIZE"));
  }

  @Test
  void aGroupThatWasCutShortIsCountedAnewAfterTheRestart() {
    fillColdKeys(300);
    rig.callWithoutCommit(bytes("SET"), bytes("torn"), bytes("1"));
    rig.callWithoutCommit(bytes("SET"), bytes("torn too"), bytes("1"));
    // As after a crash: the log has the writes but not the count record at the group's end.
    rig.engine().commit();
    rig.reopenAsAfterACrash();
    assertTrue(rig.keyspace().statistics().getFirst().uncertain() >= 0);
    rig.settle();
    assertEquals(new Reply.Int(302), rig.call("DBSIZE"));
    assertEquals(0, rig.keyspace().statistics().getFirst().uncertain());
  }

  // --- Expiry.

  @Test
  void expiredKeysAreMissingAtOnceAndDeletedSoon() {
    rig.call("SET", "a", "1", "PX", "100");
    rig.call("SETEX", "b", "10", "1");
    rig.call("SET", "c", "1");
    rig.setNowMillis(rig.nowMillis() + 100);
    assertEquals(new Reply.Null(), rig.call("GET", "a"));
    assertEquals(new Reply.Int(-2), rig.call("TTL", "a"));
    assertEquals(new Reply.Int(10), rig.call("TTL", "b"));
    assertEquals(new Reply.Int(3), rig.call("DBSIZE"));
    rig.tick();
    assertEquals(new Reply.Int(2), rig.call("DBSIZE"));
    assertEquals(1, rig.keyspace().expiredKeys());
  }

  @Test
  void manyKeysExpireThoughTheyLieOnDisk() {
    for (int i = 0; i < 3000; i++) {
      rig.callWithoutCommit(
          bytes("SET"), bytes(key(i)), bytes("value"), bytes("PX"), bytes("" + (1000 + i)));
    }
    rig.flush();
    rig.setNowMillis(rig.nowMillis() + 2000);
    for (int i = 0; i < 5; i++) {
      rig.tick();
    }
    assertEquals(new Reply.Int(3000 - 1001), rig.call("DBSIZE"));
    rig.setNowMillis(rig.nowMillis() + 10_000);
    for (int i = 0; i < 5; i++) {
      rig.tick();
    }
    assertEquals(new Reply.Int(0), rig.call("DBSIZE"));
    assertEquals(0, rig.keyspace().statistics().getFirst().expires());
  }

  @Test
  void aDeadlineOfAnOverwrittenKeyDeletesNothing() {
    rig.call("SET", "a", "1", "PX", "100");
    rig.flush();
    rig.call("SET", "a", "2");
    rig.call("SET", "b", "1", "PX", "100");
    rig.call("PEXPIRE", "b", "5000");
    rig.setNowMillis(rig.nowMillis() + 1000);
    rig.tick();
    assertEquals(Reply.Bulk.of("2"), rig.call("GET", "a"));
    assertEquals(Reply.Bulk.of("1"), rig.call("GET", "b"));
    assertEquals(new Reply.Int(4000), rig.call("PTTL", "b"));
  }

  @Test
  void deadlinesAreFoundAfterARestartAndAfterTheClockStepsBack() {
    rig.call("SET", "a", "1", "PX", "5000");
    rig.reopen();
    rig.setNowMillis(rig.nowMillis() + 10_000);
    rig.tick();
    assertEquals(new Reply.Int(0), rig.call("DBSIZE"));
    rig.setNowMillis(rig.nowMillis() - 60_000);
    rig.tick();
    rig.call("SET", "b", "1", "PX", "1000");
    rig.setNowMillis(rig.nowMillis() + 2000);
    rig.tick();
    assertEquals(new Reply.Int(0), rig.call("DBSIZE"));
  }

  // --- Walking.

  @Test
  void aScanReturnsEveryKeyThatStaysWhateverHappensMeanwhile() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    Set<String> staying = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      rig.callWithoutCommit(bytes("SET"), bytes("stay:" + i), bytes("1"));
      staying.add("stay:" + i);
    }
    Set<String> seen = new HashSet<>();
    String cursor = "0";
    do {
      Reply.Array reply =
          (Reply.Array) rig.call("SCAN", cursor, "COUNT", "" + random.nextInt(1, 30));
      cursor = ((Reply.Bulk) reply.elements().get(0)).text();
      for (Reply key : ((Reply.Array) reply.elements().get(1)).elements()) {
        seen.add(((Reply.Bulk) key).text());
      }
      rig.call("SET", "stay:" + random.nextInt(500), "2");
      rig.call("SET", "new:" + random.nextInt(100), "1");
      rig.call("DEL", "new:" + random.nextInt(100));
      if (random.nextInt(10) == 0) {
        rig.flush();
      }
    } while (!cursor.equals("0"));
    staying.removeAll(seen);
    assertEquals(Set.of(), staying);
  }

  @Test
  void aScanWithAPrefixTouchesNoOtherKeys() {
    for (int i = 0; i < 1000; i++) {
      rig.callWithoutCommit(bytes("SET"), bytes("other:" + i), bytes("1"));
    }
    rig.call("SET", "user:1", "1");
    rig.call("SET", "user:2", "1");
    Reply.Array reply = (Reply.Array) rig.call("SCAN", "0", "MATCH", "user:*", "COUNT", "5");
    assertEquals(Reply.Bulk.of("0"), reply.elements().get(0));
    assertEquals(2, ((Reply.Array) reply.elements().get(1)).elements().size());
  }

  @Test
  void aCursorOfAnotherRunIsRefusedAndNotMistaken() {
    for (int i = 0; i < 100; i++) {
      rig.callWithoutCommit(bytes("SET"), bytes(key(i)), bytes("1"));
    }
    Reply.Array reply = (Reply.Array) rig.call("SCAN", "0");
    String cursor = ((Reply.Bulk) reply.elements().get(0)).text();
    assertNotEquals("0", cursor);
    rig.reopen();
    assertEquals(
        new Reply.Failure("ERR invalid cursor: the server no longer knows it, start again with 0"),
        rig.call("SCAN", cursor));
  }

  @Test
  void walksSeeWhatTheirTransactionWrote() {
    rig.call("MSET", "a", "1", "b", "1", "d", "1");
    rig.call("MULTI");
    rig.call("DEL", "b");
    rig.call("SET", "c", "1");
    rig.call("SET", "d", "2");
    rig.call("KEYS", "*");
    rig.call("DBSIZE");
    Reply.Array replies = (Reply.Array) rig.call("EXEC");
    assertEquals(
        new Reply.Array(List.of(Reply.Bulk.of("a"), Reply.Bulk.of("c"), Reply.Bulk.of("d"))),
        replies.elements().get(3));
    assertEquals(new Reply.Int(3), replies.elements().get(4));
  }

  @Test
  void everyKeyOfASmallDatabaseIsDrawnAboutAsOften() {
    for (int i = 0; i < 20; i++) {
      rig.callWithoutCommit(bytes("SET"), bytes("key:" + i), bytes("1"));
    }
    rig.commit();
    TreeMap<String, Integer> drawn = new TreeMap<>();
    for (int i = 0; i < 4000; i++) {
      drawn.merge(rig.call("RANDOMKEY").toString(), 1, Integer::sum);
    }
    assertEquals(20, drawn.size());
    // Two hundred each on average; a quarter of it would be off by ten standard deviations.
    assertTrue(drawn.values().stream().allMatch(n -> n > 50 && n < 800), drawn::toString);
  }

  // --- Flushing and swapping.

  @Test
  void aFlushedDatabaseIsEmptyForGoodAndItsSpaceComesBack() {
    fillColdKeys(3000);
    rig.call("FLUSHDB");
    assertEquals(new Reply.Int(0), rig.call("DBSIZE"));
    assertEquals(new Reply.Null(), rig.call("GET", key(1)));
    rig.call("SET", "a", "1");
    rig.flush();
    rig.engine().compactAll();
    long bytes = rig.engine().stats().levels().stream().mapToLong(level -> level.bytes()).sum();
    assertTrue(bytes < 10_000, () -> bytes + " bytes are left");
    rig.reopen();
    assertEquals(new Reply.Int(1), rig.call("DBSIZE"));
    assertEquals(Reply.Bulk.of("1"), rig.call("GET", "a"));
  }

  @Test
  void swappedDatabasesStaySwappedAfterARestart() {
    rig.call("SET", "a", "zero");
    rig.call("SELECT", "1");
    rig.call("SET", "a", "one");
    rig.call("SET", "b", "one");
    rig.call("SWAPDB", "0", "1");
    rig.reopen();
    rig.session().select(0);
    assertEquals(Reply.Bulk.of("one"), rig.call("GET", "a"));
    assertEquals(new Reply.Int(2), rig.call("DBSIZE"));
    rig.session().select(1);
    assertEquals(Reply.Bulk.of("zero"), rig.call("GET", "a"));
    assertEquals(new Reply.Int(1), rig.call("DBSIZE"));
  }

  // --- Watching.

  @Test
  void aTransactionFailsIfAWatchedKeyChangesInAnyWay() {
    rig.call("SET", "a", "1");
    List<String[]> changes =
        List.of(
            new String[] {"SET", "a", "2"},
            new String[] {"EXPIRE", "a", "100"},
            new String[] {"DEL", "a"},
            new String[] {"SET", "a", "1"},
            new String[] {"RENAME", "a", "b"},
            new String[] {"RENAME", "b", "a"},
            new String[] {"SWAPDB", "0", "1"},
            new String[] {"SWAPDB", "0", "1"},
            new String[] {"FLUSHDB"});
    for (String[] change : changes) {
      rig.call("WATCH", "a");
      rig.call(change);
      assertFalse(succeeds(), () -> String.join(" ", change));
    }
  }

  @Test
  void aTransactionSucceedsIfOnlyOtherKeysChange() {
    rig.call("WATCH", "a");
    rig.call("SET", "b", "1");
    rig.call("DEL", "a");
    rig.call("FLUSHDB");
    assertTrue(succeeds());
    rig.call("SET", "a", "1");
    rig.call("WATCH", "a");
    rig.call("SETNX", "a", "2");
    rig.call("PERSIST", "a");
    assertTrue(succeeds());
  }

  @Test
  void aWatchedKeyThatExpiresFailsTheTransactionUnlessItHadBefore() {
    rig.call("SET", "a", "1", "PX", "100");
    rig.call("WATCH", "a");
    rig.setNowMillis(rig.nowMillis() + 100);
    assertFalse(succeeds());
    rig.call("WATCH", "a");
    rig.tick();
    assertEquals(new Reply.Int(0), rig.call("DBSIZE"));
    assertTrue(succeeds());
  }

  private boolean succeeds() {
    rig.call("MULTI");
    rig.call("PING");
    return !(rig.call("EXEC") instanceof Reply.Null);
  }

  /// Keys that lie in tables, with values large enough that the block cache cannot hold them.
  private void fillColdKeys(int count) {
    String value = Long.toString(new SplittableRandom(count).nextLong(), 36).repeat(12);
    for (int i = 0; i < count; i++) {
      rig.callWithoutCommit(bytes("SET"), bytes(key(i)), bytes(i + value));
      if (i % 500 == 0) {
        rig.commit();
      }
    }
    rig.settle();
    rig.flush();
  }

  private static long countFrom(int from, int to, int step) {
    return countOf(0, to, step, from);
  }

  /// How many of the numbers `start`, `start + step` ... below `to` are not below `from`.
  private static long countOf(int start, int to, int step, int from) {
    long count = 0;
    for (int i = start; i < to; i += step) {
      if (i >= from) {
        count++;
      }
    }
    return count;
  }

  private static String key(int i) {
    return "key:" + (i * 7919L % 1_000_003);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
