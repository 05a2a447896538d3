package io.varve.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestDecoderTest {

  private static final ProtocolLimits SMALL = new ProtocolLimits(8, 1000, 64, 2000, 3, 16, 4);

  private static String errorOf(String input) {
    List<List<String>> requests = Requests.decode(input);
    List<String> last = requests.getLast();
    assertEquals("!", last.getFirst(), () -> "no error in " + requests);
    return last.get(1);
  }

  private static RequestDecoder fed(ProtocolLimits limits, String text) {
    RequestDecoder decoder = new RequestDecoder(limits);
    byte[] bytes = Requests.latin(text);
    decoder.feed(Requests.buffer(bytes, 0, bytes.length));
    return decoder;
  }

  @Test
  void pipelineOfOneReadIsOneBatch() {
    RequestDecoder decoder =
        fed(
            ProtocolLimits.DEFAULT,
            Requests.encode("GET", "a") + Requests.encode("SET", "b", "") + "PING\r\n");
    RequestBatch batch = decoder.decode();
    assertNotNull(batch);
    assertEquals(3, batch.count());
    assertEquals(List.of("GET", "a"), Requests.request(batch, 0));
    assertEquals(List.of("SET", "b", ""), Requests.request(batch, 1));
    assertEquals(List.of("PING"), Requests.request(batch, 2));
    assertNull(batch.error());
    batch.release();
    assertNull(decoder.decode());
    assertEquals(0, decoder.bufferedBytes());
  }

  @Test
  void readThatEndsWithARequestIsNotCopied() {
    RequestDecoder decoder = new RequestDecoder(ProtocolLimits.DEFAULT);
    byte[] bytes = Requests.latin(Requests.encode("PING"));
    ByteBuf input = Unpooled.directBuffer().writeBytes(bytes);
    decoder.feed(input);
    RequestBatch batch = decoder.decode();
    assertNotNull(batch);
    assertEquals(input.memoryAddress(), batch.segment().address());
    assertEquals(1, input.refCnt());
    batch.release();
    assertEquals(0, input.refCnt());
  }

  @Test
  void heapAndCompositeAndReadOnlyBuffersAreTaken() {
    byte[] bytes = Requests.latin(Requests.encode("ECHO", "hi"));
    List<ByteBuf> inputs =
        List.of(
            Unpooled.wrappedBuffer(bytes.clone()),
            Unpooled.wrappedBuffer(bytes.clone()).asReadOnly(),
            Unpooled.wrappedBuffer(
                Unpooled.wrappedBuffer(bytes, 0, 7),
                Unpooled.wrappedBuffer(bytes, 7, bytes.length - 7)));
    for (ByteBuf input : inputs) {
      RequestDecoder decoder = new RequestDecoder(ProtocolLimits.DEFAULT);
      decoder.feed(input);
      assertEquals(List.of(List.of("ECHO", "hi")), Requests.drain(decoder));
      assertEquals(0, input.refCnt());
    }
  }

  @Test
  void emptyRequestsAreSkipped() {
    assertEquals(
        List.of(List.of("PING")), Requests.decode("*0\r\n*-1\r\n\r\n\n   \r\n*-5\r\nPING\r\n"));
  }

  @Test
  void errorsSpeakAsRedisDoes() {
    assertEquals("Protocol error: invalid multibulk length", errorOf("*x\r\n"));
    assertEquals("Protocol error: invalid multibulk length", errorOf("*\r\n"));
    assertEquals("Protocol error: invalid multibulk length", errorOf("*+1\r\n"));
    assertEquals("Protocol error: invalid multibulk length", errorOf("*01\r\n"));
    assertEquals("Protocol error: invalid multibulk length", errorOf("*1048577\r\n"));
    assertEquals("Protocol error: invalid multibulk length", errorOf("*99999999999999999999\r\n"));
    assertEquals("Protocol error: expected '$', got ':'", errorOf("*1\r\n:4\r\n"));
    assertEquals("Protocol error: expected '$', got '?'", errorOf("*1\r\n\r\n4\r\n"));
    assertEquals("Protocol error: invalid bulk length", errorOf("*1\r\n$-1\r\n"));
    assertEquals("Protocol error: invalid bulk length", errorOf("*1\r\n$\r\n"));
    assertEquals("Protocol error: invalid bulk length", errorOf("*1\r\n$536870913\r\n"));
    assertEquals("Protocol error: invalid bulk length", errorOf("*1\r\n$9223372036854775808\r\n"));
    assertEquals("Protocol error: unbalanced quotes in request", errorOf("SET a \"b\r\n"));
    String longLine = "x".repeat((64 << 10) + 1);
    assertEquals("Protocol error: too big inline request", errorOf(longLine));
    assertEquals("Protocol error: too big mbulk count string", errorOf("*" + longLine));
    assertEquals("Protocol error: too big bulk count string", errorOf("*1\r\n$" + longLine));
  }

  @Test
  void requestsBeforeAnErrorAreHandedOutAndAllBehindItIsDropped() {
    RequestDecoder decoder = fed(ProtocolLimits.DEFAULT, "PING\r\nPING\r\n*x\r\nPING\r\n");
    RequestBatch batch = decoder.decode();
    assertNotNull(batch);
    assertEquals(2, batch.count());
    assertNotNull(batch.error());
    assertEquals("ERR Protocol error: invalid multibulk length", batch.error().reply());
    batch.release();
    ByteBuf more = Unpooled.directBuffer().writeBytes(Requests.latin("PING\r\n"));
    decoder.feed(more);
    assertEquals(0, more.refCnt());
    assertNull(decoder.decode());
  }

  @Test
  void batchIsBoundedAndTheRestComesWithTheNextCall() {
    RequestDecoder decoder = fed(SMALL, "A\nB\nC\nD\nE\n*1\r\n$1\r\nF");
    RequestBatch first = decoder.decode();
    assertNotNull(first);
    assertEquals(4, first.count());
    RequestBatch second = decoder.decode();
    assertNotNull(second);
    assertEquals(List.of("E"), Requests.request(second, 0));
    assertEquals(List.of("A"), Requests.request(first, 0));
    assertNull(decoder.decode());
    first.release();
    second.release();
    byte[] end = Requests.latin("\r\n");
    decoder.feed(Requests.buffer(end, 0, 2));
    assertEquals(List.of(List.of("F")), Requests.drain(decoder));
  }

  @Test
  void releasedBatchIsUsedAgain() {
    RequestDecoder decoder = fed(SMALL, "A\n");
    RequestBatch first = decoder.decode();
    assertNotNull(first);
    first.release();
    byte[] next = Requests.latin("B\n");
    decoder.feed(Requests.buffer(next, 0, 2));
    assertSame(first, decoder.decode());
    first.release();
  }

  @Test
  void copyOfARequestOutlivesItsBatch() {
    RequestDecoder decoder =
        fed(ProtocolLimits.DEFAULT, "PING\r\n" + Requests.encode("SET", "key", "value"));
    RequestBatch batch = decoder.decode();
    assertNotNull(batch);
    RequestBatch copy = batch.copyOf(1);
    batch.release();
    assertEquals(1, copy.count());
    assertEquals(List.of("SET", "key", "value"), Requests.request(copy, 0));
    assertEquals(List.of("SET", "key", "value"), Requests.request(copy.copyOf(0), 0));
  }

  @Test
  void strangersMaySendLittle() {
    String manyArguments = Requests.encode("MSET", "a", "b", "c");
    String bigArgument = Requests.encode("ECHO", "x".repeat(17));
    assertEquals(
        List.of(List.of("!", "Protocol error: unauthenticated multibulk length")),
        Requests.drain(fed(SMALL, manyArguments)));
    assertEquals(
        List.of(List.of("!", "Protocol error: unauthenticated bulk length")),
        Requests.drain(fed(SMALL, bigArgument)));
  }

  @Test
  void authInFrontOfABigRequestComesInTime() {
    for (String big :
        List.of(Requests.encode("MSET", "a", "b", "c"), Requests.encode("E", "x".repeat(17)))) {
      RequestDecoder decoder = fed(SMALL, Requests.encode("AUTH", "pw") + big);
      RequestBatch batch = decoder.decode();
      assertNotNull(batch);
      assertEquals(1, batch.count());
      assertNull(batch.error());
      batch.release();
      decoder.setAuthenticated(true);
      List<List<String>> rest = Requests.drain(decoder);
      assertEquals(1, rest.size());
      assertTrue(rest.getFirst().size() > 1, rest::toString);
    }
  }

  @Test
  void requestAsAWholeIsBounded() {
    String bulk = "$900\r\n" + "x".repeat(900) + "\r\n";
    List<List<String>> requests =
        Requests.decode(SMALL, Requests.latin("*3\r\n" + bulk + bulk + bulk));
    assertEquals(
        List.of(List.of("!", "Protocol error: request exceeds client-query-buffer-limit")),
        requests);
  }

  @Test
  void announcedLengthCostsNothingUntilBytesCome() {
    RequestDecoder decoder = fed(ProtocolLimits.DEFAULT, "*2\r\n$3\r\nSET\r\n$536870912\r\nabc");
    decoder.setAuthenticated(true);
    assertNull(decoder.decode());
    byte[] piece = new byte[1000];
    decoder.feed(Requests.buffer(piece, 0, piece.length));
    assertNull(decoder.decode());
    assertTrue(decoder.capacityBytes() <= 1 << 17, () -> "holds " + decoder.capacityBytes());
    decoder.close();
    assertEquals(0, decoder.capacityBytes());
  }

  @Test
  void largeBulkInManyPiecesIsCopiedFewTimes() {
    RequestDecoder decoder = new RequestDecoder(ProtocolLimits.DEFAULT);
    decoder.setAuthenticated(true);
    int length = 8 << 20;
    byte[] head = Requests.latin("*2\r\n$4\r\nECHO\r\n$" + length + "\r\n");
    decoder.feed(Requests.buffer(head, 0, head.length));
    byte[] body = new byte[length + 2];
    for (int i = 0; i < length; i++) {
      body[i] = (byte) (i * 31);
    }
    List<Integer> capacities = new ArrayList<>();
    for (int from = 0; from < body.length; from += 1000) {
      assertNull(decoder.decode());
      decoder.feed(Requests.buffer(body, from, Math.min(from + 1000, body.length)));
      if (capacities.isEmpty() || capacities.getLast() != decoder.capacityBytes()) {
        capacities.add(decoder.capacityBytes());
      }
    }
    RequestBatch batch = decoder.decode();
    assertNotNull(batch);
    byte[] argument = batch.argBytes(0, 1);
    assertArrayEquals(java.util.Arrays.copyOf(body, length), argument);
    batch.release();
    assertTrue(capacities.size() <= 20, capacities::toString);
  }
}
