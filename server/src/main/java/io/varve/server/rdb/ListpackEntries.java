package io.varve.server.rdb;

import io.varve.engine.bytes.Slice;
import io.varve.server.types.Listpack;

/// Walks a listpack, which is checked on the way.
///
/// ```
/// listpack := bytes (4), entries (2, 65535: not known), entry ..., FF
/// entry    := 0xxxxxxx                   a number of 7 bits
///           | 10xxxxxx text              of up to 63 bytes
///           | 110xxxxx xx                a number of 13 bits, with a sign
///           | 1110xxxx xx text           of up to 4095 bytes
///           | F0 length (4) text
///           | F1 (2) | F2 (3) | F3 (4) | F4 (8)   numbers
///           , then the bytes of all that once more, to be read backwards
/// ```
final class ListpackEntries extends PackedEntries {

  private static final int END = 0xFF;
  private static final int COUNT_UNKNOWN = 0xFFFF;

  private final int stated;
  private int count;

  ListpackEntries(Slice bytes) {
    super(bytes);
    require(bytes.length() >= ListpackWriter.HEADER_BYTES + 1, "a listpack without an end");
    require(readNumber(4) == bytes.length(), "a listpack of another length");
    stated = (int) readNumber(2) & 0xffff;
  }

  @Override
  boolean advance() {
    long start = cursor.position();
    int first = cursor.readByte();
    if (first == END) {
      require(!cursor.hasRemaining(), "bytes behind a listpack");
      require(stated == COUNT_UNKNOWN || stated == count, "a listpack of another count");
      return false;
    }
    boolean more = read(first);
    long bytes = cursor.position() - start;
    for (int i = Listpack.backLengthBytes(bytes) - 1, last = i; i >= 0; i--) {
      // From the high bits down to the low ones; all but the first byte say that others precede
      // them.
      int expected = (int) ((bytes >> (7 * i)) & 0x7f) | (i == last ? 0 : 0x80);
      require(cursor.readByte() == expected, "an entry of another length");
    }
    count++;
    return more;
  }

  private boolean read(int first) {
    if (first < 0x80) {
      return number(first);
    }
    if (first < 0xC0) {
      return text(first & 0x3f);
    }
    if (first < 0xE0) {
      int value = (first & 0x1f) << 8 | cursor.readByte();
      return number(value << 19 >> 19);
    }
    if (first < 0xF0) {
      return text((first & 0xf) << 8 | cursor.readByte());
    }
    return switch (first) {
      case 0xF0 -> text(readNumber(4) & 0xffffffffL);
      case 0xF1 -> number(readNumber(2));
      case 0xF2 -> number(readNumber(3));
      case 0xF3 -> number(readNumber(4));
      case 0xF4 -> number(readNumber(8));
      default -> throw new MalformedPayloadException("an entry that begins with " + first);
    };
  }
}
