package io.varve.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.varve.protocol.RespClient;
import io.varve.server.Server;
import io.varve.server.config.Configuration;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A client that sends more than it reads gets every reply, in time.
class SlowReaderTest {

  private static final int READS = 8_000;
  private static final int VALUE_BYTES = 2_000;

  @TempDir Path directory;

  @Test
  void aPipelineWhoseRepliesFillTheSocketIsAnsweredToItsEnd() throws Exception {
    Configuration configuration =
        Configuration.of("port", "0", "admin-port", "0", "dir", directory.toString());
    byte[] value = new byte[VALUE_BYTES];
    Arrays.fill(value, (byte) 'v');
    try (Server server = Server.start(configuration);
        RespClient client =
            RespClient.connect("127.0.0.1", server.port(), Duration.ofSeconds(30))) {
      client.call(ascii("SET"), ascii("key"), value);
      // The requests fit what the kernel buffers, their replies by far do not.
      client.sendRaw("*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n".repeat(READS));
      client.flush();
      byte[] expected = concat(ascii("$" + VALUE_BYTES + "\r\n"), value, ascii("\r\n"));
      for (int i = 0; i < READS; i++) {
        assertArrayEquals(expected, client.readRaw(expected.length), "reply " + i);
      }
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
