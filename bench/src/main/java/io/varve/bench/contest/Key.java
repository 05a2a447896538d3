package io.varve.bench.contest;

import io.varve.engine.bytes.Slice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A key in memory outside of the heap, in the form that each side takes without copying. Reused from
/// operation to operation; one thread.
///
/// Eight bytes of a number, most significant first, and zeros up to the length wanted.
final class Key {

  static final int BYTES_MIN = Long.BYTES;

  private static final ValueLayout.OfLong NUMBER =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final MemorySegment segment;
  private final Slice slice;
  private final ByteBuffer buffer;

  Key(int bytes) {
    segment = Arena.ofAuto().allocate(bytes);
    slice = new Slice(segment, 0, bytes);
    buffer = segment.asByteBuffer();
  }

  /// The key of a number that is stored: every second one, so that there are keys between them.
  Key setStored(long number) {
    segment.set(NUMBER, 0, 2 * number);
    return this;
  }

  /// A key just after that of a number, never stored.
  Key setMissing(long number) {
    segment.set(NUMBER, 0, 2 * number + 1);
    return this;
  }

  Slice slice() {
    return slice;
  }

  /// All of the key, whatever was read from it before.
  ByteBuffer buffer() {
    return buffer.clear();
  }
}
