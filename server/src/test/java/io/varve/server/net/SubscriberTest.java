package io.varve.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import io.varve.server.Server;
import io.varve.server.config.Configuration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Messages through real sockets: their order, and what becomes of those who do not read.
class SubscriberTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;
  private Server server;

  @BeforeEach
  void start() {
    server =
        Server.start(
            Configuration.of(
                "port",
                "0",
                "admin-port",
                "0",
                "client-output-buffer-limit",
                "pubsub 4mb 0 0",
                "dir",
                directory.toString()));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RespClient connect() throws IOException {
    return RespClient.connect("127.0.0.1", server.port(), PATIENCE);
  }

  @Test
  void messagesComeInTheOrderInWhichTheyWerePublished() throws Exception {
    int count = 2_000;
    try (RespClient subscriber = connect();
        RespClient publisher = connect()) {
      subscriber.call("SUBSCRIBE", "ch");
      StringBuilder pipeline = new StringBuilder();
      for (int i = 0; i < count; i++) {
        pipeline.append("SET k ").append(i).append("\r\nPUBLISH ch ").append(i).append("\r\n");
      }
      publisher.sendRaw(pipeline.toString());
      publisher.flush();
      for (int i = 0; i < count; i++) {
        String text = String.valueOf(i);
        String expected =
            "*3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$" + text.length() + "\r\n" + text + "\r\n";
        assertEquals(expected, ascii(subscriber.readRaw(expected.length())));
      }
      String replies = "+OK\r\n:1\r\n".repeat(count);
      assertEquals(replies, ascii(publisher.readRaw(replies.length())));
    }
  }

  @Test
  void inAPipelineAMessageStandsWhereItWasPublished() throws Exception {
    try (RespClient client = connect()) {
      client.call("SET", "k", "v");
      client.call("HELLO", "3");
      client.sendRaw("SUBSCRIBE ch\r\nPUBLISH ch hi\r\nGET k\r\nUNSUBSCRIBE ch\r\nGET k\r\n");
      client.flush();
      String expected =
          String.join(
              "\r\n",
              ">3 $9 subscribe $2 ch :1".replace(" ", "\r\n"),
              ":1",
              ">3 $7 message $2 ch $2 hi".replace(" ", "\r\n"),
              "$1 v".replace(" ", "\r\n"),
              ">3 $11 unsubscribe $2 ch :0".replace(" ", "\r\n"),
              "$1 v ".replace(" ", "\r\n"));
      assertEquals(expected, ascii(client.readRaw(expected.length())));
    }
  }

  @Test
  void whoDoesNotReadIsClosedAndNobodyElse() throws Exception {
    byte[] text = new byte[100_000];
    Arrays.fill(text, (byte) 'x');
    try (RespClient sleeper = connect();
        RespClient publisher = connect()) {
      sleeper.call("SUBSCRIBE", "ch");
      Reply reply = publisher.call(bytes("PUBLISH"), bytes("ch"), text);
      int sent = 0;
      while (reply.equals(new Reply.Int(1)) && sent < 100_000) {
        reply = publisher.call(bytes("PUBLISH"), bytes("ch"), text);
        sent++;
      }
      assertEquals(new Reply.Int(0), reply, "the sleeper is still there after " + sent);
      assertTrue(
          publisher
              .call("INFO", "stats")
              .toString()
              .contains("client_output_buffer_limit_disconnections:1"));
      assertTrue(isClosed(sleeper));
    }
  }

  @Test
  void whoLeavesIsSubscribedNoMore() throws Exception {
    try (RespClient publisher = connect()) {
      try (RespClient leaver = connect()) {
        leaver.call("PSUBSCRIBE", "*");
        assertEquals(new Reply.Int(1), publisher.call("PUBSUB", "NUMPAT"));
      }
      Reply left = publisher.call("PUBSUB", "NUMPAT");
      for (int i = 0; i < 100_000 && !left.equals(new Reply.Int(0)); i++) {
        left = publisher.call("PUBSUB", "NUMPAT");
      }
      assertEquals(new Reply.Int(0), left);
    }
  }

  /// Reads what there is until the end.
  private static boolean isClosed(RespClient client) {
    int piece = 1 << 20;
    try {
      while (client.readRaw(piece).length == piece) {
        // What the kernel had taken before the connection was closed.
      }
    } catch (IOException reset) {
      return true;
    }
    return true;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String ascii(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
