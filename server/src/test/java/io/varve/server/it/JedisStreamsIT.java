package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.params.XAutoClaimParams;
import redis.clients.jedis.params.XReadGroupParams;
import redis.clients.jedis.params.XReadParams;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.resps.StreamGroupInfo;
import redis.clients.jedis.resps.StreamPendingSummary;

/// Streams as users of Jedis know them.
class JedisStreamsIT extends WithJedis {

  private static final Map<String, StreamEntryID> NEW =
      Map.of("s", StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY);

  private ExecutorService others;

  @BeforeEach
  void startOthers() {
    others = Executors.newVirtualThreadPerTaskExecutor();
  }

  @AfterEach
  void stopOthers() {
    others.close();
  }

  @Test
  void entriesAreAddedReadAndTrimmed() {
    StreamEntryID first = jedis.xadd("s", StreamEntryID.NEW_ENTRY, Map.of("f", "1"));
    StreamEntryID second =
        jedis.xadd("s", Map.of("f", "2"), XAddParams.xAddParams().maxLen(10).approximateTrimming());
    assertTrue(second.compareTo(first) > 0);
    assertEquals(2, jedis.xlen("s"));
    assertEquals(Map.of("f", "1"), jedis.xrange("s", "-", "+").get(0).getFields());
    assertEquals(second, jedis.xrevrange("s", "+", "-", 1).get(0).getID());
    assertEquals(
        second,
        jedis
            .xread(XReadParams.xReadParams().count(5), Map.of("s", first))
            .get(0)
            .getValue()
            .get(0)
            .getID());
    assertEquals(1, jedis.xtrim("s", 1, false));
    assertEquals(1, jedis.xdel("s", second));
    assertNull(jedis.xadd("none", Map.of("f", "v"), XAddParams.xAddParams().noMkStream()));
  }

  @Test
  void aGroupSharesEntriesAmongConsumers() {
    jedis.xgroupCreate("s", "g", new StreamEntryID(0, 0), true);
    for (int i = 1; i <= 4; i++) {
      jedis.xadd("s", new StreamEntryID(1, i), Map.of("f", "v" + i));
    }
    assertEquals(List.of("1-1", "1-2"), ids(read("alice", 2)));
    assertEquals(List.of("1-3", "1-4"), ids(read("bob", 9)));
    assertEquals(1, jedis.xack("s", "g", new StreamEntryID(1, 1)));
    StreamPendingSummary pending = jedis.xpending("s", "g");
    assertEquals(3, pending.getTotal());
    assertEquals(Map.of("alice", 1L, "bob", 2L), pending.getConsumerMessageCount());
    assertEquals(
        List.of("1-2", "1-3", "1-4"),
        jedis
            .xautoclaim("s", "g", "carol", 0, new StreamEntryID(0, 0), new XAutoClaimParams())
            .getValue()
            .stream()
            .map(entry -> entry.getID().toString())
            .toList());
    StreamGroupInfo group = jedis.xinfoGroups("s").get(0);
    assertEquals(3, group.getConsumers());
    assertEquals(3, group.getPending());
    assertEquals(4, jedis.xinfoStreamFull("s").getLength());
    assertEquals(3, jedis.xinfoConsumers2("s", "g").size());
    assertEquals(3, jedis.xgroupDelConsumer("s", "g", "carol"));
    assertEquals(1, jedis.xgroupDestroy("s", "g"));
  }

  @Test
  void aReaderWaitsForAnEntry() throws Exception {
    CompletableFuture<List<Map.Entry<String, List<StreamEntry>>>> waiting =
        whileWaiting(
            other ->
                other.xread(
                    XReadParams.xReadParams().block(0),
                    Map.of("s", StreamEntryID.XREAD_NEW_ENTRY)));
    jedis.xadd("s", new StreamEntryID(1, 1), Map.of("f", "v"));
    assertEquals(List.of("1-1"), ids(waiting.get()));
  }

  @Test
  void consumersThatWaitGetOneEntryEach() throws Exception {
    jedis.xgroupCreate("s", "g", new StreamEntryID(0, 0), true);
    var alice = whileWaiting(other -> waitInGroup(other, "alice"));
    var bob = whileWaiting(other -> waitInGroup(other, "bob"), 2);
    jedis.xadd("s", new StreamEntryID(1, 1), Map.of("f", "v"));
    jedis.xadd("s", new StreamEntryID(1, 2), Map.of("f", "v"));
    assertEquals(List.of("1-1"), ids(alice.get()));
    assertEquals(List.of("1-2"), ids(bob.get()));
    assertEquals(2, jedis.xpending("s", "g").getTotal());
  }

  @Test
  void aConsumerStopsWaitingWhenItsGroupOrKeyGoes() {
    for (Runnable end :
        List.<Runnable>of(
            () -> jedis.xgroupDestroy("s", "g"), () -> jedis.del("s"), () -> jedis.flushAll())) {
      jedis.del("s");
      jedis.xgroupCreate("s", "g", new StreamEntryID(0, 0), true);
      var waiting = whileWaiting(other -> waitInGroup(other, "alice"));
      end.run();
      ExecutionException failed = assertThrows(ExecutionException.class, waiting::get);
      assertEquals(
          "NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with GROUP option",
          failed.getCause().getMessage());
    }
    jedis.xgroupCreate("s", "g", new StreamEntryID(0, 0), true);
    var waiting = whileWaiting(other -> waitInGroup(other, "alice"));
    jedis.set("s", "text");
    ExecutionException failed = assertThrows(ExecutionException.class, waiting::get);
    assertTrue(failed.getCause().getMessage().startsWith("WRONGTYPE"));
  }

  private static List<Map.Entry<String, List<StreamEntry>>> waitInGroup(
      Jedis other, String consumer) {
    return other.xreadGroup(
        "g", consumer, XReadGroupParams.xReadGroupParams().count(1).block(0), NEW);
  }

  private <T> CompletableFuture<T> whileWaiting(Function<Jedis, T> command) {
    return whileWaiting(command, 1);
  }

  /// Runs a command on a connection of its own and returns when so many clients wait.
  private <T> CompletableFuture<T> whileWaiting(Function<Jedis, T> command, int clients) {
    CompletableFuture<T> reply =
        CompletableFuture.supplyAsync(
            () -> {
              try (Jedis other = open()) {
                return command.apply(other);
              }
            },
            others);
    while (!reply.isDone() && !jedis.info("clients").contains("blocked_clients:" + clients)) {
      Thread.onSpinWait();
    }
    return reply;
  }

  private List<Map.Entry<String, List<StreamEntry>>> read(String consumer, int count) {
    return jedis.xreadGroup("g", consumer, XReadGroupParams.xReadGroupParams().count(count), NEW);
  }

  private static List<String> ids(List<Map.Entry<String, List<StreamEntry>>> reply) {
    return reply.get(0).getValue().stream().map(entry -> entry.getID().toString()).toList();
  }
}
