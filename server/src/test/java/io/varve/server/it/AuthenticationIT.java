package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

/// A server with a password, and with DEBUG enabled: what a stranger may do, and how little it may
/// send.
class AuthenticationIT {

  private static final String PASSWORD = "correct horse";
  private static VarveProcess varve;

  @BeforeAll
  static void start(@TempDir Path scratch) throws IOException {
    varve =
        VarveProcess.start(
            scratch.resolve("data"), "--requirepass", PASSWORD, "--enable-debug-command", "yes");
  }

  @AfterAll
  static void stop() {
    varve.close();
  }

  @Test
  void aStrangerIsToldToAuthenticate() throws IOException {
    try (RespClient client = varve.connect()) {
      for (String[] request :
          List.of(
              new String[] {"PING"},
              new String[] {"GET", "k"},
              new String[] {"SET", "k", "v"},
              new String[] {"INFO"},
              new String[] {"CONFIG", "GET", "requirepass"},
              new String[] {"CLIENT", "LIST"},
              new String[] {"MULTI"},
              new String[] {"SHUTDOWN"})) {
        assertEquals(
            new Reply.Failure("NOAUTH Authentication required."), client.call(request), request[0]);
      }
      assertEquals(
          new Reply.Failure("WRONGPASS invalid username-password pair or user is disabled."),
          client.call("AUTH", "wrong"));
      assertEquals(
          new Reply.Failure("WRONGPASS invalid username-password pair or user is disabled."),
          client.call("AUTH", "nosuch", PASSWORD));
      assertTrue(client.call("HELLO", "3").asText().startsWith("NOAUTH HELLO must be called with"));
      assertEquals("OK", client.call("AUTH", PASSWORD).asText());
      assertEquals("PONG", client.call("PING").asText());
    }
  }

  @Test
  void helloAuthenticatesAndSwitchesAtOnce() throws IOException {
    try (RespClient client = varve.connect()) {
      assertEquals(
          new Reply.Failure("WRONGPASS invalid username-password pair or user is disabled."),
          client.call("HELLO", "3", "AUTH", "default", "wrong"));
      Reply hello = client.call("HELLO", "3", "AUTH", "default", PASSWORD, "SETNAME", "me");
      assertTrue(hello instanceof Reply.Map, hello::toString);
      assertEquals("me", client.call("CLIENT", "GETNAME").asText());
      assertEquals("RESET", client.call("RESET").asText());
      assertEquals(new Reply.Failure("NOAUTH Authentication required."), client.call("GET", "k"));
    }
  }

  @Test
  void aStrangerCannotSendMuch() throws IOException {
    try (RespClient client = varve.connect()) {
      client.sendRaw("*11\r\n$4\r\nPING\r\n");
      client.flush();
      assertEquals(
          new Reply.Failure("ERR Protocol error: unauthenticated multibulk length"), client.read());
      assertTrue(client.awaitClose());
    }
    try (RespClient client = varve.connect()) {
      client.sendRaw("*2\r\n$4\r\nAUTH\r\n$16385\r\n");
      client.flush();
      assertEquals(
          new Reply.Failure("ERR Protocol error: unauthenticated bulk length"), client.read());
      assertTrue(client.awaitClose());
    }
  }

  @Test
  void thePasswordIsNotShownInTheSlowLog() throws IOException {
    try (RespClient client = varve.connect()) {
      client.call("AUTH", PASSWORD);
      client.call("CONFIG", "SET", "slowlog-log-slower-than", "0");
      client.call("AUTH", PASSWORD);
      client.call("CONFIG", "SET", "requirepass", PASSWORD);
      client.call("HELLO", "2", "AUTH", "default", PASSWORD);
      String log = client.call("SLOWLOG", "GET", "-1").toString();
      assertFalse(log.contains(PASSWORD), log);
      client.call("CONFIG", "SET", "slowlog-log-slower-than", "10000");
    }
  }

  @Test
  void jedisLogsIn() {
    try (Jedis jedis = new Jedis(varve.host(), varve.port())) {
      assertThrows(JedisDataException.class, () -> jedis.auth("wrong"));
      assertEquals("OK", jedis.auth(PASSWORD));
      assertEquals("OK", jedis.auth("default", PASSWORD));
      assertEquals("OK", jedis.set("k", "v"));
      assertEquals("v", jedis.get("k"));
    }
  }

  @Test
  void debugWorksWhereItIsEnabled() throws IOException {
    try (RespClient client = varve.connect()) {
      client.call("AUTH", PASSWORD);
      assertEquals("OK", client.call("DEBUG", "SLEEP", "0").asText());
      assertEquals(new Reply.Failure("ERR mine"), client.call("DEBUG", "ERROR", "ERR mine"));
      assertTrue(client.call("DEBUG", "NOSUCH") instanceof Reply.Failure);
    }
  }

  @Test
  void debugObjectTellsOfAKeyAlsoWhenItsTimeHasPassed() throws IOException {
    try (RespClient client = varve.connect()) {
      client.call("AUTH", PASSWORD);
      client.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
      client.call("SET", "object", "b");
      client.call("PEXPIREAT", "object", String.valueOf(System.currentTimeMillis() + 20));
      while (client.call("EXISTS", "object").equals(new Reply.Int(1))) {
        Thread.onSpinWait();
      }
      assertEquals(
          "Value at:0x0 refcount:1 encoding:embstr serializedlength:2 lru:0 lru_seconds_idle:0",
          client.call("DEBUG", "OBJECT", "object").asText());
      client.call("DEBUG", "SET-ACTIVE-EXPIRE", "1");
      client.call("DEL", "object");
      assertEquals(new Reply.Failure("ERR no such key"), client.call("DEBUG", "OBJECT", "object"));
    }
  }

  @Test
  void whatIsReadAfterAReloadComesFromTheDisk() throws IOException {
    try (RespClient client = varve.connect()) {
      client.call("AUTH", PASSWORD);
      assertEquals("OK", client.call("DEBUG", "POPULATE", "1000", "reload", "100").asText());
      String before = client.call("DEBUG", "DIGEST").asText();
      assertEquals("value:7", client.call("GET", "reload:7").asText().substring(0, 7));
      assertEquals("OK", client.call("DEBUG", "RELOAD").asText());
      assertEquals("OK", client.call("DEBUG", "LOADAOF").asText());
      client.call("CONFIG", "RESETSTAT");
      assertEquals("value:7", client.call("GET", "reload:7").asText().substring(0, 7));
      String statistics = client.call("INFO", "commandstats").asText();
      assertTrue(statistics.contains("cmdstat_get:calls=1"), statistics);
      assertFalse(
          statistics.lines().anyMatch(line -> line.matches("cmdstat_get:.*read_ios=0\\b.*")),
          statistics);
      assertEquals(before, client.call("DEBUG", "DIGEST").asText());
    }
  }
}
