package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ValueScanCursor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The commands of sets as users of Lettuce know them.
class LettuceSetsIT extends WithLettuce {

  @Test
  void membersComeAndGo() {
    assertEquals(3, redis.sadd("s", "a", "b", "c"));
    assertEquals(Set.of("a", "b", "c"), redis.smembers("s"));
    assertEquals(List.of(true, false), redis.smismember("s", "a", "x"));
    assertTrue(redis.smove("s", "t", "a"));
    assertFalse(redis.sismember("s", "a"));
    assertEquals(2, redis.srem("s", "b", "c"));
    assertEquals(0, redis.exists("s"));
  }

  @Test
  void setsAreIntersectedUnitedAndSubtracted() {
    redis.sadd("a", "1", "2", "3");
    redis.sadd("b", "2", "3", "4");
    assertEquals(Set.of("2", "3"), redis.sinter("a", "b"));
    assertEquals(2, redis.sintercard("a", "b"));
    assertEquals(Set.of("1", "2", "3", "4"), redis.sunion("a", "b"));
    assertEquals(Set.of("1"), redis.sdiff("a", "b"));
    assertEquals(2, redis.sinterstore("d", "a", "b"));
    assertEquals(4, redis.sunionstore("d", "a", "b"));
    assertEquals(1, redis.sdiffstore("d", "a", "b"));
    assertEquals(Set.of("1"), redis.smembers("d"));
  }

  @Test
  void randomMembersAreReturnedOrTaken() {
    redis.sadd("s", "a", "b", "c", "d");
    assertTrue(redis.sismember("s", redis.srandmember("s")));
    assertEquals(6, redis.srandmember("s", -6).size());
    assertEquals(3, redis.spop("s", 3).size());
    redis.spop("s");
    assertEquals(0, redis.exists("s"));
  }

  @Test
  void aLargeSetIsScannedPieceByPiece() {
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < 1500; i++) {
      expected.add("member:" + i);
    }
    redis.sadd("s", expected.toArray(String[]::new));
    Set<String> found = new HashSet<>();
    ValueScanCursor<String> page = redis.sscan("s", ScanArgs.Builder.limit(64));
    found.addAll(page.getValues());
    while (!page.isFinished()) {
      page = redis.sscan("s", ScanCursor.of(page.getCursor()), ScanArgs.Builder.limit(64));
      found.addAll(page.getValues());
    }
    assertEquals(expected, found);
  }

  @Test
  void keysOfOtherTypesAreRefused() {
    redis.set("s", "v");
    assertThrows(RedisCommandExecutionException.class, () -> redis.sadd("s", "m"));
  }
}
