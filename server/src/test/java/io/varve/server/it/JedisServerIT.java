package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Response;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.args.ClientPauseMode;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ClientKillParams;
import redis.clients.jedis.resps.Slowlog;

/// Connections, the server and transactions as users of Jedis know them.
// Jedis deprecates old forms of commands; the server still has them.
@SuppressWarnings("deprecation")
class JedisServerIT extends WithJedis {

  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private Jedis other;

  @BeforeEach
  void connectAnother() {
    other = open();
  }

  @Test
  void theConnectionAnswers() {
    assertEquals("PONG", jedis.ping());
    assertEquals("hello", jedis.ping("hello"));
    assertEquals("hello", jedis.echo("hello"));
    assertNotEquals(jedis.clientId(), other.clientId());
  }

  @Test
  void connectionsAreNamedListedAndKilled() {
    jedis.clientSetname("first");
    other.clientSetname("second");
    assertEquals("first", jedis.clientGetname());
    assertTrue(jedis.clientInfo().contains(" name=first "), jedis.clientInfo());
    assertTrue(jedis.clientList().contains(" name=second "));
    assertTrue(jedis.clientList(ClientType.NORMAL).contains(" name=second "));
    String byId = jedis.clientList(other.clientId());
    assertTrue(byId.startsWith("id=" + other.clientId() + " "), byId);
    assertFalse(byId.contains(" name=first "), byId);
    assertEquals("OK", jedis.clientNoEvictOn());
    assertEquals("OK", jedis.clientNoEvictOff());
    assertEquals(0, jedis.clientUnblock(other.clientId()));
    assertEquals(
        1,
        jedis.clientKill(
            new ClientKillParams().id(Long.toString(other.clientId())).type(ClientType.NORMAL)));
    assertThrows(JedisConnectionException.class, other::ping);
    assertEquals("PONG", jedis.ping());
  }

  @Test
  void aPauseHoldsWritesBackAndUnpauseLetsThemGo() {
    jedis.clientPause(200, ClientPauseMode.WRITE);
    assertNull(other.get("k"));
    // Answered when the pause is over.
    assertEquals("OK", other.set("k", "v"));
    assertEquals("OK", jedis.clientUnpause());
    assertEquals("v", jedis.get("k"));
  }

  @Test
  void resetForgetsEverythingOfTheConnection() {
    jedis.select(3);
    jedis.clientSetname("x");
    assertEquals("RESET", jedis.reset());
    jedis.set("k", "v");
    assertNull(jedis.clientGetname());
    assertEquals("v", other.get("k"));
  }

  @Test
  void infoHasItsSectionsAndFields() {
    jedis.setex("k", 100, "v");
    jedis.get("k");
    jedis.get("missing");
    Map<String, String> all = fields(jedis.info());
    List<String> missing =
        List.of(
                "redis_version",
                "redis_mode",
                "os",
                "process_id",
                "run_id",
                "tcp_port",
                "uptime_in_seconds",
                "connected_clients",
                "maxclients",
                "blocked_clients",
                "used_memory",
                "used_memory_human",
                "used_memory_rss",
                "used_memory_peak",
                "maxmemory",
                "maxmemory_policy",
                "loading",
                "rdb_last_save_time",
                "rdb_bgsave_in_progress",
                "total_connections_received",
                "total_commands_processed",
                "expired_keys",
                "evicted_keys",
                "role",
                "connected_slaves",
                "used_cpu_sys",
                "used_cpu_user",
                "cluster_enabled",
                "db0")
            .stream()
            .filter(field -> !all.containsKey(field))
            .toList();
    assertEquals(List.of(), missing, "missing in INFO");
    assertTrue(all.get("db0").startsWith("keys=1,expires=1,"), all.get("db0"));
    assertEquals("master", all.get("role"));
    assertTrue(Long.parseLong(all.get("connected_clients")) >= 2);
    assertTrue(Long.parseLong(all.get("total_commands_processed")) > 0);
    assertEquals(40, all.get("run_id").length());
    Map<String, String> stats = fields(jedis.info("commandstats"));
    assertTrue(stats.get("cmdstat_get").matches("calls=\\d+,usec=\\d+,usec_per_call=.*"));
    assertTrue(fields(jedis.info("errorstats")).keySet().stream().allMatch(f -> f.startsWith("e")));
    assertTrue(fields(jedis.info("latencystats")).containsKey("latency_percentiles_usec_get"));
    assertTrue(fields(jedis.info("everything")).containsKey("cmdstat_get"));
    assertFalse(fields(jedis.info("server")).containsKey("db0"));
  }

  @Test
  void commandsDescribeThemselves() {
    assertTrue(jedis.commandCount() >= 60);
    assertEquals(
        jedis.commandCount(), jedis.commandList().stream().filter(c -> !c.contains("|")).count());
    assertTrue(jedis.commandList().contains("client|kill"));
    var info = jedis.commandInfo("get", "mset").get("mset");
    assertEquals(-3, info.getArity());
    assertEquals(1, info.getFirstKey());
    assertEquals(-1, info.getLastKey());
    assertEquals(2, info.getStep());
    assertEquals(List.of("a", "b"), jedis.commandGetKeys("MSET", "a", "1", "b", "2"));
    assertTrue(jedis.commandDocs("get").containsKey("get"));
  }

  @Test
  void configurationIsReadAndSet() {
    assertEquals(Map.of("databases", "16"), jedis.configGet("databases"));
    String before = jedis.configGet("slowlog-max-len").get("slowlog-max-len");
    assertEquals("OK", jedis.configSet("slowlog-max-len", "77"));
    assertEquals("77", jedis.configGet("slowlog-m*").get("slowlog-max-len"));
    assertEquals("OK", jedis.configSet("slowlog-max-len", before));
    assertThrows(JedisDataException.class, () -> jedis.configSet("databases", "3"));
    assertThrows(JedisDataException.class, () -> jedis.configSet("dir", "/"));
    assertEquals("OK", jedis.configResetStat());
  }

  @Test
  void timeAndSavingAreTold() {
    long seconds = Long.parseLong(jedis.time().getFirst());
    assertTrue(Math.abs(seconds - System.currentTimeMillis() / 1000) <= 5);
    assertTrue(Math.abs(seconds - jedis.lastsave()) < 1_000_000);
  }

  @Test
  void theLogIsMadeShorterOnRequest() {
    String value = "x".repeat(100_000);
    for (int i = 0; i < 50; i++) {
      jedis.set("key" + i, value);
    }
    long before = logBytes();
    assertEquals("Background append only file rewriting started", jedis.bgrewriteaof());
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (logBytes() >= before && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertTrue(logBytes() < before);
    assertEquals(value, jedis.get("key49"));
  }

  private long logBytes() {
    return Long.parseLong(fields(jedis.info("persistence")).get("aof_current_size"));
  }

  @Test
  void slowCommandsAreRemembered() {
    String before = jedis.configGet("slowlog-log-slower-than").get("slowlog-log-slower-than");
    jedis.configSet("slowlog-log-slower-than", "0");
    jedis.clientSetname("slow");
    jedis.slowlogReset();
    jedis.set("k", "v");
    assertTrue(jedis.slowlogLen() >= 1);
    Slowlog entry =
        jedis.slowlogGet().stream()
            .filter(e -> e.getArgs().equals(List.of("SET", "k", "v")))
            .findFirst()
            .orElseThrow();
    assertEquals("slow", entry.getClientName());
    assertTrue(entry.getExecutionTime() >= 0);
    jedis.configSet("slowlog-log-slower-than", before);
    jedis.slowlogReset();
  }

  @Test
  void aTransactionRunsAsAWhole() {
    Transaction transaction = jedis.multi();
    Response<String> set = transaction.set("a", "1");
    Response<Long> increment = transaction.incr("a");
    transaction.incr("b");
    assertNull(other.get("a"));
    List<Object> results = transaction.exec();
    assertEquals(3, results.size());
    assertEquals("OK", set.get());
    assertEquals(2, increment.get());
    assertEquals("2", other.get("a"));
    Transaction discarded = jedis.multi();
    discarded.set("a", "lost");
    assertEquals("OK", discarded.discard());
    assertEquals("2", jedis.get("a"));
  }

  @Test
  void aWatchedKeyThatChangesAbortsTheTransaction() {
    jedis.set("a", "1");
    assertEquals("OK", jedis.watch("a"));
    other.set("a", "2");
    Transaction transaction = jedis.multi();
    transaction.set("a", "3");
    assertNull(transaction.exec());
    assertEquals("2", jedis.get("a"));
    jedis.watch("a");
    assertEquals("OK", jedis.unwatch());
    other.set("a", "4");
    Transaction second = jedis.multi();
    second.set("a", "5");
    assertEquals(1, second.exec().size());
  }

  private static Map<String, String> fields(String info) {
    Map<String, String> fields = new HashMap<>();
    info.lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .forEach(
            line ->
                fields.put(
                    line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1)));
    return fields;
  }
}
