package io.varve.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import io.varve.server.Server;
import io.varve.server.config.Configuration;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Keys that move from one server to another, and what becomes of them when something is in the way.
class MigrateTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LONG_TIMEOUT = "50000";
  private static final Reply OK = new Reply.Simple("OK");

  @TempDir Path directory;
  private Server source;
  private Server target;
  private RespClient here;
  private RespClient there;

  @BeforeEach
  void start() throws Exception {
    source = start("source");
    target = start("target", "requirepass", "secret");
    here = connect(source);
    there = connect(target);
    there.call("AUTH", "secret");
  }

  @AfterEach
  void stop() throws Exception {
    here.close();
    there.close();
    source.close();
    target.close();
  }

  @Test
  void keysOfAllTypesMove() throws Exception {
    here.call("SET", "string", "value", "PX", "1000000");
    here.call("RPUSH", "list", "a", "b");
    for (int i = 0; i < 1000; i++) {
      here.call("HSET", "hash", "field" + i, "value" + i);
    }
    assertEquals(
        OK, migrate("", "3", "COPY", "AUTH", "secret", "KEYS", "string", "none", "list", "hash"));
    assertEquals(number(3), here.call("EXISTS", "string", "list", "hash"));
    assertEquals(
        new Reply.Failure(
            "ERR Target instance replied with error: BUSYKEY Target key name already exists."),
        migrate("", "3", "AUTH", "secret", "KEYS", "string", "list"));
    assertEquals(number(2), here.call("EXISTS", "string", "list"));
    assertEquals(
        OK,
        migrate(
            "", "3", "AUTH2", "default", "secret", "REPLACE", "KEYS", "string", "list", "hash"));
    assertEquals(number(0), here.call("EXISTS", "string", "list", "hash"));
    there.call("SELECT", "3");
    assertEquals(Reply.Bulk.of("value"), there.call("GET", "string"));
    assertTrue(((Reply.Int) there.call("PTTL", "string")).value() > 900_000);
    assertEquals("[\"a\", \"b\"]", there.call("LRANGE", "list", "0", "-1").toString());
    assertEquals(number(1000), there.call("HLEN", "hash"));
  }

  @Test
  void aKeyMovesWithinOneServer() throws Exception {
    here.call("SET", "key", "value");
    assertEquals(
        OK,
        here.call("MIGRATE", "127.0.0.1", String.valueOf(source.port()), "key", "5", LONG_TIMEOUT));
    assertEquals(number(0), here.call("EXISTS", "key"));
    here.call("SELECT", "5");
    assertEquals(Reply.Bulk.of("value"), here.call("GET", "key"));
  }

  @Test
  void itsKeysAreFoundWhereverTheyStand() throws Exception {
    assertEquals(
        "[\"key\"]",
        here.call("COMMAND", "GETKEYS", "MIGRATE", "host", "1", "key", "0", "1").toString());
    String[] many = {
      "COMMAND", "GETKEYS", "MIGRATE", "host", "1", "", "0", "1", "KEYS", "a", "keys", "b"
    };
    assertEquals("[\"a\", \"keys\", \"b\"]", here.call(many).toString());
    here.call("ACL", "SETUSER", "mover", "on", "nopass", "+@all", "~a");
    here.call("AUTH", "mover", "x");
    assertEquals(
        "(error) NOPERM No permissions to access a key",
        migrate("", "0", "KEYS", "b", "keys", "a").toString());
    assertEquals("NOKEY", migrate("", "0", "KEYS", "a").toString());
  }

  @Test
  void errorsAreThoseOfRedis() throws Exception {
    assertEquals(new Reply.Simple("NOKEY"), migrate("key", "0"));
    here.call("SET", "key", "value");
    assertEquals(
        new Reply.Failure(
            "ERR Target instance replied with error: NOAUTH Authentication required."),
        migrate("key", "0"));
    Reply wrong = migrate("key", "0", "AUTH", "wrong");
    assertTrue(
        wrong.toString().contains("Target instance replied with error: WRONGPASS"),
        wrong::toString);
    assertEquals(
        new Reply.Failure("ERR Target instance replied with error: ERR DB index is out of range"),
        migrate("key", "99", "AUTH", "secret"));
    assertEquals(new Reply.Failure("ERR syntax error"), migrate("key", "0", "AUTH"));
    assertEquals(
        new Reply.Failure(
            "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string"),
        migrate("key", "0", "KEYS", "key"));
    assertEquals(
        new Reply.Failure("ERR value is not an integer or out of range"), migrate("key", "x"));
    int closed;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = free.getLocalPort();
    }
    assertEquals(
        new Reply.Failure("IOERR error or timeout connecting to the client"),
        here.call("MIGRATE", "127.0.0.1", String.valueOf(closed), "key", "0", "1000"));
    here.call("MULTI");
    migrate("key", "0");
    assertTrue(here.call("EXEC").toString().contains("not allowed"));
    assertEquals(number(1), here.call("EXISTS", "key"));
  }

  @Test
  void aTargetThatSaysNothingHoldsNobodyElseUp() throws Exception {
    here.call("SET", "key", "x".repeat(20_000_000));
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RespClient other = connect(source)) {
      here.send(
          "MIGRATE", "127.0.0.1", String.valueOf(silent.getLocalPort()), "key", "0", LONG_TIMEOUT);
      here.flush();
      try (Socket _ = silent.accept()) {
        // The migration has begun and waits; others are answered.
        assertEquals(OK, other.call("SET", "another", "value"));
        assertEquals(number(20_000_000), other.call("STRLEN", "key"));
      }
      assertEquals(
          new Reply.Failure("IOERR error or timeout reading from target instance"), here.read());
      assertEquals(
          new Reply.Failure("IOERR error or timeout reading from target instance"),
          here.call(
              "MIGRATE", "127.0.0.1", String.valueOf(silent.getLocalPort()), "key", "0", "50"));
      assertEquals(number(20_000_000), here.call("STRLEN", "key"));
    }
  }

  @Test
  void aTargetThatStopsReadingIsGivenUp() throws Exception {
    here.call("SET", "key", "x".repeat(20_000_000));
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      here.send("MIGRATE", "127.0.0.1", String.valueOf(server.getLocalPort()), "key", "0", "200");
      here.flush();
      try (Socket accepted = server.accept()) {
        answerSelect(accepted);
        assertEquals(
            new Reply.Failure("IOERR error or timeout writing to target instance"), here.read());
      }
      assertEquals(number(1), here.call("EXISTS", "key"));
    }
  }

  @Test
  void aKeyThatChangesOnItsWayIsNotRemoved() throws Exception {
    here.call("RPUSH", "changed", "a");
    here.call("SET", "same", "value");
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RespClient other = connect(source)) {
      here.send(
          "MIGRATE",
          "127.0.0.1",
          String.valueOf(server.getLocalPort()),
          "",
          "0",
          LONG_TIMEOUT,
          "KEYS",
          "changed",
          "same");
      here.flush();
      try (Socket accepted = server.accept()) {
        answerSelect(accepted);
        assertEquals(number(2), other.call("RPUSH", "changed", "b"));
        accepted.getOutputStream().write("+OK\r\n+OK\r\n".getBytes(StandardCharsets.US_ASCII));
        assertEquals(
            new Reply.Failure(
                "ERR changed while the target got them, so they were not removed here: changed"),
            here.read());
      }
      assertEquals("[\"a\", \"b\"]", here.call("LRANGE", "changed", "0", "-1").toString());
      assertEquals(number(0), here.call("EXISTS", "same"));
    }
  }

  private static void answerSelect(Socket accepted) throws IOException {
    InputStream in = accepted.getInputStream();
    String select = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n";
    assertEquals(select, new String(in.readNBytes(select.length()), StandardCharsets.US_ASCII));
    accepted.getOutputStream().write("+OK\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  private Reply migrate(String key, String database, String... options) throws IOException {
    String[] command = new String[6 + options.length];
    command[0] = "MIGRATE";
    command[1] = "127.0.0.1";
    command[2] = String.valueOf(target.port());
    command[3] = key;
    command[4] = database;
    command[5] = LONG_TIMEOUT;
    System.arraycopy(options, 0, command, 6, options.length);
    return here.call(command);
  }

  private Server start(String name, String... more) throws IOException {
    String[] directives = {
      "port",
      "0",
      "admin-port",
      "0",
      "dir",
      Files.createDirectory(directory.resolve(name)).toString()
    };
    String[] all = new String[directives.length + more.length];
    System.arraycopy(directives, 0, all, 0, directives.length);
    System.arraycopy(more, 0, all, directives.length, more.length);
    return Server.start(Configuration.of(all));
  }

  private static RespClient connect(Server server) throws IOException {
    return RespClient.connect("127.0.0.1", server.port(), PATIENCE);
  }

  private static Reply number(long value) {
    return new Reply.Int(value);
  }
}
