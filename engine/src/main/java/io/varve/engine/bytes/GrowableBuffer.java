package io.varve.engine.bytes;

import static io.varve.engine.bytes.Layouts.BYTE;
import static io.varve.engine.bytes.Layouts.INT_LE;
import static io.varve.engine.bytes.Layouts.LONG_BE;
import static io.varve.engine.bytes.Layouts.LONG_LE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory that grows as it is written, for building keys, batches, blocks and records.
///
/// Doubles when full and keeps its memory on [#clear()], so that a reused buffer soon allocates
/// nothing. The collector frees the memory of a buffer that nobody holds: native memory, unless it was
/// made with [#onHeap(int)]. A slice taken from it is
/// valid until the next write. Not thread-safe.
public final class GrowableBuffer {

  /// Larger buffers would overflow the int lengths of slices.
  private static final long BYTES_MAX = Integer.MAX_VALUE - 64;

  private final boolean onHeap;
  private MemorySegment segment;
  private int size;

  /// A buffer of native memory.
  ///
  /// @param initialBytes bytes of room to start with
  public GrowableBuffer(int initialBytes) {
    this.onHeap = false;
    this.segment = allocate(Math.max(16, initialBytes));
  }

  private GrowableBuffer(byte[] room) {
    this.onHeap = true;
    this.segment = MemorySegment.ofArray(room);
  }

  /// A buffer on the heap, for what lives shortly: native memory costs more to get, and the collector
  /// more to give it back, than the few keys that an iterator of a lookup walks.
  public static GrowableBuffer onHeap(int initialBytes) {
    return new GrowableBuffer(new byte[initialBytes]);
  }

  private MemorySegment allocate(long bytes) {
    return onHeap
        ? MemorySegment.ofArray(new byte[(int) bytes])
        : Arena.ofAuto().allocate(bytes, 8);
  }

  /// The memory behind the buffer; its first [#size()] bytes are written. Replaced by growth.
  public MemorySegment segment() {
    return segment;
  }

  /// Bytes written.
  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public void clear() {
    size = 0;
  }

  /// Gives memory beyond `keepBytes` back, for after a rare large use. The content is dropped.
  public void clearAndShrink(int keepBytes) {
    size = 0;
    if (segment.byteSize() > keepBytes) {
      segment = allocate(Math.max(16, keepBytes));
    }
  }

  /// Forgets what was written behind `newSize` bytes.
  public void truncate(int newSize) {
    assert newSize >= 0 && newSize <= size;
    size = newSize;
  }

  public void putByte(int value) {
    ensureRoom(1);
    segment.set(BYTE, size, (byte) value);
    size++;
  }

  public void putInt(int value) {
    ensureRoom(4);
    segment.set(INT_LE, size, value);
    size += 4;
  }

  public void putLong(long value) {
    ensureRoom(8);
    segment.set(LONG_LE, size, value);
    size += 8;
  }

  /// Big-endian, for numbers inside keys.
  public void putLongBigEndian(long value) {
    ensureRoom(8);
    segment.set(LONG_BE, size, value);
    size += 8;
  }

  public void putVarint(long value) {
    ensureRoom(Varint.BYTES_MAX_64);
    size = (int) Varint.put(segment, size, value);
  }

  public void putBytes(Slice bytes) {
    putBytes(bytes.segment(), bytes.offset(), bytes.length());
  }

  public void putBytes(MemorySegment source, long offset, int length) {
    ensureRoom(length);
    MemorySegment.copy(source, offset, segment, size, length);
    size += length;
  }

  public void putBytes(byte[] bytes) {
    ensureRoom(bytes.length);
    MemorySegment.copy(bytes, 0, segment, BYTE, size, bytes.length);
    size += bytes.length;
  }

  /// A varint length, then the bytes.
  public void putLengthPrefixed(Slice bytes) {
    putVarint(bytes.length());
    putBytes(bytes);
  }

  /// Appends zeros.
  public void putZeros(int count) {
    ensureRoom(count);
    segment.asSlice(size, count).fill((byte) 0);
    size += count;
  }

  /// Appends room for `length` bytes that the caller fills, and returns its offset.
  public int reserve(int length) {
    ensureRoom(length);
    int at = size;
    size += length;
    return at;
  }

  public void setInt(int offset, int value) {
    assert offset + 4 <= size;
    segment.set(INT_LE, offset, value);
  }

  public void setLong(int offset, long value) {
    assert offset + 8 <= size;
    segment.set(LONG_LE, offset, value);
  }

  /// Points a slice at everything written. Valid until the next write.
  public Slice slice(Slice into) {
    return into.set(segment, 0, size);
  }

  public Slice slice() {
    return slice(new Slice());
  }

  private void ensureRoom(int bytes) {
    if ((long) size + bytes > segment.byteSize()) {
      grow(bytes);
    }
  }

  private void grow(int bytes) {
    long needed = (long) size + bytes;
    if (needed > BYTES_MAX) {
      throw new IllegalArgumentException("buffer would exceed " + BYTES_MAX + " bytes");
    }
    long newCapacity = Math.min(BYTES_MAX, Math.max(needed, segment.byteSize() * 2));
    MemorySegment larger = allocate(newCapacity);
    MemorySegment.copy(segment, 0, larger, 0, size);
    segment = larger;
  }
}
