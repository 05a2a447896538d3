package io.varve.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import io.varve.server.config.Configuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What VARVE tells of the store.
@Timeout(120)
class VarveCommandsTest {

  private static final int KEYS = 100;

  @TempDir Path directory;

  @Test
  void levelsTellWhatLiesInThemAndWhatReadsCost() throws Exception {
    try (Server server = start();
        RespClient client = connect(server)) {
      for (int i = 0; i < KEYS; i++) {
        client.call("SET", "key" + i, "value" + i);
      }
      // Writes tables and forgets what is in memory.
      assertEquals("OK", client.call("DEBUG", "RELOAD").asText());

      assertTrue(sum(levels(client), "tables") >= 1);
      assertTrue(sum(levels(client), "runs") >= 1);
      assertTrue(sum(levels(client), "entries") >= KEYS, () -> "fewer entries than keys");
      assertTrue(sum(levels(client), "bytes") > 0);

      assertEquals("value7", client.call("GET", "key7").asText());
      // A read is counted when it is over, which may be after its reply.
      while (sum(levels(client), "read_ios") == 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void aLevelIsAMapForClientsThatKnowMaps() throws Exception {
    try (Server server = start();
        RespClient client = connect(server)) {
      client.call("SET", "key", "value");
      assertEquals("OK", client.call("DEBUG", "RELOAD").asText());
      Reply.Array flat = (Reply.Array) client.call("VARVE", "LEVELS");
      Reply.Array pairs = assertInstanceOf(Reply.Array.class, flat.elements().getFirst());
      client.call("HELLO", "3");
      Reply.Array levels = (Reply.Array) client.call("VARVE", "LEVELS");
      Reply.Map map = assertInstanceOf(Reply.Map.class, levels.elements().getFirst());
      assertEquals(pairs.elements().size(), map.keysAndValues().size());
      assertEquals("level", map.keysAndValues().getFirst().asText());
    }
  }

  @Test
  void helpListsWhatThereIs() throws Exception {
    try (Server server = start();
        RespClient client = connect(server)) {
      String help = client.call("VARVE", "HELP").toString();
      assertTrue(help.contains("LEVELS"), help);
    }
  }

  private Server start() {
    return Server.start(
        Configuration.of(
            "port",
            "0",
            "admin-port",
            "0",
            "dir",
            directory.toString(),
            "enable-debug-command",
            "yes"));
  }

  private static RespClient connect(Server server) throws Exception {
    return RespClient.connect("127.0.0.1", server.port(), Duration.ofSeconds(30));
  }

  private static List<Map<String, Long>> levels(RespClient client) throws Exception {
    Reply.Array levels = (Reply.Array) client.call("VARVE", "LEVELS");
    return levels.elements().stream().map(level -> fields((Reply.Array) level)).toList();
  }

  private static Map<String, Long> fields(Reply.Array level) {
    Map<String, Long> fields = new HashMap<>();
    for (int i = 0; i < level.elements().size(); i += 2) {
      long value = ((Reply.Int) level.elements().get(i + 1)).value();
      fields.put(level.elements().get(i).asText(), value);
    }
    return fields;
  }

  private static long sum(List<Map<String, Long>> levels, String field) {
    return levels.stream().mapToLong(level -> level.getOrDefault(field, 0L)).sum();
  }
}
