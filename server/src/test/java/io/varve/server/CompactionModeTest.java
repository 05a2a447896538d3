package io.varve.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.RespClient;
import io.varve.server.config.Configuration;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shape of the tree is chosen by configuration, and changed while the store is open.
class CompactionModeTest {

  @TempDir Path directory;

  @Test
  void aModeIsTakenFromTheConfigurationAndChangedOnTheOpenStore() throws Exception {
    try (Server server = start("lazy-leveled");
        RespClient client = connect(server)) {
      assertEquals("lazy-leveled", modeOf(client));
      assertEquals("OK", set(client, "leveled"));
      assertEquals("leveled", modeOf(client));
      assertEquals("OK", set(client, "Time-Window"));
      assertEquals("time-window", modeOf(client));
    }
  }

  @Test
  void anUnknownModeIsRefusedWithThoseThatThereAre() throws Exception {
    try (Server server = start("leveled");
        RespClient client = connect(server)) {
      String refusal = set(client, "lazy_leveled");
      assertTrue(
          refusal.contains("one of the following: tiered, lazy-leveled, leveled, time-window"),
          refusal);
      assertEquals("leveled", modeOf(client));
    }
  }

  private Server start(String mode) {
    return Server.start(
        Configuration.of(
            "port", "0", "admin-port", "0", "dir", directory.toString(), "compaction-mode", mode));
  }

  private static RespClient connect(Server server) throws Exception {
    return RespClient.connect("127.0.0.1", server.port(), Duration.ofSeconds(30));
  }

  private static String set(RespClient client, String mode) throws Exception {
    return client.call("CONFIG", "SET", "compaction-mode", mode).asText();
  }

  /// As the engine says.
  private static String modeOf(RespClient client) throws Exception {
    String info = client.call("INFO", "varve").asText();
    return info.lines()
        .filter(line -> line.startsWith("compaction_mode:"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(info))
        .substring("compaction_mode:".length());
  }
}
