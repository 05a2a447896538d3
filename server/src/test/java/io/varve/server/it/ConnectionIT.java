package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a connection is told and not told, byte by byte, and how it ends.
@ExtendWith(ServerUnderTest.class)
class ConnectionIT {

  @Test
  void nullsOfBothProtocolsAreWrittenAsRedisWritesThem() throws IOException {
    try (RespClient client = ServerUnderTest.connect()) {
      expectBytes(client, "$-1\r\n", "GET", "missing");
      expectBytes(client, "*2\r\n$-1\r\n$-1\r\n", "MGET", "a", "b");
      expectBytes(client, "$-1\r\n", "RANDOMKEY");
      client.call("HELLO", "3");
      expectBytes(client, "_\r\n", "GET", "missing");
      expectBytes(client, "*2\r\n_\r\n_\r\n", "MGET", "a", "b");
      expectBytes(client, "*0\r\n", "KEYS", "*");
      expectBytes(client, "*2\r\n$1\r\n0\r\n*0\r\n", "SCAN", "0");
    }
  }

  @Test
  void clientReplySkipSilencesOneCommandAndOffAll() throws IOException {
    try (RespClient client = ServerUnderTest.connect()) {
      client.send("CLIENT", "REPLY", "SKIP");
      client.send("SET", "k", "1");
      client.send("INCR", "k");
      client.flush();
      assertEquals(new Reply.Int(2), client.read());
      client.send("CLIENT", "REPLY", "OFF");
      client.send("INCR", "k");
      client.send("NOSUCH");
      client.send("CLIENT", "REPLY", "SKIP");
      client.send("INCR", "k");
      client.send("CLIENT", "REPLY", "ON");
      client.send("GET", "k");
      client.flush();
      assertEquals(new Reply.Simple("OK"), client.read());
      assertEquals(Reply.Bulk.of("4"), client.read());
    }
  }

  @Test
  void whatIsPipelinedBehindQuitIsNotExecuted() throws IOException {
    try (RespClient client = ServerUnderTest.connect()) {
      client.send("SET", "k", "1");
      client.send("QUIT");
      client.send("SET", "k", "2");
      client.flush();
      assertEquals("OK", client.read().asText());
      assertEquals("OK", client.read().asText());
      assertTrue(client.awaitClose());
    }
    try (RespClient client = ServerUnderTest.connect()) {
      assertEquals("1", client.call("GET", "k").asText());
    }
  }

  @Test
  void helloSwitchesTheProtocolInTheMiddleOfAPipeline() throws IOException {
    try (RespClient client = ServerUnderTest.connect()) {
      client.send("CONFIG", "GET", "databases");
      client.send("HELLO", "3");
      client.send("CONFIG", "GET", "databases");
      client.send("HELLO", "2");
      client.send("CONFIG", "GET", "databases");
      client.flush();
      assertTrue(client.read() instanceof Reply.Array);
      assertTrue(client.read() instanceof Reply.Map);
      assertTrue(client.read() instanceof Reply.Map);
      assertTrue(client.read() instanceof Reply.Array);
      assertTrue(client.read() instanceof Reply.Array);
    }
  }

  @Test
  void aConnectionKillsItselfOnlyAfterItsReply() throws IOException {
    try (RespClient client = ServerUnderTest.connect()) {
      String id = client.call("CLIENT", "ID").asText();
      assertEquals(new Reply.Int(1), client.call("CLIENT", "KILL", "ID", id, "SKIPME", "no"));
      assertTrue(client.awaitClose());
    }
  }

  @Test
  void clientKillFindsAnAddress() throws IOException {
    try (RespClient client = ServerUnderTest.connect();
        RespClient victim = ServerUnderTest.connect()) {
      String address = "127.0.0.1:" + victim.localPort();
      assertEquals(new Reply.Simple("OK"), client.call("CLIENT", "KILL", address));
      assertTrue(victim.awaitClose());
      assertEquals(new Reply.Int(0), client.call("CLIENT", "KILL", "ADDR", address));
    }
  }

  @Test
  void clientsThatGoAwayAreNoLongerListed() throws IOException {
    try (RespClient client = ServerUnderTest.connect()) {
      try (RespClient going = ServerUnderTest.connect()) {
        going.call("CLIENT", "SETNAME", "going");
      }
      long deadline = System.nanoTime() + 10_000_000_000L;
      String list;
      do {
        list = client.call("CLIENT", "LIST").asText();
      } while (list.contains("name=going") && System.nanoTime() < deadline);
      assertTrue(!list.contains("name=going"), list);
    }
  }

  @Test
  void aWatchEndsWithItsConnection() throws IOException {
    try (RespClient client = ServerUnderTest.connect()) {
      try (RespClient going = ServerUnderTest.connect()) {
        going.call("WATCH", "k");
        going.call("MULTI");
        going.call("SET", "k", "lost");
      }
      assertEquals("OK", client.call("SET", "k", "kept").asText());
      assertEquals("kept", client.call("GET", "k").asText());
    }
  }

  @Test
  void aPausedServerHoldsEverythingBackUntilUnpaused() throws IOException {
    try (RespClient client = ServerUnderTest.connect();
        RespClient waiting = ServerUnderTest.connect()) {
      client.call("CLIENT", "PAUSE", "100000", "WRITE");
      assertEquals(new Reply.Null(), waiting.call("GET", "k"));
      waiting.send("SET", "k", "1");
      waiting.send("INCR", "k");
      waiting.flush();
      assertEquals(new Reply.Null(), client.call("GET", "k"));
      while (!client.call("INFO", "clients").asText().contains("blocked_clients:1\r\n")) {
        Thread.onSpinWait();
      }
      client.call("CLIENT", "UNPAUSE");
      assertEquals(List.of("OK", "2"), List.of(waiting.read().asText(), waiting.read().asText()));
    }
  }

  private static void expectBytes(RespClient client, String expected, String... request)
      throws IOException {
    client.send(request);
    client.flush();
    byte[] bytes = client.readRaw(expected.length());
    assertEquals(expected, new String(bytes, StandardCharsets.US_ASCII));
  }
}
