package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.lettuce.core.KeyValue;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The commands of hashes as users of Lettuce know them.
class LettuceHashesIT extends WithLettuce {

  @Test
  void fieldsAreSetAndRead() {
    assertTrue(redis.hset("h", "a", "1"));
    assertEquals(1, redis.hset("h", Map.of("a", "2", "b", "3")));
    assertEquals("2", redis.hget("h", "a"));
    assertNull(redis.hget("h", "x"));
    assertEquals(Map.of("a", "2", "b", "3"), redis.hgetall("h"));
    assertEquals(List.of(KeyValue.just("a", "2"), KeyValue.empty("x")), redis.hmget("h", "a", "x"));
    assertEquals(Set.of("a", "b"), Set.copyOf(redis.hkeys("h")));
    assertEquals(Set.of("2", "3"), Set.copyOf(redis.hvals("h")));
    assertEquals(7, redis.hincrby("h", "a", 5));
    assertEquals(3.25, redis.hincrbyfloat("h", "b", 0.25));
    assertEquals(4, redis.hstrlen("h", "b"));
    assertEquals(2, redis.hdel("h", "a", "b", "x"));
    assertEquals(0, redis.hlen("h"));
  }

  @Test
  void randomFieldsComeWithTheirValues() {
    redis.hset("h", Map.of("a", "1", "b", "2", "c", "3"));
    for (KeyValue<String, String> pair : redis.hrandfieldWithvalues("h", 3)) {
      assertEquals(redis.hget("h", pair.getKey()), pair.getValue());
    }
    assertEquals(5, redis.hrandfield("h", -5).size());
  }

  @Test
  void aLargeHashIsScannedPieceByPiece() {
    Map<String, String> expected = new HashMap<>();
    for (int i = 0; i < 1500; i++) {
      expected.put("field:" + i, "value:" + i);
    }
    redis.hset("h", expected);
    Map<String, String> found = new HashMap<>();
    MapScanCursor<String, String> page = redis.hscan("h", ScanArgs.Builder.limit(64));
    found.putAll(page.getMap());
    while (!page.isFinished()) {
      page = redis.hscan("h", ScanCursor.of(page.getCursor()), ScanArgs.Builder.limit(64));
      found.putAll(page.getMap());
    }
    assertEquals(expected, found);
  }

  @Test
  void fieldsExpire() {
    assumeFalse(ServerUnderTest.isForeign(), "a Redis before 7.4 has no such commands");
    redis.hset("h", Map.of("a", "1", "b", "2"));
    assertEquals(List.of(1L, -2L), redis.hexpire("h", 1000, "a", "x"));
    assertTrue(redis.httl("h", "a").getFirst() > 990);
    assertEquals(List.of(1L), redis.hpersist("h", "a"));
    assertEquals(List.of(-1L), redis.httl("h", "a"));
  }

  @Test
  void keysOfOtherTypesAreRefused() {
    redis.set("s", "v");
    assertThrows(RedisCommandExecutionException.class, () -> redis.hset("s", "f", "v"));
  }
}
