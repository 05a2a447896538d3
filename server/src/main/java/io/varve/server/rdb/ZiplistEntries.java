package io.varve.server.rdb;

import io.varve.engine.bytes.Slice;

/// Walks a ziplist, what Redis packed small values into before version 7; checked on the way.
///
/// ```
/// ziplist := bytes (4), offset of the last entry (4), entries (2, 65535: not known), entry ..., FF
/// entry   := bytes of the entry before: (1) | FE (4)
///            , then 00xxxxxx text | 01xxxxxx xx text | 80 length (4, big-endian) text
///            | C0 (2) | D0 (4) | E0 (8) | F0 (3) | FE (1) | F1 to FD: the number 0 to 12
/// ```
final class ZiplistEntries extends PackedEntries {

  private static final int END = 0xFF;
  private static final int LONG_LENGTH = 0xFE;
  private static final int COUNT_UNKNOWN = 0xFFFF;
  private static final int HEADER_BYTES = 10;

  private final int stated;
  private int count;
  private long bytesBefore;

  ZiplistEntries(Slice bytes) {
    super(bytes);
    require(bytes.length() >= HEADER_BYTES + 1, "a ziplist without an end");
    require(readNumber(4) == bytes.length(), "a ziplist of another length");
    cursor.skip(4);
    stated = (int) readNumber(2) & 0xffff;
  }

  @Override
  boolean advance() {
    long start = cursor.position();
    int first = cursor.readByte();
    if (first == END) {
      require(!cursor.hasRemaining(), "bytes behind a ziplist");
      require(stated == COUNT_UNKNOWN || stated == count, "a ziplist of another count");
      return false;
    }
    long before = first == LONG_LENGTH ? readNumber(4) & 0xffffffffL : first;
    require(before == bytesBefore, "an entry behind one of another length");
    read(cursor.readByte());
    bytesBefore = cursor.position() - start;
    count++;
    return true;
  }

  private boolean read(int code) {
    return switch (code >> 6) {
      case 0 -> text(code & 0x3f);
      case 1 -> text((code & 0x3f) << 8 | cursor.readByte());
      case 2 -> {
        require(code == 0x80, "an entry that begins with " + code);
        yield text(readLengthBigEndian());
      }
      default -> number(readNumberOf(code));
    };
  }

  private long readNumberOf(int code) {
    return switch (code) {
      case 0xC0 -> readNumber(2);
      case 0xD0 -> readNumber(4);
      case 0xE0 -> readNumber(8);
      case 0xF0 -> readNumber(3);
      case 0xFE -> readNumber(1);
      default -> {
        require(code > 0xF0 && code < 0xFE, "an entry that begins with " + code);
        yield code - 0xF1;
      }
    };
  }
}
