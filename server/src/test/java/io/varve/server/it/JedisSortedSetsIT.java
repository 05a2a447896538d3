package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.args.SortedSetOption;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.ZAddParams;
import redis.clients.jedis.params.ZParams;
import redis.clients.jedis.params.ZRangeParams;
import redis.clients.jedis.resps.ScanResult;
import redis.clients.jedis.resps.Tuple;
import redis.clients.jedis.util.KeyValue;

/// The commands of sorted sets as users of Jedis know them.
// Jedis deprecates old forms of commands; the server still has them.
@SuppressWarnings("deprecation")
class JedisSortedSetsIT extends WithJedis {

  @Test
  void membersComeGoAndChangeTheirScores() {
    assertEquals(3, jedis.zadd("z", Map.of("a", 1.0, "b", 2.5, "c", -1.0)));
    assertEquals(0, jedis.zadd("z", 7, "a", ZAddParams.zAddParams().nx()));
    assertEquals(1, jedis.zadd("z", 7, "a", ZAddParams.zAddParams().gt().ch()));
    assertNull(jedis.zaddIncr("z", 1, "none", ZAddParams.zAddParams().xx()));
    assertEquals(7.5, jedis.zincrby("z", 0.5, "a"));
    assertEquals(2.5, jedis.zscore("z", "b"));
    assertEquals(List.of(7.5, -1.0), jedis.zmscore("z", "a", "c"));
    assertEquals(3, jedis.zcard("z"));
    assertEquals(2, jedis.zrank("z", "a"));
    assertEquals(new KeyValue<>(0L, 7.5), jedis.zrevrankWithScore("z", "a"));
    assertNull(jedis.zrank("z", "none"));
    assertEquals(2, jedis.zrem("z", "a", "b", "none"));
    assertEquals(1, jedis.zrem("z", "c"));
    assertFalse(jedis.exists("z"));
  }

  @Test
  void rangesGoByRankByScoreAndByMember() {
    jedis.zadd("z", Map.of("a", 1.0, "b", 2.0, "c", 3.0, "d", Double.POSITIVE_INFINITY));
    assertEquals(List.of("a", "b"), jedis.zrange("z", 0, 1));
    assertEquals(List.of("d", "c"), jedis.zrevrange("z", 0, 1));
    assertEquals(
        List.of(new Tuple("c", 3.0), new Tuple("d", Double.POSITIVE_INFINITY)),
        jedis.zrangeWithScores("z", 2, -1));
    assertEquals(List.of("b", "c"), jedis.zrangeByScore("z", "(1", "3"));
    assertEquals(List.of("c"), jedis.zrangeByScore("z", "-inf", "+inf", 2, 1));
    assertEquals(
        List.of("c", "b"), jedis.zrange("z", ZRangeParams.zrangeByScoreParams(3, 2).rev()));
    assertEquals(2, jedis.zcount("z", 2, 3));
    assertEquals(2, jedis.zrangestore("to", "z", ZRangeParams.zrangeParams(0, 1)));
    assertEquals(1, jedis.zremrangeByScore("to", "(1", "+inf"));
    assertEquals(List.of("a"), jedis.zrange("to", 0, -1));
    jedis.zadd("lex", Map.of("a", 0.0, "b", 0.0, "c", 0.0));
    assertEquals(List.of("b", "c"), jedis.zrangeByLex("lex", "(a", "+"));
    assertEquals(2, jedis.zlexcount("lex", "-", "[b"));
    assertEquals(3, jedis.zremrangeByLex("lex", "-", "+"));
    assertEquals(List.of(), jedis.zrange("lex", 0, -1));
  }

  @Test
  void setsAreUnitedIntersectedAndSubtracted() {
    jedis.zadd("a", Map.of("x", 1.0, "y", 2.0));
    jedis.zadd("b", Map.of("y", 10.0, "z", 20.0));
    ZParams most = new ZParams().weights(1, 2).aggregate(ZParams.Aggregate.MAX);
    assertEquals(
        List.of(new Tuple("x", 1.0), new Tuple("y", 20.0), new Tuple("z", 40.0)),
        jedis.zunionWithScores(most, "a", "b"));
    assertEquals(List.of("y"), jedis.zinter(new ZParams(), "a", "b"));
    assertEquals(1, jedis.zintercard("a", "b"));
    assertEquals(List.of(new Tuple("x", 1.0)), jedis.zdiffWithScores("a", "b"));
    assertEquals(3, jedis.zunionstore("to", "a", "b"));
    assertEquals(12, jedis.zscore("to", "y"));
    assertEquals(1, jedis.zinterstore("to", "a", "b"));
    assertEquals(1, jedis.zdiffstore("to", "a", "b"));
    assertEquals(List.of("x"), jedis.zrange("to", 0, -1));
  }

  @Test
  void leastAndGreatestAreTakenOut() {
    jedis.zadd("z", Map.of("a", 1.0, "b", 2.0, "c", 3.0, "d", 4.0, "e", 5.0));
    assertEquals(new Tuple("a", 1.0), jedis.zpopmin("z"));
    assertEquals(List.of(new Tuple("e", 5.0), new Tuple("d", 4.0)), jedis.zpopmax("z", 2));
    KeyValue<String, List<Tuple>> popped = jedis.zmpop(SortedSetOption.MIN, 10, "none", "z");
    assertEquals("z", popped.getKey());
    assertEquals(List.of(new Tuple("b", 2.0), new Tuple("c", 3.0)), popped.getValue());
    assertNull(jedis.zpopmin("z"));
    assertNull(jedis.zmpop(SortedSetOption.MAX, "none", "z"));
  }

  @Test
  void aClientWaitsUntilThereIsAnElement() {
    var least = CompletableFuture.supplyAsync(() -> open().bzpopmin(20, "none", "z"));
    jedis.zadd("z", 1.5, "a");
    assertEquals(new KeyValue<>("z", new Tuple("a", 1.5)), least.join());
    var greatest =
        CompletableFuture.supplyAsync(() -> open().bzmpop(20, SortedSetOption.MAX, 5, "z"));
    jedis.zadd("z", Map.of("b", 2.0, "c", 3.0));
    assertEquals(List.of(new Tuple("c", 3.0), new Tuple("b", 2.0)), greatest.join().getValue());
    assertNull(jedis.bzpopmax(0.01, "z"));
    jedis.zadd("z", 4, "d");
    assertEquals(new KeyValue<>("z", new Tuple("d", 4.0)), jedis.bzpopmax(20, "z"));
  }

  @Test
  void aLargeSetIsScannedPieceByPiece() {
    Map<String, Double> expected = new HashMap<>();
    for (int i = 0; i < 2000; i++) {
      expected.put("member:" + i, i / 4.0);
    }
    jedis.zadd("z", expected);
    Map<String, Double> found = new HashMap<>();
    String cursor = ScanParams.SCAN_POINTER_START;
    do {
      ScanResult<Tuple> page = jedis.zscan("z", cursor, new ScanParams().count(100));
      page.getResult().forEach(tuple -> found.put(tuple.getElement(), tuple.getScore()));
      cursor = page.getCursor();
    } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    assertEquals(expected, found);
    assertTrue(expected.containsKey(jedis.zrandmember("z")));
    assertEquals(3000, jedis.zrandmemberWithScores("z", -3000).size());
  }

  @Test
  void keysOfOtherTypesAreRefused() {
    jedis.set("z", "v");
    JedisDataException refused =
        assertThrows(JedisDataException.class, () -> jedis.zadd("z", 1, "m"));
    assertTrue(refused.getMessage().startsWith("WRONGTYPE"), refused.getMessage());
  }
}
