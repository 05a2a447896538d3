package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lettuce.core.KeyValue;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.ScoredValueScanCursor;
import io.lettuce.core.ZAddArgs;
import io.lettuce.core.ZAggregateArgs;
import io.lettuce.core.ZPopArgs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The commands of sorted sets as users of Lettuce know them.
class LettuceSortedSetsIT extends WithLettuce {

  private static final long PATIENCE_SECONDS = 30;

  @Test
  void membersComeGoAndChangeTheirScores() {
    assertEquals(3, redis.zadd("z", 1.0, "a", 2.5, "b", -1.0, "c"));
    assertEquals(0, redis.zadd("z", ZAddArgs.Builder.nx(), 7, "a"));
    assertEquals(1, redis.zadd("z", ZAddArgs.Builder.gt().ch(), 7, "a"));
    assertNull(redis.zaddincr("z", ZAddArgs.Builder.xx(), 1, "none"));
    assertEquals(7.5, redis.zincrby("z", 0.5, "a"));
    assertEquals(List.of(7.5, -1.0), redis.zmscore("z", "a", "c"));
    assertEquals(2, redis.zrank("z", "a"));
    assertEquals(0, redis.zrevrank("z", "a"));
    assertEquals(3, redis.zrem("z", "a", "b", "c"));
    assertEquals(0, redis.exists("z"));
  }

  @Test
  void rangesGoByRankByScoreAndByMember() {
    redis.zadd("z", 1.0, "a", 2.0, "b", 3.0, "c", Double.POSITIVE_INFINITY, "d");
    assertEquals(List.of("a", "b"), redis.zrange("z", 0, 1));
    assertEquals(
        List.of(ScoredValue.just(Double.POSITIVE_INFINITY, "d"), ScoredValue.just(3, "c")),
        redis.zrevrangeWithScores("z", 0, 1));
    Range<Integer> overOne = Range.from(Range.Boundary.excluding(1), Range.Boundary.including(3));
    assertEquals(List.of("b", "c"), redis.zrangebyscore("z", overOne));
    assertEquals(List.of("c"), redis.zrangebyscore("z", Range.unbounded(), Limit.create(2, 1)));
    assertEquals(2, redis.zcount("z", overOne));
    assertEquals(2, redis.zrangestorebyscore("to", "z", overOne, Limit.unlimited()));
    assertEquals(1, redis.zremrangebyrank("to", 0, 0));
    assertEquals(List.of("c"), redis.zrange("to", 0, -1));
    redis.zadd("lex", 0.0, "a", 0.0, "b", 0.0, "c");
    Range<String> behindA = Range.from(Range.Boundary.excluding("a"), Range.Boundary.unbounded());
    assertEquals(List.of("b", "c"), redis.zrangebylex("lex", behindA));
    assertEquals(2, redis.zremrangebylex("lex", behindA));
  }

  @Test
  void setsAreUnitedIntersectedAndSubtracted() {
    redis.zadd("a", 1.0, "x", 2.0, "y");
    redis.zadd("b", 10.0, "y", 20.0, "z");
    assertEquals(
        List.of(ScoredValue.just(1, "x"), ScoredValue.just(20, "y"), ScoredValue.just(40, "z")),
        redis.zunionWithScores(ZAggregateArgs.Builder.weights(1, 2).max(), "a", "b"));
    assertEquals(List.of("y"), redis.zinter("a", "b"));
    assertEquals(1, redis.zintercard("a", "b"));
    assertEquals(List.of(ScoredValue.just(1, "x")), redis.zdiffWithScores("a", "b"));
    assertEquals(3, redis.zunionstore("to", "a", "b"));
    assertEquals(12.0, redis.zscore("to", "y"));
  }

  @Test
  void leastAndGreatestAreTakenOut() {
    redis.zadd("z", 1.0, "a", 2.0, "b", 3.0, "c", 4.0, "d");
    assertEquals(ScoredValue.just(1, "a"), redis.zpopmin("z"));
    assertEquals(List.of(ScoredValue.just(4, "d")), redis.zpopmax("z", 1));
    assertEquals(
        KeyValue.just("z", List.of(ScoredValue.just(3, "c"), ScoredValue.just(2, "b"))),
        redis.zmpop(9, ZPopArgs.Builder.max(), "none", "z"));
    assertEquals(0, redis.exists("z"));
  }

  @Test
  void aClientWaitsUntilThereIsAnElement() throws Exception {
    var least = client.connect().async().bzpopmin(PATIENCE_SECONDS, "none", "z");
    var several =
        client.connect().async().bzmpop(PATIENCE_SECONDS, 2L, ZPopArgs.Builder.max(), "other");
    redis.zadd("z", 1.5, "a");
    redis.zadd("other", 1.0, "a", 2.0, "b", 3.0, "c");
    assertEquals(
        KeyValue.just("z", ScoredValue.just(1.5, "a")),
        least.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertEquals(
        KeyValue.just("other", List.of(ScoredValue.just(3, "c"), ScoredValue.just(2, "b"))),
        several.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertNull(redis.bzpopmax(0.01, "none"));
  }

  @Test
  void aLargeSetIsScannedPieceByPiece() {
    Map<String, Double> expected = new HashMap<>();
    List<Object> scoresAndMembers = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      expected.put("member:" + i, i / 4.0);
      scoresAndMembers.addAll(List.of(i / 4.0, "member:" + i));
    }
    redis.zadd("z", scoresAndMembers.toArray());
    Map<String, Double> found = new HashMap<>();
    ScoredValueScanCursor<String> page = redis.zscan("z", ScanArgs.Builder.limit(64));
    page.getValues().forEach(value -> found.put(value.getValue(), value.getScore()));
    while (!page.isFinished()) {
      page = redis.zscan("z", ScanCursor.of(page.getCursor()), ScanArgs.Builder.limit(64));
      page.getValues().forEach(value -> found.put(value.getValue(), value.getScore()));
    }
    assertEquals(expected, found);
  }

  @Test
  void keysOfOtherTypesAreRefused() {
    redis.set("z", "v");
    assertThrows(RedisCommandExecutionException.class, () -> redis.zadd("z", 1, "m"));
  }
}
