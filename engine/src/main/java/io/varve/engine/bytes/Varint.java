package io.varve.engine.bytes;

import static io.varve.engine.bytes.Layouts.BYTE;

import java.lang.foreign.MemorySegment;

/// Unsigned integers in seven-bit groups, least significant first, high bit meaning "more follows".
///
/// A 32-bit value takes 1 to 5 bytes, a 64-bit value 1 to 10.
public final class Varint {

  public static final int BYTES_MAX_32 = 5;
  public static final int BYTES_MAX_64 = 10;

  private Varint() {}

  /// Bytes that the encoding of a value takes.
  public static int byteSize(long value) {
    int bits = 64 - Long.numberOfLeadingZeros(value | 1);
    return (bits + 6) / 7;
  }

  /// Writes a value and returns the offset behind it. The caller has made room.
  public static long put(MemorySegment segment, long offset, long value) {
    long at = offset;
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      segment.set(BYTE, at++, (byte) (rest | 0x80));
      rest >>>= 7;
    }
    segment.set(BYTE, at++, (byte) rest);
    return at;
  }
}
