package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.ClientListArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.UnblockType;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Connections, the server and transactions as users of Lettuce know them.
class LettuceServerIT extends WithLettuce {

  private RedisCommands<String, String> other;

  @BeforeEach
  void connectAnother() {
    other = client.connect().sync();
  }

  @Test
  void connectionsAreNamedListedAndKilled() {
    assertEquals("PONG", redis.ping());
    assertEquals("hello", redis.echo("hello"));
    assertEquals("OK", redis.clientSetname("first"));
    assertEquals("first", redis.clientGetname());
    assertTrue(redis.clientInfo().contains(" name=first "));
    assertTrue(redis.clientList().lines().count() >= 2);
    assertEquals(1, redis.clientList(ClientListArgs.Builder.ids(other.clientId())).lines().count());
    assertEquals("OK", redis.clientNoEvict(true));
    assertEquals(0, redis.clientUnblock(other.clientId(), UnblockType.ERROR));
    assertEquals("OK", redis.clientPause(1));
    assertEquals(1, redis.clientKill(KillArgs.Builder.id(other.clientId())));
    assertThrows(RedisException.class, other::ping);
    assertEquals("PONG", redis.ping());
  }

  @Test
  void theServerDescribesItself() {
    redis.set("k", "v");
    assertTrue(redis.info().contains("redis_version:7."));
    assertTrue(redis.info("keyspace").contains("db0:keys=1,expires=0"));
    assertTrue(redis.commandCount() >= 60);
    assertEquals(redis.commandCount(), (long) redis.command().size());
    assertEquals(2, redis.commandInfo("get", "set").size());
    assertEquals(2, redis.time().size());
    assertTrue(redis.lastsave().toInstant().isAfter(Instant.EPOCH));
    assertEquals(Map.of("databases", "16"), redis.configGet("databases"));
    assertEquals("OK", redis.configSet("slowlog-max-len", "128"));
    assertEquals("OK", redis.configResetstat());
    assertEquals("OK", redis.slowlogReset());
    assertEquals(0, redis.slowlogLen());
    assertEquals(List.of(), redis.slowlogGet());
    RedisCommandExecutionException refused =
        assertThrows(RedisCommandExecutionException.class, () -> redis.debugReload());
    assertTrue(refused.getMessage().startsWith("ERR DEBUG command not allowed."));
  }

  @Test
  void aTransactionRunsAsAWholeOrNotAtAll() {
    assertEquals("OK", redis.multi());
    redis.set("a", "1");
    redis.incr("a");
    assertNull(other.get("a"));
    TransactionResult result = redis.exec();
    assertEquals(List.of("OK", 2L), result.stream().toList());
    redis.watch("a");
    other.set("a", "3");
    redis.multi();
    redis.set("a", "4");
    assertTrue(redis.exec().wasDiscarded());
    assertEquals("3", redis.get("a"));
    redis.multi();
    redis.set("a", "5");
    assertEquals("OK", redis.discard());
    redis.watch("a");
    assertEquals("OK", redis.unwatch());
    redis.multi();
    redis.get("a");
    assertFalse(redis.exec().wasDiscarded());
    assertEquals("3", redis.get("a"));
  }

  @Test
  void aSelectedDatabaseIsKept() {
    assertEquals("OK", redis.select(9));
    redis.set("k", "nine");
    assertNull(other.get("k"));
    assertEquals("nine", redis.get("k"));
  }
}
