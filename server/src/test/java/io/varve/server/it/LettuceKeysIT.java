package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.CopyArgs;
import io.lettuce.core.ExpireArgs;
import io.lettuce.core.FlushMode;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The commands of keys as users of Lettuce know them.
class LettuceKeysIT extends WithLettuce {

  @Test
  void keysAreDeletedRenamedAndCopied() {
    redis.set("a", "1");
    redis.set("b", "2");
    assertEquals(2, redis.exists("a", "b", "c"));
    assertEquals(2, redis.touch("a", "b", "c"));
    assertEquals("string", redis.type("a"));
    assertEquals("OK", redis.rename("a", "c"));
    assertFalse(redis.renamenx("c", "b"));
    assertTrue(redis.renamenx("c", "d"));
    assertTrue(redis.copy("d", "e"));
    assertFalse(redis.copy("d", "b"));
    assertTrue(redis.copy("d", "b", CopyArgs.Builder.replace(true)));
    assertTrue(redis.copy("d", "d", CopyArgs.Builder.destinationDb(4)));
    assertEquals("1", redis.get("b"));
    assertEquals(1, redis.del("b", "x"));
    assertEquals(2, redis.unlink("d", "e"));
    assertEquals(0, redis.dbsize());
    assertNull(redis.randomkey());
    redis.select(4);
    assertEquals("d", redis.randomkey());
    assertTrue(redis.move("d", 5));
    assertEquals(0, redis.dbsize());
  }

  @Test
  void expiriesAreSetAndTakenAway() {
    redis.set("k", "v");
    assertFalse(redis.expire("k", 100, ExpireArgs.Builder.xx()));
    assertTrue(redis.expire("k", 100, ExpireArgs.Builder.nx()));
    assertFalse(redis.expire("k", 50, ExpireArgs.Builder.gt()));
    assertTrue(redis.pexpire("k", 50_000, ExpireArgs.Builder.lt()));
    Instant soon = Instant.ofEpochMilli(System.currentTimeMillis() + 100_000);
    assertTrue(redis.pexpireat("k", soon));
    assertEquals(soon.toEpochMilli(), redis.pexpiretime("k"));
    assertTrue(redis.expireat("k", soon));
    assertEquals(soon.getEpochSecond(), redis.expiretime("k"));
    assertTrue(redis.ttl("k") > 90);
    assertTrue(redis.pttl("k") > 90_000);
    assertTrue(redis.persist("k"));
    assertFalse(redis.persist("k"));
    assertEquals(-1, redis.ttl("k"));
    assertEquals(-2, redis.ttl("missing"));
  }

  @Test
  void scanReturnsEveryKey() {
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      redis.set("key:" + i, "v");
      redis.set("other:" + i, "v");
      expected.add("key:" + i);
    }
    Set<String> seen = new HashSet<>();
    KeyScanCursor<String> cursor = redis.scan(ScanArgs.Builder.matches("key:*").limit(50));
    seen.addAll(cursor.getKeys());
    while (!cursor.isFinished()) {
      cursor = redis.scan(cursor, ScanArgs.Builder.matches("key:*").limit(50));
      seen.addAll(cursor.getKeys());
    }
    assertEquals(expected, seen);
    assertEquals(1000, ScanIterator.scan(redis).stream().distinct().count());
    assertEquals(expected, new HashSet<>(redis.keys("key:*")));
  }

  @Test
  void databasesAreExchangedAndEmptied() {
    redis.set("k", "zero");
    assertEquals("OK", redis.swapdb(0, 1));
    assertNull(redis.get("k"));
    redis.select(1);
    assertEquals("zero", redis.get("k"));
    assertEquals("OK", redis.flushdb(FlushMode.ASYNC));
    assertEquals(0, redis.dbsize());
    redis.set("k", "v");
    redis.select(0);
    assertEquals("OK", redis.flushall());
    redis.select(1);
    assertEquals(0, redis.dbsize());
  }

  @Test
  void aKeyTellsHowItIsKept() {
    redis.set("n", "12");
    assertEquals("int", redis.objectEncoding("n"));
    assertTrue(redis.objectIdletime("n") >= 0);
    assertTrue(redis.objectRefcount("n") >= 1);
    assertTrue(redis.memoryUsage("n") > 0);
    assertNull(redis.memoryUsage("missing"));
  }
}
