package io.varve.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RespClientTest {

  private static Reply parse(String text) throws IOException {
    return new ReplyReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))).read();
  }

  @Test
  void everyKindOfReplyIsRead() throws IOException {
    assertEquals(new Reply.Simple("OK"), parse("+OK\r\n"));
    assertEquals(new Reply.Failure("ERR x"), parse("-ERR x\r\n"));
    assertEquals(-5, parse(":-5\r\n").asLong());
    assertEquals(Reply.Bulk.of("a\r\nb"), parse("$4\r\na\r\nb\r\n"));
    assertEquals(new Reply.Null(), parse("$-1\r\n"));
    assertEquals(new Reply.Null(), parse("*-1\r\n"));
    assertEquals(new Reply.Null(), parse("_\r\n"));
    assertEquals(
        "[1, [\"a\", (nil)], {k: (true)}, set[2], (double) 1.5, (big number) 99, txt:hi]",
        parse("*7 :1 *2 $1 a $-1 %1 +k #t ~1 :2 ,1.5 (99 =6 txt:hi ".replace(" ", "\r\n"))
            .toString());
    assertEquals("push[message]", parse(">1\r\n+message\r\n").toString());
    assertEquals(List.of(), parse("*0\r\n").asList());
  }

  @Test
  void nonsenseIsAProtocolError() {
    assertThrows(ProtocolException.class, () -> parse("?\r\n"));
    assertThrows(ProtocolException.class, () -> parse("$99999999999\r\n"));
    assertThrows(ProtocolException.class, () -> parse("*1\r\n".repeat(100)));
    assertThrows(EOFException.class, () -> parse("$5\r\nab"));
    assertThrows(EOFException.class, () -> parse(""));
  }

  @Test
  void requestsAreSentAsArraysOfBulks() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RespClient client = RespClient.connect("127.0.0.1", server.getLocalPort());
        Socket peer = server.accept()) {
      byte[] expected = "*2\r\n$4\r\nECHO\r\n$3\r\nä!\r\nPING\r\n".getBytes(StandardCharsets.UTF_8);
      client.send("ECHO", "ä!");
      client.sendRaw("PING\r\n");
      client.flush();
      assertArrayEquals(expected, peer.getInputStream().readNBytes(expected.length));
      peer.getOutputStream().write("+a\r\n+b\r\n".getBytes(StandardCharsets.US_ASCII));
      assertEquals("a", client.read().asText());
      assertArrayEquals("+b\r\n".getBytes(StandardCharsets.US_ASCII), client.readRaw(4));
      peer.shutdownOutput();
      assertTrue(client.awaitClose());
    }
  }
}
