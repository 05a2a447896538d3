package io.varve.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ReplyWriterTest {

  private static String written(int version, Consumer<ReplyWriter> reply) {
    ByteBuf out = Unpooled.directBuffer(1);
    ReplyWriter writer = ReplyWriter.of(version);
    writer.target(out);
    reply.accept(writer);
    String text = out.toString(StandardCharsets.UTF_8);
    out.release();
    return text;
  }

  private static void golden(String resp2, String resp3, Consumer<ReplyWriter> reply) {
    assertEquals(resp2, written(2, reply));
    assertEquals(resp3, written(3, reply));
  }

  private static void same(String both, Consumer<ReplyWriter> reply) {
    golden(both, both, reply);
  }

  @Test
  void lines() {
    same("+OK\r\n", ReplyWriter::ok);
    same("+PONG\r\n", ReplyWriter::pong);
    same("+QUEUED\r\n", ReplyWriter::queued);
    same("+Background saving started\r\n", w -> w.simpleString("Background saving started"));
    same("-ERR syntax error\r\n", w -> w.error("ERR syntax error"));
    same("-ERR unknown command 'a  b'\r\n", w -> w.error("ERR unknown command 'a\r\nb'"));
  }

  @Test
  void integers() {
    same(":0\r\n", w -> w.integer(0));
    same(":1\r\n", w -> w.integer(1));
    same(":-1\r\n", w -> w.integer(-1));
    same(":10\r\n", w -> w.integer(10));
    same(":9223372036854775807\r\n", w -> w.integer(Long.MAX_VALUE));
    same(":-9223372036854775808\r\n", w -> w.integer(Long.MIN_VALUE));
  }

  @Test
  void whatDoesNotFitTheOutputIsRefusedAndNotCutOff() {
    ByteBuf out = Unpooled.directBuffer(16, 64);
    ReplyWriter writer = ReplyWriter.of(2);
    writer.target(out);
    writer.ok();
    assertThrows(ReplyTooLongException.class, () -> writer.bulk(new byte[60]));
    assertThrows(ReplyTooLongException.class, () -> writer.error("ERR " + "x".repeat(60)));
    assertEquals("+OK\r\n", out.toString(StandardCharsets.UTF_8));
    assertThrows(
        ReplyTooLongException.class,
        () -> {
          for (int i = 0; i < 64; i++) {
            writer.nullBulk();
          }
        });
    out.release();
  }

  @Test
  void bulks() {
    same("$0\r\n\r\n", w -> w.bulk(new byte[0]));
    same("$3\r\nabc\r\n", w -> w.bulk("abc".getBytes(StandardCharsets.UTF_8)));
    same("$2\r\nä\r\n", w -> w.bulkString("ä"));
    same("$1\r\n7\r\n", w -> w.bulkInteger(7));
    same("$10\r\n1234567890\r\n", w -> w.bulkInteger(1234567890));
    same("$20\r\n-9223372036854775808\r\n", w -> w.bulkInteger(Long.MIN_VALUE));
    golden("$-1\r\n", "_\r\n", ReplyWriter::nullBulk);
  }

  @Test
  void bulksFromMemorySurviveGrowthOfTheTarget() {
    byte[] bytes = "0123456789".repeat(120).getBytes(StandardCharsets.US_ASCII);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < 1_100; i++) {
        expected.append("$").append(i).append("\r\n");
        expected.append(new String(bytes, 3, i, StandardCharsets.US_ASCII)).append("\r\n");
      }
      same(
          expected.toString(),
          w -> {
            for (int i = 0; i < 1_100; i++) {
              w.bulk(i % 2 == 0 ? memory : MemorySegment.ofArray(bytes), 3, i);
            }
          });
    }
  }

  @Test
  void aggregates() {
    same("*0\r\n", w -> w.array(0));
    same("*12\r\n", w -> w.array(12));
    golden("*-1\r\n", "_\r\n", ReplyWriter::nullArray);
    golden("*4\r\n", "%2\r\n", w -> w.map(2));
    golden("*0\r\n", "%0\r\n", w -> w.map(0));
    golden("*2\r\n", "~2\r\n", w -> w.set(2));
    golden("*3\r\n", ">3\r\n", w -> w.push(3));
  }

  @Test
  void typesThatOnlyTheThirdVersionHas() {
    golden(":1\r\n", "#t\r\n", w -> w.bool(true));
    golden(":0\r\n", "#f\r\n", w -> w.bool(false));
    golden("$1\r\n3\r\n", ",3\r\n", w -> w.doubleValue(3.0));
    golden("$3\r\n1.5\r\n", ",1.5\r\n", w -> w.doubleValue(1.5));
    golden("$3\r\ninf\r\n", ",inf\r\n", w -> w.doubleValue(Double.POSITIVE_INFINITY));
    golden("$4\r\n-inf\r\n", ",-inf\r\n", w -> w.doubleValue(Double.NEGATIVE_INFINITY));
    golden("$3\r\nnan\r\n", ",nan\r\n", w -> w.doubleValue(Double.NaN));
    golden("$2\r\nhi\r\n", "=6\r\ntxt:hi\r\n", w -> w.verbatim("txt", "hi"));
    golden("$2\r\n99\r\n", "(99\r\n", w -> w.bigNumber("99"));
  }

  @Test
  void rewindForgetsWhatWasWritten() {
    same(
        "+OK\r\n:5\r\n",
        w -> {
          w.ok();
          int mark = w.mark();
          w.array(3);
          w.bulkString("x".repeat(1000));
          w.rewind(mark);
          w.integer(5);
        });
  }

  @Test
  void rawBytesGoOutAsTheyAre() {
    ByteBuf encoded = Unpooled.copiedBuffer("+X\r\n", StandardCharsets.US_ASCII);
    same(
        "+X\r\n+X\r\n",
        w -> {
          w.raw(encoded);
          w.raw("+X\r\n".getBytes(StandardCharsets.US_ASCII));
        });
    assertEquals(4, encoded.readableBytes());
    encoded.release();
  }
}
