package io.varve.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import io.varve.server.Server;
import io.varve.server.config.Configuration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `client-output-buffer-limit`, set while the server runs: who is closed, when, and what he still gets.
class OutputLimitTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String KILOBYTE = "x".repeat(1000);

  @TempDir Path directory;
  private Server server;
  private RespClient watcher;

  @BeforeEach
  void start() throws IOException {
    server =
        Server.start(Configuration.of("port", "0", "admin-port", "0", "dir", directory.toString()));
    watcher = connect();
  }

  @AfterEach
  void stop() throws IOException {
    watcher.close();
    server.close();
  }

  @Test
  void whoIsBeyondTheSoftLimitForItsSecondsIsClosedAlsoIfNothingMoreIsSent() throws Exception {
    limit("pubsub 0 100000 1");
    try (RespClient sleeper = connect()) {
      sleeper.call("CLIENT", "SETNAME", "sleeper");
      sleeper.call("SUBSCRIBE", "ch");
      String message = KILOBYTE.repeat(100);
      for (int i = 0; i < 1_000 && waitingBytes() <= 100_000; i++) {
        watcher.call("PUBLISH", "ch", message);
      }
      assertTrue(isListed("sleeper"));
      Instant end = Instant.now().plus(PATIENCE);
      while (isListed("sleeper") && Instant.now().isBefore(end)) {
        Thread.onSpinWait();
      }
      assertFalse(isListed("sleeper"));
      assertEquals(1, disconnections());
    }
  }

  @Test
  void whoAsksForMoreThanTheHardLimitGetsNothingAndIsGoneForTheOthers() throws Exception {
    for (int i = 0; i < 150; i++) {
      watcher.call("RPUSH", "list", KILOBYTE);
    }
    limit("normal 100000 0 0");
    try (RespClient greedy = connect()) {
      greedy.call("CLIENT", "SETNAME", "greedy");
      greedy.sendRaw("SET k v\r\nGET k\r\nLRANGE list 0 -1\r\nSET later v\r\n");
      greedy.flush();
      assertEquals(0, bytesUntilEnd(greedy));
      assertFalse(isListed("greedy"));
      assertEquals(Reply.Bulk.of("v"), watcher.call("GET", "k"));
      assertEquals(new Reply.Int(0), watcher.call("EXISTS", "later"));
      assertEquals(1, disconnections());
    }
  }

  @Test
  void ofATransactionWhoseReplyIsBeyondTheLimitNothingStays() throws Exception {
    for (int i = 0; i < 150; i++) {
      watcher.call("RPUSH", "list", KILOBYTE);
    }
    limit("normal 100000 0 0");
    try (RespClient greedy = connect()) {
      greedy.call("MULTI");
      greedy.call("SET", "k", "v");
      greedy.call("LPOP", "list", "150");
      greedy.sendRaw("EXEC\r\n");
      greedy.flush();
      assertEquals(0, bytesUntilEnd(greedy));
    }
    assertEquals(new Reply.Int(0), watcher.call("EXISTS", "k"));
    assertEquals(new Reply.Int(150), watcher.call("LLEN", "list"));
  }

  private RespClient connect() throws IOException {
    return RespClient.connect("127.0.0.1", server.port(), PATIENCE);
  }

  private void limit(String limits) throws IOException {
    watcher.call("CONFIG", "SET", "client-output-buffer-limit", limits);
  }

  private boolean isListed(String name) throws IOException {
    return watcher.call("CLIENT", "LIST").toString().contains(" name=" + name + " ");
  }

  /// What waits for the only subscriber.
  private long waitingBytes() throws IOException {
    return watcher
        .call("CLIENT", "LIST")
        .toString()
        .lines()
        .filter(line -> line.contains(" name=sleeper "))
        .mapToLong(line -> Long.parseLong(line.replaceFirst(".* omem=(\\d+) .*", "$1")))
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  private long disconnections() throws IOException {
    String stats = watcher.call("INFO", "stats").toString();
    return Long.parseLong(
        stats.replaceFirst("(?s).*client_output_buffer_limit_disconnections:(\\d+).*", "$1"));
  }

  /// Reads until the server has closed the connection.
  private static int bytesUntilEnd(RespClient client) {
    int count = 0;
    try {
      while (client.readRaw(1).length == 1) {
        count++;
      }
    } catch (IOException end) {
      return count;
    }
    return count;
  }
}
