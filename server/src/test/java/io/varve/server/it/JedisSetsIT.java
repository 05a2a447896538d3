package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/// The commands of sets as users of Jedis know them.
class JedisSetsIT extends WithJedis {

  @Test
  void membersComeAndGo() {
    assertEquals(3, jedis.sadd("s", "a", "b", "c"));
    assertEquals(0, jedis.sadd("s", "a"));
    assertEquals(3, jedis.scard("s"));
    assertTrue(jedis.sismember("s", "a"));
    assertFalse(jedis.sismember("s", "x"));
    assertEquals(List.of(true, false), jedis.smismember("s", "b", "x"));
    assertEquals(Set.of("a", "b", "c"), jedis.smembers("s"));
    assertEquals(Set.of(), jedis.smembers("missing"));
    assertEquals(1, jedis.smove("s", "t", "a"));
    assertEquals(0, jedis.smove("s", "t", "a"));
    assertEquals(2, jedis.srem("s", "b", "c", "x"));
    assertFalse(jedis.exists("s"));
    assertEquals(Set.of("a"), jedis.smembers("t"));
  }

  @Test
  void setsAreIntersectedUnitedAndSubtracted() {
    jedis.sadd("a", "1", "2", "3", "4");
    jedis.sadd("b", "3", "4", "5");
    jedis.sadd("c", "4", "word");
    assertEquals(Set.of("4"), jedis.sinter("a", "b", "c"));
    assertEquals(Set.of(), jedis.sinter("a", "missing"));
    assertEquals(2, jedis.sintercard("a", "b"));
    assertEquals(1, jedis.sintercard(1, "a", "b"));
    assertEquals(Set.of("1", "2", "3", "4", "5", "word"), jedis.sunion("a", "b", "c"));
    assertEquals(Set.of("1", "2"), jedis.sdiff("a", "b", "c"));
    assertEquals(2, jedis.sinterstore("d", "a", "b"));
    assertEquals(Set.of("3", "4"), jedis.smembers("d"));
    assertEquals(6, jedis.sunionstore("a", "a", "b", "c"));
    assertEquals(3, jedis.sdiffstore("a", "a", "b"));
    assertEquals(Set.of("1", "2", "word"), jedis.smembers("a"));
    assertEquals(0, jedis.sinterstore("d", "a", "missing"));
    assertFalse(jedis.exists("d"));
  }

  @Test
  void randomMembersAreReturnedOrTaken() {
    String[] members = IntStream.range(0, 1000).mapToObj(i -> "m" + i).toArray(String[]::new);
    jedis.sadd("s", members);
    assertTrue(jedis.sismember("s", jedis.srandmember("s")));
    assertEquals(100, new HashSet<>(jedis.srandmember("s", 100)).size());
    assertEquals(2000, jedis.srandmember("s", -2000).size());
    assertEquals(1000, jedis.scard("s"));
    Set<String> popped = new HashSet<>(jedis.spop("s", 300));
    popped.add(jedis.spop("s"));
    assertEquals(301, popped.size());
    assertEquals(699, jedis.scard("s"));
    popped.addAll(jedis.spop("s", 1000));
    assertEquals(Set.of(members), popped);
    assertFalse(jedis.exists("s"));
    assertNull(jedis.spop("s"));
    assertEquals(Set.of(), jedis.spop("s", 3));
    assertEquals(List.of(), jedis.srandmember("s", 3));
  }

  @Test
  void aLargeSetIsScannedPieceByPiece() {
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      expected.add("member:" + i);
    }
    jedis.sadd("s", expected.toArray(String[]::new));
    Set<String> found = new HashSet<>();
    String cursor = ScanParams.SCAN_POINTER_START;
    do {
      ScanResult<String> page = jedis.sscan("s", cursor, new ScanParams().count(100));
      found.addAll(page.getResult());
      cursor = page.getCursor();
    } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    assertEquals(expected, found);
  }

  @Test
  void keysOfOtherTypesAreRefused() {
    jedis.set("s", "v");
    JedisDataException refused = assertThrows(JedisDataException.class, () -> jedis.sadd("s", "m"));
    assertTrue(refused.getMessage().startsWith("WRONGTYPE"), refused.getMessage());
  }
}
