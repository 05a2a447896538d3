package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.args.ExpiryOption;
import redis.clients.jedis.args.FlushMode;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/// The commands of keys as users of Jedis know them.
// Jedis deprecates old forms of commands; the server still has them.
@SuppressWarnings("deprecation")
class JedisKeysIT extends WithJedis {

  @Test
  void keysAreDeletedAndCounted() {
    jedis.mset("a", "1", "b", "2", "c", "3");
    assertEquals(3, jedis.exists("a", "b", "c", "d"));
    assertTrue(jedis.exists("a"));
    assertEquals(2, jedis.touch("a", "b", "d"));
    assertEquals("string", jedis.type("a"));
    assertEquals("none", jedis.type("d"));
    assertEquals(3, jedis.dbSize());
    assertEquals(1, jedis.del("a", "d"));
    assertEquals(2, jedis.unlink("b", "c"));
    assertEquals(0, jedis.dbSize());
    assertNull(jedis.randomKey());
  }

  @Test
  void keysAreRenamedAndCopied() {
    jedis.setex("a", 100, "1");
    jedis.set("b", "2");
    assertEquals("OK", jedis.rename("a", "b"));
    assertEquals("1", jedis.get("b"));
    assertTrue(jedis.ttl("b") > 90);
    assertEquals(1, jedis.renamenx("b", "c"));
    jedis.set("b", "other");
    assertEquals(0, jedis.renamenx("b", "c"));
    assertFalse(jedis.copy("b", "c", false));
    assertTrue(jedis.copy("b", "c", true));
    assertEquals("other", jedis.get("c"));
    assertTrue(jedis.copy("b", "x", 3, false));
    jedis.select(3);
    assertEquals("other", jedis.get("x"));
  }

  @Test
  void expiriesAreSetUnderConditions() {
    jedis.set("k", "v");
    assertEquals(0, jedis.expire("k", 100, ExpiryOption.XX));
    assertEquals(1, jedis.expire("k", 100, ExpiryOption.NX));
    assertEquals(0, jedis.expire("k", 50, ExpiryOption.GT));
    assertEquals(1, jedis.pexpire("k", 50_000, ExpiryOption.LT));
    long soon = System.currentTimeMillis() + 70_000;
    assertEquals(1, jedis.pexpireAt("k", soon, ExpiryOption.XX));
    assertEquals(soon, jedis.pexpireTime("k"));
    assertEquals(1, jedis.expireAt("k", soon / 1000));
    assertEquals(soon / 1000, jedis.expireTime("k"));
    assertTrue(jedis.ttl("k") > 60);
    assertTrue(jedis.pttl("k") > 60_000);
    assertEquals(1, jedis.persist("k"));
    assertEquals(-1, jedis.pttl("k"));
    assertEquals(1, jedis.pexpire("k", -1));
    assertEquals(-2, jedis.ttl("k"));
    assertFalse(jedis.exists("k"));
  }

  @Test
  void scanReturnsEveryKey() {
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      expected.add("key:" + i);
      jedis.set("key:" + i, "v");
      jedis.set("other:" + i, "v");
    }
    assertEquals(expected, scan(new ScanParams().match("key:*").count(100)));
    assertEquals(expected, scan(new ScanParams().match("k?y:*")));
    assertEquals(Set.of("key:77"), scan(new ScanParams().match("key:77")));
    assertEquals(2000, scan(new ScanParams()).size());
    assertEquals(2000, scan(new ScanParams().count(100_000)).size());
    assertEquals(expected, new HashSet<>(jedis.keys("key:*")));
    assertEquals(2000, jedis.scan("0", new ScanParams().count(5000), "string").getResult().size());
    assertEquals(0, jedis.scan("0", new ScanParams().count(5000), "hash").getResult().size());
  }

  @Test
  void databasesAreApartMovedAndExchanged() {
    jedis.set("k", "zero");
    jedis.select(1);
    assertNull(jedis.get("k"));
    jedis.set("k", "one");
    assertEquals("OK", jedis.swapDB(0, 1));
    assertEquals("zero", jedis.get("k"));
    assertEquals(1, jedis.move("k", 2));
    assertEquals(0, jedis.dbSize());
    assertEquals("OK", jedis.flushDB(FlushMode.ASYNC));
    jedis.select(2);
    assertEquals("zero", jedis.get("k"));
    assertEquals("OK", jedis.flushAll(FlushMode.SYNC));
    assertEquals(0, jedis.dbSize());
    jedis.select(0);
    assertEquals(0, jedis.dbSize());
  }

  @Test
  void aKeyTellsHowItIsKept() {
    jedis.set("n", "12");
    jedis.set("short", "text");
    jedis.set("long", "x".repeat(100));
    assertEquals("int", jedis.objectEncoding("n"));
    assertEquals("embstr", jedis.objectEncoding("short"));
    assertEquals("raw", jedis.objectEncoding("long"));
    assertTrue(jedis.objectIdletime("n") >= 0);
    assertTrue(jedis.objectRefcount("n") >= 1);
    assertTrue(jedis.memoryUsage("long") > 100);
    assertTrue(jedis.memoryUsage("long", 0) > 100);
    assertNull(jedis.memoryUsage("missing"));
  }

  @Test
  void randomkeyReachesEveryKey() {
    Set<String> unseen = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      jedis.set("key:" + i, "v");
      unseen.add("key:" + i);
    }
    for (int i = 0; i < 20_000 && !unseen.isEmpty(); i++) {
      unseen.remove(jedis.randomKey());
    }
    assertEquals(Set.of(), unseen);
  }

  private Set<String> scan(ScanParams params) {
    Set<String> keys = new HashSet<>();
    String cursor = ScanParams.SCAN_POINTER_START;
    do {
      ScanResult<String> result = jedis.scan(cursor, params);
      List<String> page = result.getResult();
      keys.addAll(page);
      cursor = result.getCursor();
    } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    return keys;
  }
}
