package io.varve.engine.bytes;

import static io.varve.engine.bytes.Layouts.BYTE;
import static io.varve.engine.bytes.Layouts.INT_LE;
import static io.varve.engine.bytes.Layouts.LONG_LE;

import java.lang.foreign.MemorySegment;

/// Reads an encoding from front to back, checking every length against what is left.
///
/// Damage shows as [MalformedException], which the file layer above turns into a corruption error
/// that names the file. Reusable, not thread-safe.
public final class ByteCursor {

  /// The bytes do not follow their grammar.
  public static final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param detail what was expected and what was found
    public MalformedException(String detail) {
      super(detail);
    }
  }

  private MemorySegment segment = MemorySegment.ofArray(new byte[0]);
  private long position;
  private long limit;

  public ByteCursor() {}

  public ByteCursor(Slice bytes) {
    set(bytes);
  }

  public ByteCursor set(Slice bytes) {
    return set(bytes.segment(), bytes.offset(), bytes.length());
  }

  /// @param offset bytes into the segment
  /// @param length bytes that may be read
  public ByteCursor set(MemorySegment segment, long offset, long length) {
    this.segment = segment;
    this.position = offset;
    this.limit = offset + length;
    return this;
  }

  /// Offset in the segment of the next byte.
  public long position() {
    return position;
  }

  public long remaining() {
    return limit - position;
  }

  public boolean hasRemaining() {
    return position < limit;
  }

  public int readByte() {
    need(1);
    return segment.get(BYTE, position++) & 0xff;
  }

  public int readInt() {
    need(4);
    int value = segment.get(INT_LE, position);
    position += 4;
    return value;
  }

  public long readLong() {
    need(8);
    long value = segment.get(LONG_LE, position);
    position += 8;
    return value;
  }

  /// An unsigned varint of up to 64 bits.
  public long readVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      need(1);
      byte b = segment.get(BYTE, position++);
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        if (shift == 63 && b > 1) {
          throw new MalformedException("varint exceeds 64 bits");
        }
        return value;
      }
    }
    throw new MalformedException("varint longer than " + Varint.BYTES_MAX_64 + " bytes");
  }

  /// A varint that is a length or count: 0 to the largest int.
  public int readVarintInt() {
    long value = readVarint();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new MalformedException("length " + Long.toUnsignedString(value) + " is out of range");
    }
    return (int) value;
  }

  /// Points a slice at the next `length` bytes and steps over them.
  public Slice readSlice(int length, Slice into) {
    need(length);
    into.set(segment, position, length);
    position += length;
    return into;
  }

  /// A varint length, then that many bytes.
  public Slice readLengthPrefixed(Slice into) {
    return readSlice(readVarintInt(), into);
  }

  public void skip(long bytes) {
    need(bytes);
    position += bytes;
  }

  private void need(long bytes) {
    if (bytes < 0 || bytes > limit - position) {
      throw new MalformedException(
          "needs " + bytes + " bytes, only " + (limit - position) + " are left");
    }
  }
}
