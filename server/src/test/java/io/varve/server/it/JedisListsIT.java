package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ListDirection;
import redis.clients.jedis.args.ListPosition;
import redis.clients.jedis.params.LPosParams;
import redis.clients.jedis.util.KeyValue;

/// Lists as users of Jedis know them.
class JedisListsIT extends WithJedis {

  private static final int JOBS = 2_000;
  private static final int WORKERS = 4;

  @Test
  void aListIsReadAndChangedAtAnyPlace() {
    assertEquals(3, jedis.rpush("list", "a", "b", "c"));
    assertEquals(4, jedis.linsert("list", ListPosition.BEFORE, "b", "x"));
    assertEquals("OK", jedis.lset("list", -1, "z"));
    assertEquals(List.of("a", "x", "b", "z"), jedis.lrange("list", 0, -1));
    assertEquals(2, jedis.lpos("list", "b"));
    assertEquals(List.of(3L), jedis.lpos("list", "z", LPosParams.lPosParams(), 0));
    assertEquals(1, jedis.lrem("list", 0, "x"));
    assertEquals(List.of("a", "b"), jedis.lpop("list", 2));
    assertEquals("z", jedis.lmove("list", "other", ListDirection.LEFT, ListDirection.RIGHT));
    KeyValue<String, List<String>> popped = jedis.lmpop(ListDirection.LEFT, "list", "other");
    assertEquals(Map.entry("other", List.of("z")), Map.entry(popped.getKey(), popped.getValue()));
    assertNull(jedis.lpop("list"));
  }

  @Test
  void aLongListIsPagedAndTrimmed() {
    String[] elements = new String[20_000];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = "element:" + i;
    }
    assertEquals(elements.length, jedis.rpush("list", elements));
    assertEquals(List.of("element:10000", "element:10001"), jedis.lrange("list", 10_000, 10_001));
    assertEquals("OK", jedis.ltrim("list", 100, 199));
    assertEquals(100, jedis.llen("list"));
    assertEquals("element:100", jedis.lindex("list", 0));
    assertEquals("element:199", jedis.lindex("list", -1));
  }

  @Test
  void workersShareTheJobsOfAQueue() {
    ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<Void>> workers = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      workers.add(CompletableFuture.runAsync(() -> work(done)));
    }
    for (int i = 0; i < JOBS; i++) {
      jedis.lpush("queue", String.valueOf(i));
    }
    for (int i = 0; i < WORKERS; i++) {
      jedis.lpush("queue", "end");
    }
    workers.forEach(CompletableFuture::join);
    assertEquals(JOBS, done.stream().distinct().count());
    assertEquals(JOBS, done.size());
  }

  private void work(ConcurrentLinkedQueue<String> done) {
    try (Jedis worker = open()) {
      while (true) {
        String job = worker.brpop(30, "queue").get(1);
        if (job.equals("end")) {
          return;
        }
        done.add(job);
      }
    }
  }

  @Test
  void waitingEndsWithoutAnElement() {
    assertNull(jedis.blpop(0.01, "missing"));
    assertNull(jedis.blmove("missing", "other", ListDirection.LEFT, ListDirection.LEFT, 0.01));
    assertNull(jedis.blmpop(0.01, ListDirection.LEFT, "missing"));
  }
}
