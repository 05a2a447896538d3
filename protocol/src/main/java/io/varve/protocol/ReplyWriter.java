package io.varve.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes replies in one version of the protocol straight into an output buffer.
///
/// A command speaks in the words of RESP3 (map, set, double ...); [Resp2Writer] renders them for
/// older clients as Redis does. Aggregates are announced by their size and the elements follow as
/// replies of their own. Reused from command to command; one thread at a time. The buffer given to
/// [#target(ByteBuf)] must be contiguous; it grows as needed, up to its
/// greatest capacity: beyond that [ReplyTooLongException] is thrown.
public abstract sealed class ReplyWriter permits Resp2Writer, Resp3Writer {

  private static final byte[] OK = ascii("+OK\r\n");
  private static final byte[] PONG = ascii("+PONG\r\n");
  private static final byte[] QUEUED = ascii("+QUEUED\r\n");
  private static final byte[] ZERO = ascii(":0\r\n");
  private static final byte[] ONE = ascii(":1\r\n");
  private static final byte[] EMPTY_BULK = ascii("$0\r\n\r\n");
  private static final byte[] EMPTY_ARRAY = ascii("*0\r\n");
  private static final byte[] CRLF = ascii("\r\n");

  /// Type byte, sign, 19 digits, CR, LF.
  private static final int NUMBER_LINE_BYTES_MAX = 23;

  /// The first lines of bulks by their length, each in a little-endian word.
  private static final long[] BULK_LINES = bulkLines(1_000);

  private static final ValueLayout.OfLong LONG_LE =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final byte[] line = new byte[NUMBER_LINE_BYTES_MAX];
  private ByteBuf out = Unpooled.EMPTY_BUFFER;

  /// The memory of `out`, seen anew whenever it has grown: growing moves it.
  private MemorySegment memory = MemorySegment.NULL;

  private int memoryCapacity = -1;

  ReplyWriter() {}

  /// A writer for a protocol version.
  ///
  /// @param version 2 or 3
  public static ReplyWriter of(int version) {
    return switch (version) {
      case 2 -> new Resp2Writer();
      case 3 -> new Resp3Writer();
      default -> throw new IllegalArgumentException("no protocol version " + version);
    };
  }

  /// 2 or 3.
  public abstract int version();

  /// Writes into this buffer from now on. The writer does not own it.
  public final void target(ByteBuf buffer) {
    assert buffer.nioBufferCount() == 1 || buffer.capacity() == 0;
    out = buffer;
    memoryCapacity = -1;
  }

  /// Position in the output, for [#rewind(int)]: an index of the target buffer.
  public final int mark() {
    return out.writerIndex();
  }

  /// Forgets everything written since the mark.
  public final void rewind(int mark) {
    out.writerIndex(mark);
  }

  public final void ok() {
    raw(OK);
  }

  public final void pong() {
    raw(PONG);
  }

  public final void queued() {
    raw(QUEUED);
  }

  /// A status like `OK`; CR and LF become spaces.
  public final void simpleString(String text) {
    textLine('+', text);
  }

  /// An error with its prefix: `ERR syntax error`. CR and LF become spaces, so that no text of a
  /// user can end the line.
  public final void error(String text) {
    textLine('-', text);
  }

  public final void integer(long value) {
    if (value == 0) {
      raw(ZERO);
    } else if (value == 1) {
      raw(ONE);
    } else {
      numberLine((byte) ':', value);
    }
  }

  public final void bulk(byte[] bytes) {
    if (bytes.length == 0) {
      raw(EMPTY_BULK);
      return;
    }
    room(NUMBER_LINE_BYTES_MAX + bytes.length + 2L);
    numberLine((byte) '$', bytes.length);
    out.writeBytes(bytes);
    out.writeBytes(CRLF);
  }

  /// @param offset bytes into the segment
  /// @param length bytes
  public final void bulk(MemorySegment source, long offset, int length) {
    if (length == 0) {
      raw(EMPTY_BULK);
      return;
    }
    ByteBuf to = room(NUMBER_LINE_BYTES_MAX + length + 2L);
    to.ensureWritable(NUMBER_LINE_BYTES_MAX + length + 2);
    int at = to.writerIndex();
    MemorySegment target = memory();
    if (length < BULK_LINES.length) {
      // Eight bytes of which the payload takes back what is not of the line.
      target.set(LONG_LE, at, BULK_LINES[length]);
      at += length < 10 ? 4 : length < 100 ? 5 : 6;
    } else {
      numberLine((byte) '$', length);
      at = to.writerIndex();
    }
    MemorySegment.copy(source, offset, target, at, length);
    target.set(ValueLayout.JAVA_BYTE, at + (long) length, (byte) '\r');
    target.set(ValueLayout.JAVA_BYTE, at + (long) length + 1, (byte) '\n');
    to.writerIndex(at + length + 2);
  }

  /// A bulk of the UTF-8 bytes of a text.
  public final void bulkString(String text) {
    bulk(text.getBytes(StandardCharsets.UTF_8));
  }

  /// A bulk of the decimal digits of a number.
  public final void bulkInteger(long value) {
    int from = digits(value, NUMBER_LINE_BYTES_MAX);
    int length = NUMBER_LINE_BYTES_MAX - from;
    ByteBuf to = room(2L * NUMBER_LINE_BYTES_MAX);
    to.writeByte('$');
    if (length >= 10) {
      to.writeByte('0' + length / 10);
    }
    to.writeByte('0' + length % 10);
    to.writeBytes(CRLF);
    to.writeBytes(line, from, length);
    to.writeBytes(CRLF);
  }

  public abstract void nullBulk();

  public abstract void nullArray();

  /// @param size number of replies that follow
  public final void array(int size) {
    if (size == 0) {
      raw(EMPTY_ARRAY);
    } else {
      numberLine((byte) '*', size);
    }
  }

  /// Makes an array of the replies that were written since a mark, for those who learn the number of
  /// elements only by writing them. They move by the few bytes that announce it.
  ///
  /// @param mark what [#mark()] gave before the first of them
  /// @param size number of replies since then
  public final void arraySince(int mark, int size) {
    int end = out.writerIndex();
    array(size);
    moveTo(mark, end);
  }

  /// As [#arraySince(int, int)], a map.
  ///
  /// @param pairs number of pairs: twice as many replies were written since then
  public final void mapSince(int mark, int pairs) {
    int end = out.writerIndex();
    map(pairs);
    moveTo(mark, end);
  }

  /// @param pairs number of pairs: twice as many replies follow
  public abstract void map(int pairs);

  /// @param size number of replies that follow
  public abstract void set(int size);

  /// An out-of-band message.
  ///
  /// @param size number of replies that follow
  public abstract void push(int size);

  public abstract void bool(boolean value);

  /// A number in Redis' formatting; see [DoubleText].
  public abstract void doubleValue(double value);

  /// Text that a client may show as it is.
  ///
  /// @param format three letters: `txt` or `mkd`
  public abstract void verbatim(String format, String text);

  /// @param digits an integer of any size
  public abstract void bigNumber(String digits);

  /// Bytes that are encoded already.
  public final void raw(byte[] encoded) {
    room(encoded.length).writeBytes(encoded);
  }

  /// Bytes that are encoded already; the reader index of the buffer stays as it is.
  public final void raw(ByteBuf encoded) {
    room(encoded.readableBytes())
        .writeBytes(encoded, encoded.readerIndex(), encoded.readableBytes());
  }

  /// `<type><number>CRLF`.
  final void numberLine(byte type, long value) {
    byte[] bytes = line;
    bytes[NUMBER_LINE_BYTES_MAX - 2] = '\r';
    bytes[NUMBER_LINE_BYTES_MAX - 1] = '\n';
    int from = digits(value, NUMBER_LINE_BYTES_MAX - 2) - 1;
    bytes[from] = type;
    room(NUMBER_LINE_BYTES_MAX).writeBytes(bytes, from, NUMBER_LINE_BYTES_MAX - from);
  }

  /// Writes a number into [#line] so that it ends before `end`; returns where it begins.
  private int digits(long value, int end) {
    byte[] bytes = line;
    int at = end;
    // Counts down with negative remainders: the smallest long has no positive counterpart.
    long rest = value < 0 ? value : -value;
    do {
      long quotient = rest / 10;
      bytes[--at] = (byte) ('0' + (quotient * 10 - rest));
      rest = quotient;
    } while (rest != 0);
    if (value < 0) {
      bytes[--at] = '-';
    }
    return at;
  }

  /// Moves what was written since `from` in front of what was written since `mark`.
  private void moveTo(int mark, int from) {
    byte[] moved = new byte[out.writerIndex() - from];
    out.getBytes(from, moved);
    MemorySegment bytes = memory();
    MemorySegment.copy(bytes, mark, bytes, mark + (long) moved.length, from - (long) mark);
    out.setBytes(mark, moved);
  }

  private void textLine(char type, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\r' || bytes[i] == '\n') {
        bytes[i] = ' ';
      }
    }
    room(bytes.length + 3L).ensureWritable(bytes.length + 3);
    out.writeByte(type);
    out.writeBytes(bytes);
    out.writeBytes(CRLF);
  }

  /// The output, if it may still take so many bytes.
  private ByteBuf room(long bytes) {
    ByteBuf to = out;
    if (bytes > to.maxCapacity() - to.writerIndex()) {
      throw new ReplyTooLongException(to.maxCapacity());
    }
    return to;
  }

  private MemorySegment memory() {
    ByteBuf to = out;
    int capacity = to.capacity();
    if (capacity != memoryCapacity) {
      memory = MemorySegment.ofBuffer(to.nioBuffer(0, capacity));
      memoryCapacity = capacity;
    }
    return memory;
  }

  private static long[] bulkLines(int count) {
    long[] lines = new long[count];
    for (int length = 0; length < count; length++) {
      byte[] text = ascii("$" + length + "\r\n");
      for (int i = text.length - 1; i >= 0; i--) {
        lines[length] = lines[length] << 8 | text[i];
      }
    }
    return lines;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
