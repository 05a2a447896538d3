package io.varve.engine.bytes;

import static io.varve.engine.bytes.Layouts.BYTE;
import static io.varve.engine.bytes.Layouts.LONG_LE;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// A window of bytes in a memory segment: where it is, where it starts, how long it is.
///
/// Mutable and meant for reuse: iterators and lookups point one slice at result after result, so a
/// read allocates nothing. A slice owns no memory; whoever hands one out says how long its bytes
/// stay valid. Not thread-safe. Order is that of unsigned bytes, shorter first.
public final class Slice implements Comparable<Slice> {

  private static final MemorySegment NO_BYTES = MemorySegment.ofArray(new byte[0]);

  private MemorySegment segment = NO_BYTES;
  private long offset;
  private int length;

  /// An empty slice.
  public Slice() {}

  public Slice(MemorySegment segment, long offset, int length) {
    set(segment, offset, length);
  }

  /// A slice over all of an array; the array is not copied.
  public static Slice of(byte[] bytes) {
    return new Slice(MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  /// A slice over the UTF-8 bytes of a string.
  public static Slice of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Points this slice elsewhere.
  ///
  /// @param offset bytes into the segment
  /// @param length bytes
  public Slice set(MemorySegment segment, long offset, int length) {
    assert offset >= 0 && length >= 0 && offset + length <= segment.byteSize();
    this.segment = segment;
    this.offset = offset;
    this.length = length;
    return this;
  }

  /// Points this slice at the bytes of another one.
  public Slice set(Slice other) {
    return set(other.segment, other.offset, other.length);
  }

  /// Makes this slice empty and lets go of the segment.
  public Slice clear() {
    return set(NO_BYTES, 0, 0);
  }

  public MemorySegment segment() {
    return segment;
  }

  /// Bytes from the start of [#segment()].
  public long offset() {
    return offset;
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  /// The byte at an index of this slice, as the signed byte it is.
  public byte get(int index) {
    assert index >= 0 && index < length;
    return segment.get(BYTE, offset + index);
  }

  /// The byte at an index, 0 to 255.
  public int getUnsigned(int index) {
    return get(index) & 0xff;
  }

  /// Unsigned lexicographic order, as `memcmp` and then by length.
  @Override
  public int compareTo(Slice other) {
    return compare(segment, offset, length, other.segment, other.offset, other.length);
  }

  /// [#compareTo(Slice)] for bytes that have no slice of their own.
  public static int compare(
      MemorySegment a, long aOffset, int aLength, MemorySegment b, long bOffset, int bLength) {
    int common = Math.min(aLength, bLength);
    // Most comparisons are decided in the first eight bytes or shortly after: a word at a time
    // without a call beats the general mismatch routine for the short keys of a key-value store.
    int index = 0;
    while (index + 8 <= common) {
      long x = a.get(LONG_LE, aOffset + index);
      long y = b.get(LONG_LE, bOffset + index);
      if (x != y) {
        return Long.compareUnsigned(Long.reverseBytes(x), Long.reverseBytes(y));
      }
      index += 8;
      if (index == 64) {
        return compareLong(a, aOffset, aLength, b, bOffset, bLength, index, common);
      }
    }
    if (index < common && common >= 8) {
      // The last word once more from where it is whole: what it repeats is equal.
      long x = a.get(LONG_LE, aOffset + common - 8);
      long y = b.get(LONG_LE, bOffset + common - 8);
      if (x != y) {
        return Long.compareUnsigned(Long.reverseBytes(x), Long.reverseBytes(y));
      }
      index = common;
    }
    while (index < common) {
      int x = a.get(BYTE, aOffset + index) & 0xff;
      int y = b.get(BYTE, bOffset + index) & 0xff;
      if (x != y) {
        return x - y;
      }
      index++;
    }
    return Integer.compare(aLength, bLength);
  }

  private static int compareLong(
      MemorySegment a,
      long aOffset,
      int aLength,
      MemorySegment b,
      long bOffset,
      int bLength,
      int from,
      int common) {
    long at =
        MemorySegment.mismatch(
            a, aOffset + from, aOffset + common, b, bOffset + from, bOffset + common);
    if (at < 0) {
      return Integer.compare(aLength, bLength);
    }
    return (a.get(BYTE, aOffset + from + at) & 0xff) - (b.get(BYTE, bOffset + from + at) & 0xff);
  }

  /// Whether both hold the same bytes. Cheaper than comparing: lengths are looked at first, and then the
  /// last bytes, in which the neighbours of a sorted store differ.
  public boolean contentEquals(Slice other) {
    int bytes = length;
    if (bytes != other.length) {
      return false;
    }
    if (bytes >= 8
        && segment.get(LONG_LE, offset + bytes - 8)
            != other.segment.get(LONG_LE, other.offset + bytes - 8)) {
      return false;
    }
    return compareTo(other) == 0;
  }

  public boolean startsWith(Slice prefix) {
    return length >= prefix.length
        && compare(segment, offset, prefix.length, prefix.segment, prefix.offset, prefix.length)
            == 0;
  }

  /// Index of the first byte in which both differ; the shorter length if one begins the other.
  public int commonPrefixLength(Slice other) {
    int common = Math.min(length, other.length);
    long at =
        MemorySegment.mismatch(
            segment, offset, offset + common, other.segment, other.offset, other.offset + common);
    return at < 0 ? common : (int) at;
  }

  /// A 64-bit hash of the bytes; see [Hash64].
  public long hash() {
    return Hash64.hash(segment, offset, length);
  }

  public void copyTo(MemorySegment target, long targetOffset) {
    MemorySegment.copy(segment, offset, target, targetOffset, length);
  }

  public byte[] toByteArray() {
    byte[] bytes = new byte[length];
    MemorySegment.copy(segment, BYTE, offset, bytes, 0, length);
    return bytes;
  }

  /// A slice over a fresh copy of these bytes, valid for ever.
  public Slice copy() {
    return of(toByteArray());
  }

  /// The bytes as UTF-8 text. For messages and tools, never for hot code.
  public String toUtf8() {
    return new String(toByteArray(), StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Slice slice && contentEquals(slice);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash());
  }

  /// Printable ASCII as it is, all else as `\xHH`.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(length + 2);
    for (int i = 0; i < length; i++) {
      int b = getUnsigned(i);
      if (b >= 0x20 && b < 0x7f && b != '\\') {
        text.append((char) b);
      } else {
        text.append("\\x")
            .append(Character.forDigit(b >> 4, 16))
            .append(Character.forDigit(b & 15, 16));
      }
    }
    return text.toString();
  }
}
