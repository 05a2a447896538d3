package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.GetExParams;
import redis.clients.jedis.params.LCSParams;
import redis.clients.jedis.params.SetParams;

/// The commands of strings as users of Jedis know them.
// Jedis deprecates old forms of commands; the server still has them.
@SuppressWarnings("deprecation")
class JedisStringsIT extends WithJedis {

  @Test
  void aValueOfAnyBytesComesBack() {
    byte[] key = new byte[300];
    byte[] value = new byte[100_000];
    Random random = new Random(42);
    random.nextBytes(key);
    random.nextBytes(value);
    assertEquals("OK", jedis.set(key, value));
    assertArrayEquals(value, jedis.get(key));
    assertNull(jedis.get("missing"));
  }

  @Test
  void setHonoursItsConditions() {
    assertNull(jedis.set("key", "x", SetParams.setParams().xx()));
    assertEquals("OK", jedis.set("key", "one", SetParams.setParams().nx()));
    assertNull(jedis.set("key", "two", SetParams.setParams().nx()));
    assertEquals("one", jedis.setGet("key", "three"));
    assertEquals("three", jedis.setGet("key", "four", SetParams.setParams().xx()));
    assertEquals("four", jedis.get("key"));
    assertEquals(1, jedis.setnx("fresh", "v"));
    assertEquals(0, jedis.setnx("fresh", "w"));
  }

  @Test
  void setTakesExpiriesAndKeepsThem() {
    long soon = System.currentTimeMillis() + 100_000;
    jedis.set("key", "v", SetParams.setParams().ex(100));
    assertWithin(99, 100, jedis.ttl("key"));
    jedis.set("key", "v", SetParams.setParams().px(200_000));
    assertWithin(199, 200, jedis.ttl("key"));
    jedis.set("key", "v", SetParams.setParams().pxAt(soon));
    assertEquals(soon, jedis.pexpireTime("key"));
    jedis.set("key", "v", SetParams.setParams().exAt(soon / 1000));
    assertEquals(soon / 1000, jedis.expireTime("key"));
    jedis.set("key", "w", SetParams.setParams().keepTtl());
    assertEquals(soon / 1000, jedis.expireTime("key"));
    jedis.set("key", "x");
    assertEquals(-1, jedis.ttl("key"));
    jedis.setex("key", 50, "y");
    assertWithin(49, 50, jedis.ttl("key"));
    jedis.psetex("key", 60_000, "z");
    assertWithin(59, 60, jedis.ttl("key"));
  }

  @Test
  void getexAndGetdelReadAndChange() {
    jedis.set("key", "v");
    assertEquals("v", jedis.getEx("key", GetExParams.getExParams().ex(100)));
    assertWithin(99, 100, jedis.ttl("key"));
    assertEquals("v", jedis.getEx("key", GetExParams.getExParams().persist()));
    assertEquals(-1, jedis.ttl("key"));
    assertEquals("v", jedis.getDel("key"));
    assertNull(jedis.getDel("key"));
    assertNull(jedis.getEx("key", GetExParams.getExParams().ex(100)));
  }

  @Test
  void severalKeysAreReadAndWrittenTogether() {
    assertEquals("OK", jedis.mset("a", "1", "b", "2"));
    assertEquals(Arrays.asList("1", null, "2"), jedis.mget("a", "missing", "b"));
    assertEquals(0, jedis.msetnx("b", "3", "c", "4"));
    assertEquals(1, jedis.msetnx("c", "4", "d", "5"));
    assertEquals(List.of("1", "2", "4", "5"), jedis.mget("a", "b", "c", "d"));
  }

  @Test
  void aThousandKeysFitIntoOneRequest() {
    String[] pairs = new String[2000];
    String[] keys = new String[1000];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "key:" + i;
      pairs[2 * i] = keys[i];
      pairs[2 * i + 1] = "value:" + i;
    }
    jedis.mset(pairs);
    List<String> values = jedis.mget(keys);
    for (int i = 0; i < keys.length; i++) {
      assertEquals("value:" + i, values.get(i));
    }
    assertEquals(1000, jedis.exists(keys));
    assertEquals(1000, jedis.del(keys));
  }

  @Test
  void stringsAreLengthenedAndCut() {
    assertEquals(5, jedis.append("key", "Hello"));
    assertEquals(11, jedis.append("key", " World"));
    assertEquals(11, jedis.strlen("key"));
    assertEquals("World", jedis.getrange("key", -5, -1));
    assertEquals("Hello", jedis.substr("key", 0, 4));
    assertEquals(11, jedis.setrange("key", 6, "Redis"));
    assertEquals("Hello Redis", jedis.get("key"));
    assertEquals(13, jedis.setrange("key", 12, "!"));
    assertEquals("Hello Redis\0!", jedis.get("key"));
  }

  @Test
  void aLargeStringIsChangedInTheMiddle() {
    int size = 3_000_000;
    byte[] expected = new byte[size];
    new Random(7).nextBytes(expected);
    byte[] key = "large".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    jedis.set(key, expected);
    byte[] patch = new byte[100_000];
    Arrays.fill(patch, (byte) 'p');
    for (int offset : new int[] {0, 999_999, 2_900_000}) {
      assertEquals(size, jedis.setrange(key, offset, patch));
      System.arraycopy(patch, 0, expected, offset, patch.length);
    }
    assertArrayEquals(expected, jedis.get(key));
    assertArrayEquals(
        Arrays.copyOfRange(expected, 999_900, 1_100_100), jedis.getrange(key, 999_900, 1_100_099));
    assertEquals(size + 3, jedis.append(key, new byte[] {1, 2, 3}));
    assertEquals(size + 3, jedis.strlen(key));
    assertArrayEquals(new byte[] {2, 3}, jedis.getrange(key, -2, -1));
  }

  @Test
  void numbersAreCounted() {
    assertEquals(1, jedis.incr("n"));
    assertEquals(11, jedis.incrBy("n", 10));
    assertEquals(10, jedis.decr("n"));
    assertEquals(-10, jedis.decrBy("n", 20));
    assertEquals(0.5, jedis.incrByFloat("n", 10.5));
    assertEquals("0.5", jedis.get("n"));
    assertFailure("ERR value is not an integer or out of range", () -> jedis.incr("n"));
    jedis.set("n", Long.toString(Long.MAX_VALUE));
    assertFailure("ERR increment or decrement would overflow", () -> jedis.incr("n"));
    assertEquals(Long.toString(Long.MAX_VALUE), jedis.get("n"));
  }

  @Test
  void theLongestCommonSubsequenceIsFound() {
    jedis.mset("a", "ohmytext", "b", "mynewtext");
    assertEquals("mytext", jedis.lcs("a", "b", LCSParams.LCSParams()).getMatchString());
    assertEquals(6, jedis.lcs("a", "b", LCSParams.LCSParams().len()).getLen());
    var matches =
        jedis.lcs("a", "b", LCSParams.LCSParams().idx().minMatchLen(4).withMatchLen()).getMatches();
    assertEquals(1, matches.size());
    assertEquals(4, matches.getFirst().getMatchLen());
    assertEquals(4, matches.getFirst().getA().getStart());
    assertEquals(8, matches.getFirst().getB().getEnd());
  }

  private static void assertWithin(long least, long most, long actual) {
    assertTrue(actual >= least && actual <= most, () -> "it is " + actual);
  }

  private static void assertFailure(
      String message, org.junit.jupiter.api.function.Executable call) {
    assertEquals(message, assertThrows(JedisDataException.class, call).getMessage());
  }
}
