package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.GetExArgs;
import io.lettuce.core.KeyValue;
import io.lettuce.core.LcsArgs;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.SetArgs;
import io.lettuce.core.StringMatchResult;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The commands of strings as users of Lettuce know them.
// Lettuce deprecates old forms of commands; the server still has them.
@SuppressWarnings("deprecation")
class LettuceStringsIT extends WithLettuce {

  @Test
  void valuesAreSetUnderConditions() {
    assertNull(redis.get("key"));
    assertNull(redis.set("key", "x", SetArgs.Builder.xx()));
    assertEquals("OK", redis.set("key", "one", SetArgs.Builder.nx()));
    assertNull(redis.set("key", "two", SetArgs.Builder.nx()));
    assertEquals("one", redis.setGet("key", "three"));
    assertEquals("three", redis.setGet("key", "four", SetArgs.Builder.ex(100)));
    assertTrue(redis.ttl("key") > 90);
    redis.set("key", "five", SetArgs.Builder.keepttl());
    assertTrue(redis.ttl("key") > 90);
    assertFalse(redis.setnx("key", "six"));
    assertEquals("five", redis.getset("key", "seven"));
    assertEquals(-1, redis.ttl("key"));
    assertEquals("OK", redis.setex("key", 100, "eight"));
    assertEquals("OK", redis.psetex("key", 100_000, "nine"));
    assertTrue(redis.pttl("key") > 90_000);
  }

  @Test
  void valuesAreReadAndChangedInOneStep() {
    redis.set("key", "v");
    assertEquals("v", redis.getex("key", GetExArgs.Builder.ex(100)));
    assertTrue(redis.ttl("key") > 90);
    assertEquals("v", redis.getex("key", GetExArgs.Builder.persist()));
    assertEquals("v", redis.getdel("key"));
    assertNull(redis.getdel("key"));
    assertEquals(3, redis.append("key", "abc"));
    assertEquals(6, redis.append("key", "def"));
    assertEquals("cd", redis.getrange("key", 2, 3));
    assertEquals(8, redis.setrange("key", 5, "XYZ"));
    assertEquals("abcdeXYZ", redis.get("key"));
    assertEquals(8, redis.strlen("key"));
  }

  @Test
  void numbersAreCounted() {
    assertEquals(1, redis.incr("n"));
    assertEquals(6, redis.incrby("n", 5));
    assertEquals(5, redis.decr("n"));
    assertEquals(0, redis.decrby("n", 5));
    assertEquals(-0.25, redis.incrbyfloat("n", -0.25));
    RedisCommandExecutionException refused =
        assertThrows(RedisCommandExecutionException.class, () -> redis.incr("n"));
    assertEquals("ERR value is not an integer or out of range", refused.getMessage());
  }

  @Test
  void severalKeysAreReadAndWrittenTogether() {
    assertEquals("OK", redis.mset(Map.of("a", "1", "b", "2")));
    assertFalse(redis.msetnx(Map.of("b", "3", "c", "4")));
    assertTrue(redis.msetnx(Map.of("c", "3", "d", "4")));
    assertEquals(
        List.of(KeyValue.just("a", "1"), KeyValue.empty("x"), KeyValue.just("d", "4")),
        redis.mget("a", "x", "d"));
  }

  @Test
  void theLongestCommonSubsequenceIsFound() {
    redis.mset(Map.of("a", "ohmytext", "b", "mynewtext"));
    assertEquals("mytext", redis.lcs(LcsArgs.Builder.keys("a", "b")).getMatchString());
    assertEquals(6, redis.lcs(LcsArgs.Builder.keys("a", "b").justLen()).getLen());
    StringMatchResult result = redis.lcs(LcsArgs.Builder.keys("a", "b").withIdx());
    assertEquals(6, result.getLen());
    assertEquals(2, result.getMatches().size());
    assertEquals(4, result.getMatches().getFirst().getA().getStart());
  }

  @Test
  void tenThousandFuturesComeBackInOrder() throws Exception {
    RedisAsyncCommands<String, String> async = connection.async();
    List<RedisFuture<Long>> futures = new ArrayList<>();
    connection.setAutoFlushCommands(false);
    for (int i = 0; i < 10_000; i++) {
      futures.add(async.incr("counter"));
      if (i % 1000 == 999) {
        connection.flushCommands();
      }
    }
    connection.flushCommands();
    connection.setAutoFlushCommands(true);
    assertTrue(
        LettuceFutures.awaitAll(Duration.ofSeconds(30), futures.toArray(RedisFuture<?>[]::new)));
    for (int i = 0; i < futures.size(); i++) {
      assertEquals(i + 1, futures.get(i).get());
    }
  }
}
