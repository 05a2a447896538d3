package io.varve.server.rdb;

import io.varve.engine.bytes.Slice;

/// Walks a zipmap, what Redis packed small hashes into before version 2.6; checked on the way.
///
/// ```
/// zipmap := pairs (1, 254: not known), { length, field, length, unused bytes (1), value, unused }, FF
/// length := (1) below 254 | FE (4)
/// ```
final class ZipmapEntries extends PackedEntries {

  private static final int END = 0xFF;
  private static final int LONG_LENGTH = 0xFE;

  private final int stated;
  private int count;

  ZipmapEntries(Slice bytes) {
    super(bytes);
    require(bytes.length() >= 2, "a zipmap without an end");
    stated = cursor.readByte();
  }

  @Override
  boolean advance() {
    boolean isValue = (count & 1) != 0;
    int first = cursor.readByte();
    if (first == END) {
      require(!isValue && !cursor.hasRemaining(), "a zipmap that ends too early");
      require(stated >= LONG_LENGTH || stated == count / 2, "a zipmap of another count");
      return false;
    }
    long length = first == LONG_LENGTH ? readNumber(4) & 0xffffffffL : first;
    int unused = isValue ? cursor.readByte() : 0;
    text(length);
    cursor.skip(unused);
    count++;
    return true;
  }
}
