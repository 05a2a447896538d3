package io.varve.server.rdb;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.server.types.Decimals;
import io.varve.server.types.Listpack;

/// Builds a listpack; see [ListpackEntries]. Reused after [#clear()].
final class ListpackWriter {

  static final int HEADER_BYTES = 6;
  private static final int COUNT_UNKNOWN = 0xFFFF;

  private final GrowableBuffer out = GrowableBuffer.onHeap(256);
  private int count;

  ListpackWriter() {
    clear();
  }

  void clear() {
    out.clear();
    out.putZeros(HEADER_BYTES);
    count = 0;
  }

  /// Number of entries.
  int count() {
    return count;
  }

  /// Bytes, with the header and without the end.
  int byteSize() {
    return out.size();
  }

  /// Adds a text, as a number if it is one.
  void add(Slice text) {
    if (Decimals.isLong(text)) {
      add(Decimals.parseLong(text));
      return;
    }
    int start = out.size();
    int length = text.length();
    if (length < 1 << 6) {
      out.putByte(0x80 | length);
    } else if (length < 1 << 12) {
      out.putByte(0xE0 | length >> 8);
      out.putByte(length);
    } else {
      out.putByte(0xF0);
      out.putInt(length);
    }
    out.putBytes(text);
    end(start);
  }

  void add(long number) {
    int start = out.size();
    if (number >= 0 && number < 1 << 7) {
      out.putByte((int) number);
    } else if (number >= -(1 << 12) && number < 1 << 12) {
      out.putByte(0xC0 | ((int) (number >> 8) & 0x1f));
      out.putByte((int) number);
    } else if (number == (short) number) {
      putNumber(0xF1, number, 2);
    } else if (number >= -(1 << 23) && number < 1 << 23) {
      putNumber(0xF2, number, 3);
    } else if (number == (int) number) {
      putNumber(0xF3, number, 4);
    } else {
      putNumber(0xF4, number, 8);
    }
    end(start);
  }

  /// Adds the entries of another.
  void addAll(ListpackWriter other) {
    out.putBytes(other.out.segment(), HEADER_BYTES, other.out.size() - HEADER_BYTES);
    count += other.count;
  }

  /// Ends the listpack and hands it out, valid until [#clear()].
  Slice finish() {
    out.putByte(0xFF);
    out.setInt(0, out.size());
    out.segment().set(Layouts.SHORT_LE, 4, (short) Math.min(count, COUNT_UNKNOWN));
    return out.slice();
  }

  private void putNumber(int code, long number, int bytes) {
    out.putByte(code);
    for (int i = 0; i < bytes; i++) {
      out.putByte((int) (number >> (8 * i)));
    }
  }

  private void end(int start) {
    int bytes = out.size() - start;
    for (int i = Listpack.backLengthBytes(bytes) - 1, last = i; i >= 0; i--) {
      out.putByte(((bytes >> (7 * i)) & 0x7f) | (i == last ? 0 : 0x80));
    }
    count++;
  }
}
