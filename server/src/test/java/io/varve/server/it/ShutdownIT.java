package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How the server ends, and how it refuses to begin: clear words, exit codes that scripts can use,
/// and nothing lost.
class ShutdownIT {

  private static final int KEYS = 20_000;

  @TempDir Path scratch;

  @Test
  void sigtermFinishesAndLosesNothingEvenWithoutSyncs() throws IOException {
    try (VarveProcess varve = VarveProcess.start(scratch.resolve("data"), "--appendfsync", "no")) {
      try (RespClient client = varve.connect()) {
        writeKeys(client);
        assertEquals(0, varve.terminate(), varve::output);
        assertTrue(client.awaitClose(), "the connection is closed");
      }
      assertThrows(ConnectException.class, varve::connect);
      varve.restart();
      try (RespClient client = varve.connect()) {
        assertKeys(client);
      }
    }
  }

  @Test
  void aScriptThatHasWrittenIsEndedByShutdownAloneAndNothingOfItStays() throws IOException {
    try (VarveProcess varve = VarveProcess.start(scratch.resolve("data"))) {
      try (RespClient client = varve.connect();
          RespClient busy = varve.connect()) {
        client.call("CONFIG", "SET", "busy-reply-threshold", "10");
        client.call("SET", "before", "1");
        busy.send("EVAL", "redis.call('SET', KEYS[1], 'y') while true do end", "1", "within");
        busy.flush();
        while (!(client.call("PING") instanceof Reply.Failure)) {
          Thread.onSpinWait();
        }
        assertTrue(client.call("SCRIPT", "KILL").toString().startsWith("(error) UNKILLABLE "));
        assertTrue(client.call("SET", "k", "v").toString().startsWith("(error) BUSY "));
        client.send("SHUTDOWN", "NOSAVE");
        client.flush();
        assertTrue(client.awaitClose(), "the connection is closed");
      }
      assertEquals(0, varve.awaitExit(), varve::output);
      varve.restart();
      try (RespClient client = varve.connect()) {
        assertEquals(new Reply.Int(1), client.call("EXISTS", "before", "within"));
      }
    }
  }

  @Test
  void shutdownCommandEndsTheServerAndLosesNothing() throws IOException {
    try (VarveProcess varve = VarveProcess.start(scratch.resolve("data"))) {
      for (List<String> shutdown :
          List.of(
              List.of("SHUTDOWN"),
              List.of("SHUTDOWN", "NOSAVE"),
              List.of("SHUTDOWN", "SAVE", "NOW", "FORCE"))) {
        try (RespClient client = varve.connect()) {
          writeKeys(client);
          client.send(shutdown.toArray(String[]::new));
          client.flush();
          assertTrue(client.awaitClose(), () -> shutdown + " closes and does not reply");
        }
        assertEquals(0, varve.awaitExit(), varve::output);
        varve.restart();
        try (RespClient client = varve.connect()) {
          assertKeys(client);
        }
      }
    }
  }

  @Test
  void databasesAndExpiriesOutliveARestart() throws IOException {
    try (VarveProcess varve = VarveProcess.start(scratch.resolve("data"))) {
      try (RespClient client = varve.connect()) {
        client.call("SET", "a", "0");
        client.call("SELECT", "1");
        client.call("SET", "a", "1", "PXAT", "33177117420123");
        client.call("SWAPDB", "1", "2");
        client.call("SET", "gone", "x");
        client.call("SELECT", "3");
        client.call("SET", "flushed", "x");
        client.call("FLUSHDB");
        client.call("SET", "kept", "x");
      }
      assertEquals(0, varve.terminate(), varve::output);
      varve.restart();
      varve.kill9();
      varve.restart();
      try (RespClient client = varve.connect()) {
        assertEquals("0", client.call("GET", "a").asText());
        assertEquals(1, client.call("DBSIZE").asLong());
        client.call("SELECT", "2");
        assertEquals(33177117420123L, client.call("PEXPIRETIME", "a").asLong());
        assertEquals(1, client.call("DBSIZE").asLong());
        client.call("SELECT", "1");
        assertEquals(1, client.call("DBSIZE").asLong());
        client.call("SELECT", "3");
        assertEquals(List.of(Reply.Bulk.of("kept")), client.call("KEYS", "*").asList());
        assertEquals(1, client.call("DBSIZE").asLong());
      }
    }
  }

  @Test
  void aSecondServerOnTheSameDirectoryIsRefused() throws IOException {
    try (VarveProcess varve = VarveProcess.start(scratch.resolve("data"))) {
      assertRefused("serve", "--dir", varve.directory().toString(), "--admin-port", "0");
      try (RespClient client = varve.connect()) {
        assertEquals("PONG", client.call("PING").asText());
      }
    }
  }

  @Test
  void aPortInUseIsRefused() throws IOException {
    try (VarveProcess varve = VarveProcess.start(scratch.resolve("data"))) {
      VarveProcess.Exit exit =
          VarveProcess.run(
              scratch,
              "serve",
              "--dir",
              scratch.resolve("other").toString(),
              "--admin-port",
              "0",
              "--port",
              Integer.toString(varve.port()));
      assertNotEquals(0, exit.code(), exit::output);
      assertTrue(exit.output().contains(Integer.toString(varve.port())), exit::output);
    }
  }

  @Test
  void aDataDirectoryThatIsNoneIsRefused() throws IOException {
    Path file = Files.writeString(scratch.resolve("file"), "not a directory");
    assertRefused("serve", "--dir", file.toString(), "--admin-port", "0");
  }

  @Test
  void aDamagedStoreIsRefusedByTheNameOfTheFile() throws IOException {
    Path data = scratch.resolve("data");
    try (VarveProcess varve = VarveProcess.start(data)) {
      varve.terminate();
    }
    Path current;
    try (var files = Files.walk(data)) {
      current = files.filter(file -> file.endsWith("CURRENT")).findFirst().orElseThrow();
    }
    Files.writeString(current, "nonsense");
    VarveProcess.Exit exit = assertRefused("serve", "--dir", data.toString(), "--admin-port", "0");
    assertTrue(exit.output().contains("CURRENT"), exit::output);
  }

  @Test
  void aWrongLineOfTheConfigurationIsRefusedByItsNumber() throws IOException {
    Path file = scratch.resolve("varve.conf");
    Files.writeString(file, "# fine\ndatabases 16\nnosuchdirective 1\n");
    VarveProcess.Exit unknown = assertRefused("serve", "--config", file.toString());
    assertTrue(unknown.output().contains("nosuchdirective"), unknown::output);
    assertTrue(unknown.output().contains("3"), unknown::output);
    Files.writeString(file, "databases many\n");
    VarveProcess.Exit wrong = assertRefused("serve", "--config", file.toString());
    assertTrue(wrong.output().contains("databases"), wrong::output);
  }

  @Test
  void anUnknownOptionIsRefused() throws IOException {
    VarveProcess.Exit exit = assertRefused("serve", "--no-such-option", "1");
    assertTrue(exit.output().contains("no-such-option"), exit::output);
  }

  @Test
  void anOptionWithAWrongValueIsRefused() throws IOException {
    VarveProcess.Exit exit = assertRefused("serve", "--memtable-bytes", "lots");
    assertTrue(exit.output().contains("memtable-bytes"), exit::output);
    assertRefused("serve", "--port", "70000");
    assertRefused("serve", "--appendfsync", "sometimes");
  }

  /// Ends with an error code and one line that says why: no stack trace.
  private VarveProcess.Exit assertRefused(String... arguments) throws IOException {
    VarveProcess.Exit exit = VarveProcess.run(scratch, arguments);
    assertNotEquals(0, exit.code(), exit::output);
    assertFalse(exit.lines().isEmpty(), "says why");
    assertFalse(exit.output().contains("\tat "), () -> "a stack trace:\n" + exit.output());
    return exit;
  }

  private static void writeKeys(RespClient client) throws IOException {
    for (int i = 0; i < KEYS; i++) {
      client.send("SET", "key:" + i, "value:" + i);
    }
    client.flush();
    for (int i = 0; i < KEYS; i++) {
      assertEquals(new Reply.Simple("OK"), client.read());
    }
  }

  private static void assertKeys(RespClient client) throws IOException {
    for (int i = 0; i < KEYS; i++) {
      client.send("GET", "key:" + i);
    }
    client.flush();
    for (int i = 0; i < KEYS; i++) {
      assertEquals(Reply.Bulk.of("value:" + i), client.read());
    }
    assertEquals(KEYS, client.call("DBSIZE").asLong());
  }
}
