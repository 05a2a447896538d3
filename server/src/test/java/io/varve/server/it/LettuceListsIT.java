package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lettuce.core.KeyValue;
import io.lettuce.core.LMPopArgs;
import io.lettuce.core.LMoveArgs;
import io.lettuce.core.LPosArgs;
import io.lettuce.core.RedisCommandExecutionException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The commands of lists as users of Lettuce know them.
// Lettuce deprecates old forms of commands; the server still has them.
@SuppressWarnings("deprecation")
class LettuceListsIT extends WithLettuce {

  private static final long PATIENCE_SECONDS = 30;

  @Test
  void elementsArePushedReadChangedAndPopped() {
    assertEquals(3, redis.rpush("l", "a", "b", "c"));
    assertEquals(4, redis.lpush("l", "z"));
    assertEquals(0, redis.lpushx("none", "x"));
    assertEquals(List.of("z", "a", "b", "c"), redis.lrange("l", 0, -1));
    assertEquals("c", redis.lindex("l", -1));
    assertEquals("OK", redis.lset("l", 0, "b"));
    assertEquals(5, redis.linsert("l", true, "c", "x"));
    assertEquals(List.of(0L, 2L), redis.lpos("l", "b", 0));
    assertEquals(2, redis.lpos("l", "b", LPosArgs.Builder.rank(2)));
    assertEquals(2, redis.lrem("l", 0, "b"));
    assertEquals("OK", redis.ltrim("l", 0, 1));
    assertEquals(2, redis.llen("l"));
    assertEquals(List.of("x", "a"), redis.rpop("l", 5));
    assertNull(redis.lpop("l"));
  }

  @Test
  void elementsMoveBetweenLists() {
    redis.rpush("a", "1", "2", "3");
    assertEquals("1", redis.lmove("a", "b", LMoveArgs.Builder.leftRight()));
    assertEquals("3", redis.rpoplpush("a", "b"));
    assertEquals(List.of("3", "1"), redis.lrange("b", 0, -1));
    KeyValue<String, List<String>> popped =
        redis.lmpop(LMPopArgs.Builder.left().count(5), "none", "b");
    assertEquals(KeyValue.just("b", List.of("3", "1")), popped);
  }

  @Test
  void aClientWaitsUntilThereIsAnElement() throws Exception {
    var popped = client.connect().async().blpop(PATIENCE_SECONDS, "none", "jobs");
    var moved =
        client
            .connect()
            .async()
            .blmove("from", "to", LMoveArgs.Builder.leftRight(), PATIENCE_SECONDS);
    redis.rpush("jobs", "job");
    redis.rpush("from", "element");
    assertEquals(KeyValue.just("jobs", "job"), popped.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertEquals("element", moved.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertEquals(List.of("element"), redis.lrange("to", 0, -1));
    assertEquals(
        KeyValue.just("to", List.of("element")),
        redis.blmpop(PATIENCE_SECONDS, LMPopArgs.Builder.right(), "none", "to"));
    assertNull(redis.brpop(0.01, "none"));
  }

  @Test
  void keysOfOtherTypesAreRefused() {
    redis.set("l", "v");
    assertThrows(RedisCommandExecutionException.class, () -> redis.rpush("l", "e"));
    assertThrows(RedisCommandExecutionException.class, () -> redis.blpop(1, "l"));
  }
}
