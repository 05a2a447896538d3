package io.varve.server.rdb;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.server.types.Decimals;
import java.lang.foreign.MemorySegment;

/// Walks what Redis packs into one piece of memory: entries that are texts or numbers, one behind the
/// other. A new walk stands in front of the first.
abstract class PackedEntries {

  final MemorySegment segment;
  final ByteCursor cursor = new ByteCursor();
  private final Slice text = new Slice();
  private long number;
  private boolean isNumber;

  PackedEntries(Slice bytes) {
    this.segment = bytes.segment();
    cursor.set(bytes);
  }

  /// Moves to the next entry; false at the end, of which the format has been checked then.
  final boolean next() {
    try {
      return advance();
    } catch (ByteCursor.MalformedException malformed) {
      throw new MalformedPayloadException(String.valueOf(malformed.getMessage()));
    }
  }

  /// Calls [#text] or [#number] with what the next entry holds.
  abstract boolean advance();

  /// The entry as text; a slice of its own.
  final Slice entry() {
    return isNumber ? Slice.of(Long.toString(number)) : new Slice().set(text);
  }

  /// Moves to the next entry, which has to be there.
  final Slice require() {
    if (!next()) {
      throw new MalformedPayloadException("the end of a packed value");
    }
    return entry();
  }

  /// Moves to the next entry, which has to be a number.
  final long requireNumber() {
    if (!next()) {
      throw new MalformedPayloadException("the end of a packed value");
    }
    if (isNumber) {
      return number;
    }
    if (!Decimals.isLong(text)) {
      throw new MalformedPayloadException("a text where a number belongs");
    }
    return Decimals.parseLong(text);
  }

  /// Moves to the next entry, which has to be a score.
  final double requireScore() {
    Slice entry = require();
    return isNumber ? number : RdbReader.parseScore(entry);
  }

  final boolean text(long length) {
    if (length > cursor.remaining()) {
      throw new MalformedPayloadException("an entry of " + length + " bytes");
    }
    cursor.readSlice((int) length, text);
    isNumber = false;
    return true;
  }

  final boolean number(long value) {
    number = value;
    isNumber = true;
    return true;
  }

  /// The next bytes as a number, little-endian, with a sign.
  final long readNumber(int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) cursor.readByte() << (8 * i);
    }
    int unused = Long.SIZE - 8 * bytes;
    return value << unused >> unused;
  }

  /// The next bytes as a length, big-endian.
  final long readLengthBigEndian() {
    cursor.skip(4);
    return segment.get(Layouts.INT_BE, cursor.position() - 4) & 0xffffffffL;
  }

  final void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new MalformedPayloadException(otherwise);
    }
  }
}
