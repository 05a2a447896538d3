package io.varve.server.rdb;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.RefusedException;
import io.varve.server.types.Decimals;
import org.jspecify.annotations.Nullable;

/// Writes the elements of the RDB format into a payload that grows on the heap.
///
/// A payload has at most 512 MiB, what RESTORE can be given; more is refused.
public final class RdbWriter {

  private static final int PAYLOAD_BYTES_MAX = 512 << 20;

  /// Longest text of a number that is written as one.
  private static final int INT_CHARS_MAX = 11;

  /// Shorter strings gain nothing from compression.
  private static final int COMPRESSED_BYTES_MIN = 21;

  /// Longer strings are not worth the time of whoever waits for the thread.
  private static final int COMPRESSED_BYTES_MAX = 1 << 20;

  private final GrowableBuffer out = GrowableBuffer.onHeap(256);
  private @Nullable Lzf lzf;

  public RdbWriter() {}

  public void putByte(int value) {
    out.putByte(value);
  }

  /// @param length unsigned
  void putLength(long length) {
    if (length >= 0 && length < 1 << 6) {
      out.putByte((int) length);
    } else if (length >= 0 && length < 1 << 14) {
      out.putByte(RdbFormat.LENGTH_14_BITS | (int) (length >> 8));
      out.putByte((int) length);
    } else if (length >= 0 && length <= 0xffffffffL) {
      setLength(reserveLength(), length);
    } else {
      out.putByte(RdbFormat.LENGTH_64_BITS);
      out.putLongBigEndian(length);
    }
  }

  /// Leaves room for a length that is known later, and returns where.
  int reserveLength() {
    return out.reserve(RdbFormat.LENGTH_32_BYTES);
  }

  /// @param at where [#reserveLength()] left room
  void setLength(int at, long length) {
    out.segment().set(Layouts.BYTE, at, (byte) RdbFormat.LENGTH_32_BITS);
    out.segment().set(Layouts.INT_BE, at + 1L, (int) length);
  }

  /// A string in the form that takes the least room.
  public void putString(Slice bytes) {
    if (bytes.length() <= INT_CHARS_MAX && Decimals.isLong(bytes)) {
      long number = Decimals.parseLong(bytes);
      if (number == (int) number) {
        putInteger((int) number);
        return;
      }
    }
    if (bytes.length() < COMPRESSED_BYTES_MIN
        || bytes.length() > COMPRESSED_BYTES_MAX
        || !putCompressed(bytes)) {
      putLength(bytes.length());
      putBytes(bytes);
    }
  }

  /// Bytes as they are.
  void putBytes(Slice bytes) {
    requireRoom(bytes.length());
    out.putBytes(bytes);
  }

  /// Milliseconds since the epoch.
  void putMillis(long millis) {
    out.putLong(millis);
  }

  void putScore(double score) {
    out.putLong(Double.doubleToRawLongBits(score));
  }

  void putLongBigEndian(long value) {
    out.putLongBigEndian(value);
  }

  /// Ends the payload with its version and checksum, and hands it out.
  public Slice seal(int version) {
    out.putByte(version);
    out.putByte(version >> 8);
    out.putLong(Crc64.of(out.segment(), 0, out.size()));
    return out.slice();
  }

  private void putInteger(int number) {
    if (number == (byte) number) {
      out.putByte(RdbFormat.ENCODED_INT_8);
      out.putByte(number);
    } else if (number == (short) number) {
      out.putByte(RdbFormat.ENCODED_INT_16);
      out.putByte(number);
      out.putByte(number >> 8);
    } else {
      out.putByte(RdbFormat.ENCODED_INT_32);
      out.putInt(number);
    }
  }

  private boolean putCompressed(Slice bytes) {
    if (lzf == null) {
      lzf = new Lzf();
    }
    byte[] compressed = new byte[bytes.length() - 4];
    int length = lzf.compress(bytes.toByteArray(), compressed);
    if (length == 0) {
      return false;
    }
    out.putByte(RdbFormat.ENCODED_LZF);
    putLength(length);
    putLength(bytes.length());
    putBytes(new Slice(java.lang.foreign.MemorySegment.ofArray(compressed), 0, length));
    return true;
  }

  private void requireRoom(int bytes) {
    if ((long) out.size() + bytes > PAYLOAD_BYTES_MAX) {
      throw new RefusedException("ERR the value is too large for a payload");
    }
  }
}
