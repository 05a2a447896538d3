package io.varve.bench.contest;

import io.varve.engine.bytes.Slice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/// A value in memory outside of the heap, in the form that each side takes without copying. Reused from
/// operation to operation; one thread.
///
/// It begins with the number of its key, so that what is read can be checked. The rest comes from a pool
/// in which each stretch of a value's length is random for one part and repeats it for the other, as the
/// values of db_bench.
final class Value {

  static final int BYTES_MIN = Long.BYTES;

  private static final int POOL_VALUES = 4096;
  private static final long STRIDE = 0x9E3779B97F4A7C15L;

  private final int bytes;
  private final MemorySegment pool;
  private final MemorySegment segment;
  private final Slice slice;
  private final ByteBuffer buffer;

  /// @param randomPart 0 to 1: what part of a value does not compress
  Value(int bytes, double randomPart) {
    this.bytes = bytes;
    pool = Arena.ofAuto().allocate((long) bytes * POOL_VALUES);
    segment = Arena.ofAuto().allocate(bytes);
    slice = new Slice(segment, 0, bytes);
    buffer = segment.asByteBuffer();
    SplittableRandom random = new SplittableRandom(1);
    int fresh = Math.max(1, (int) Math.round(bytes * randomPart));
    byte[] one = new byte[bytes];
    for (int i = 0; i < POOL_VALUES; i++) {
      random.nextBytes(one);
      for (int at = fresh; at < bytes; at++) {
        one[at] = one[at - fresh];
      }
      MemorySegment.copy(one, 0, pool, ValueLayout.JAVA_BYTE, (long) i * bytes, bytes);
    }
  }

  /// The value that a key gets by its `version`-th write.
  Value set(long number, long version) {
    long index = (((number + version * 7919) * STRIDE) >>> 40) % POOL_VALUES;
    MemorySegment.copy(pool, index * bytes, segment, 0, bytes);
    segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, number);
    return this;
  }

  /// Whether this holds a value that the key of a number was given.
  boolean isOf(long number) {
    return segment.get(ValueLayout.JAVA_LONG_UNALIGNED, 0) == number;
  }

  int bytes() {
    return bytes;
  }

  MemorySegment segment() {
    return segment;
  }

  Slice slice() {
    return slice;
  }

  /// All of the value, whatever was read from it before.
  ByteBuffer buffer() {
    return buffer.clear();
  }
}
