package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/// The commands of hashes as users of Jedis know them.
// Jedis deprecates old forms of commands; the server still has them.
@SuppressWarnings("deprecation")
class JedisHashesIT extends WithJedis {

  @Test
  void fieldsAreSetAndRead() {
    assertEquals(2, jedis.hset("h", Map.of("a", "1", "b", "2")));
    assertEquals(0, jedis.hset("h", "a", "3"));
    assertEquals("OK", jedis.hmset("h", Map.of("c", "4")));
    assertEquals("3", jedis.hget("h", "a"));
    assertNull(jedis.hget("h", "x"));
    assertEquals(Arrays.asList("3", null, "4"), jedis.hmget("h", "a", "x", "c"));
    assertEquals(Map.of("a", "3", "b", "2", "c", "4"), jedis.hgetAll("h"));
    assertEquals(Map.of(), jedis.hgetAll("missing"));
    assertEquals(Set.of("a", "b", "c"), jedis.hkeys("h"));
    assertEquals(Set.of("2", "3", "4"), Set.copyOf(jedis.hvals("h")));
    assertEquals(3, jedis.hlen("h"));
    assertEquals(1, jedis.hstrlen("h", "a"));
    assertTrue(jedis.hexists("h", "a"));
    assertFalse(jedis.hexists("h", "x"));
    assertEquals(0, jedis.hsetnx("h", "a", "9"));
    assertEquals(1, jedis.hsetnx("h", "d", "9"));
    assertEquals(3, jedis.hdel("h", "a", "b", "c", "x"));
    assertEquals(1, jedis.hdel("h", "d"));
    assertFalse(jedis.exists("h"));
  }

  @Test
  void fieldsAndValuesOfAnyBytesComeBack() {
    byte[] key = "h".getBytes(StandardCharsets.UTF_8);
    byte[] field = new byte[1000];
    byte[] value = new byte[200_000];
    Random random = new Random(42);
    random.nextBytes(field);
    random.nextBytes(value);
    assertEquals(1, jedis.hset(key, field, value));
    assertArrayEquals(value, jedis.hget(key, field));
  }

  @Test
  void numbersAreAddedTo() {
    assertEquals(5, jedis.hincrBy("h", "n", 5));
    assertEquals(-5, jedis.hincrBy("h", "n", -10));
    assertEquals(0.5, jedis.hincrByFloat("h", "f", 0.5));
    assertEquals(-4.5, jedis.hincrByFloat("h", "n", 0.5));
    jedis.hset("h", "text", "x");
    JedisDataException refused =
        assertThrows(JedisDataException.class, () -> jedis.hincrBy("h", "text", 1));
    assertEquals("ERR hash value is not an integer", refused.getMessage());
  }

  @Test
  void randomFieldsComeAsOneListOrAsPairs() {
    jedis.hset("h", Map.of("a", "1", "b", "2", "c", "3"));
    assertTrue(jedis.hexists("h", jedis.hrandfield("h")));
    assertEquals(Set.of("a", "b", "c"), Set.copyOf(jedis.hrandfield("h", 10)));
    assertEquals(10, jedis.hrandfield("h", -10).size());
    List<Map.Entry<String, String>> pairs = jedis.hrandfieldWithValues("h", 2);
    assertEquals(2, pairs.size());
    pairs.forEach(pair -> assertEquals(pair.getValue(), jedis.hget("h", pair.getKey())));
    assertNull(jedis.hrandfield("missing"));
    assertEquals(List.of(), jedis.hrandfieldWithValues("missing", 3));
  }

  @Test
  void aLargeHashIsScannedPieceByPiece() {
    Map<String, String> expected = new HashMap<>();
    for (int i = 0; i < 2000; i++) {
      expected.put("field:" + i, "value:" + i);
    }
    assertEquals(2000, jedis.hset("h", expected));
    assertEquals("hashtable", jedis.objectEncoding("h"));
    Map<String, String> found = new HashMap<>();
    String cursor = ScanParams.SCAN_POINTER_START;
    do {
      ScanResult<Map.Entry<String, String>> page =
          jedis.hscan("h", cursor, new ScanParams().match("field:*").count(100));
      page.getResult().forEach(entry -> found.put(entry.getKey(), entry.getValue()));
      cursor = page.getCursor();
    } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    assertEquals(expected, found);
    assertEquals(expected, jedis.hgetAll("h"));
  }

  @Test
  void fieldsExpire() {
    assumeFalse(ServerUnderTest.isForeign(), "a Redis before 7.4 has no such commands");
    jedis.hset("h", Map.of("a", "1", "b", "2"));
    assertEquals(List.of(1L, -2L), jedis.hexpire("h", 1000, "a", "x"));
    long left = jedis.httl("h", "a").getFirst();
    assertTrue(left > 990 && left <= 1000, "left: " + left);
    assertEquals(List.of(-1L, -2L), jedis.hpttl("h", "b", "x"));
    long at = System.currentTimeMillis() + 500_000;
    assertEquals(List.of(1L), jedis.hpexpireAt("h", at, "a"));
    assertEquals(List.of(at), jedis.hpexpireTime("h", "a"));
    assertEquals(List.of(1L, -1L), jedis.hpersist("h", "a", "b"));
    assertEquals(List.of(2L), jedis.hpexpireAt("h", 1, "a"));
    assertEquals(Map.of("b", "2"), jedis.hgetAll("h"));
  }

  @Test
  void keysOfOtherTypesAreRefused() {
    jedis.set("s", "v");
    JedisDataException refused =
        assertThrows(JedisDataException.class, () -> jedis.hset("s", "f", "v"));
    assertTrue(refused.getMessage().startsWith("WRONGTYPE"), refused.getMessage());
  }
}
