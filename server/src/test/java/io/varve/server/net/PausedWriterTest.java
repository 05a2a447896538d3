package io.varve.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.RespClient;
import io.varve.server.Server;
import io.varve.server.config.Configuration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A client that writes faster than merges can follow is slowed down at its socket; nothing that it or
/// anybody else gets to see changes.
class PausedWriterTest {

  private static final int ROUNDS = 60;
  private static final int WRITES = 50;
  private static final String VALUE = "v".repeat(1_000);

  @TempDir Path directory;

  @Test
  void aPausedWriterGetsItsRepliesInOrderAndOthersGoOn() throws Exception {
    Configuration configuration =
        Configuration.of(
            "port", "0",
            "admin-port", "0",
            "dir", directory.toString(),
            "memtable-bytes", "64kb",
            "compaction-fanout", "4",
            "merge-bytes-per-second", "1mb");
    try (Server server = Server.start(configuration);
        RespClient writer = connect(server);
        RespClient reader = connect(server)) {
      long count = 0;
      for (int round = 0; round < ROUNDS; round++) {
        StringBuilder pipeline = new StringBuilder();
        for (int i = 0; i < WRITES; i++) {
          String key = "key:" + (round * WRITES + i);
          pipeline.append("*3\r\n$3\r\nSET\r\n$").append(key.length()).append("\r\n").append(key);
          pipeline.append("\r\n$").append(VALUE.length()).append("\r\n").append(VALUE);
          pipeline.append("\r\n*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n");
        }
        writer.sendRaw(pipeline.toString());
        writer.flush();
        assertEquals("+PONG\r\n", raw(reader, "PING", 7));
        for (int i = 0; i < WRITES; i++) {
          String expected = "+OK\r\n:" + ++count + "\r\n";
          assertEquals(expected, text(writer.readRaw(expected.length())), "reply " + count);
        }
      }
      String info = reader.call("INFO", "varve").asText();
      assertTrue(field(info, "write_pauses") > 0, info);
      assertEquals("OK", reader.call("CONFIG", "SET", "merge-bytes-per-second", "0").asText());
      assertEquals(VALUE, reader.call("GET", "key:7").asText());
    }
  }

  private static RespClient connect(Server server) throws Exception {
    return RespClient.connect("127.0.0.1", server.port(), Duration.ofSeconds(30));
  }

  private static String raw(RespClient client, String command, int bytes) throws Exception {
    client.sendRaw(command + "\r\n");
    client.flush();
    return text(client.readRaw(bytes));
  }

  private static long field(String info, String name) {
    for (String line : info.split("\r\n", -1)) {
      if (line.startsWith(name + ":")) {
        return Long.parseLong(line.substring(name.length() + 1));
      }
    }
    throw new AssertionError("no " + name + " in " + info);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
