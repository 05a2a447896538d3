package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.Consumer;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XClaimArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.models.stream.PendingMessages;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Streams as users of Lettuce know them.
// Lettuce takes the streams to read as an array of a generic type.
@SuppressWarnings("unchecked")
class LettuceStreamsIT extends WithLettuce {

  @Test
  void entriesAreAddedAndRead() {
    redis.xadd("s", new XAddArgs().id("1-1"), Map.of("f", "1"));
    redis.xadd("s", new XAddArgs().id("1-2"), Map.of("f", "2"));
    assertEquals(2, redis.xlen("s"));
    assertEquals(
        List.of("1-1", "1-2"), ids(redis.xrange("s", Range.unbounded(), Limit.unlimited())));
    assertEquals(List.of("1-2"), ids(redis.xrevrange("s", Range.unbounded(), Limit.create(0, 1))));
    assertEquals(List.of("1-2"), ids(redis.xread(StreamOffset.from("s", "1-1"))));
    assertEquals(1, redis.xdel("s", "1-1"));
    assertEquals(1, redis.xtrim("s", 0));
  }

  @Test
  void aGroupSharesEntriesAmongConsumers() {
    redis.xgroupCreate(StreamOffset.from("s", "0-0"), "g", XGroupCreateArgs.Builder.mkstream());
    redis.xadd("s", new XAddArgs().id("1-1"), Map.of("f", "1"));
    redis.xadd("s", new XAddArgs().id("1-2"), Map.of("f", "2"));
    Consumer<String> alice = Consumer.from("g", "alice");
    Consumer<String> bob = Consumer.from("g", "bob");
    XReadArgs waiting = XReadArgs.Builder.block(Duration.ofMillis(5));
    assertEquals(
        List.of("1-1", "1-2"),
        ids(redis.xreadgroup(alice, waiting, StreamOffset.lastConsumed("s"))));
    assertTrue(redis.xreadgroup(bob, waiting, StreamOffset.lastConsumed("s")).isEmpty());
    assertEquals(1, redis.xack("s", "g", "1-1"));
    assertEquals(
        List.of("1-2"), ids(redis.xclaim("s", bob, XClaimArgs.Builder.minIdleTime(0), "1-2")));
    PendingMessages pending = redis.xpending("s", "g");
    assertEquals(1, pending.getCount());
    assertEquals(Map.of("bob", 1L), pending.getConsumerMessageCount());
    assertEquals(1, redis.xpending("s", bob, Range.unbounded(), Limit.from(10)).size());
    assertEquals(1, redis.xinfoGroups("s").size());
    assertTrue(redis.xgroupDestroy("s", "g"));
  }

  private static List<String> ids(List<StreamMessage<String, String>> messages) {
    return messages.stream().map(StreamMessage::getId).toList();
  }
}
