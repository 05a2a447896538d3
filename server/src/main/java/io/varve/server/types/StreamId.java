package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import org.jspecify.annotations.Nullable;

/// Names an entry of a stream: a time and a number within it.
///
/// @param millis milliseconds since the epoch, unsigned
/// @param sequence number within the millisecond, unsigned
public record StreamId(long millis, long sequence) implements Comparable<StreamId> {

  public static final StreamId MIN = new StreamId(0, 0);
  public static final StreamId MAX = new StreamId(-1, -1);

  /// Bytes of an id inside keys.
  static final int KEY_BYTES = 2 * Long.BYTES;

  public boolean isZero() {
    return millis == 0 && sequence == 0;
  }

  /// The next greater id, or null behind [#MAX].
  public @Nullable StreamId next() {
    if (sequence != -1) {
      return new StreamId(millis, sequence + 1);
    }
    return millis == -1 ? null : new StreamId(millis + 1, 0);
  }

  /// The next smaller id, or null before [#MIN].
  public @Nullable StreamId previous() {
    if (sequence != 0) {
      return new StreamId(millis, sequence - 1);
    }
    return millis == 0 ? null : new StreamId(millis - 1, -1);
  }

  /// The greater of both.
  public StreamId max(StreamId other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /// The smaller of both.
  public StreamId min(StreamId other) {
    return compareTo(other) <= 0 ? this : other;
  }

  /// Spread evenly over all bits: the ids of a stream differ in few.
  @Override
  public int hashCode() {
    return (int) (((millis * 31 + sequence) * 0x9e3779b97f4a7c15L) >>> 32);
  }

  @Override
  public int compareTo(StreamId other) {
    int byMillis = Long.compareUnsigned(millis, other.millis);
    return byMillis != 0 ? byMillis : Long.compareUnsigned(sequence, other.sequence);
  }

  /// As clients write it: `1526919030474-55`.
  @Override
  public String toString() {
    return Long.toUnsignedString(millis) + "-" + Long.toUnsignedString(sequence);
  }

  /// Appends the big-endian form that stands in keys.
  void appendTo(GrowableBuffer key) {
    key.putLongBigEndian(millis);
    key.putLongBigEndian(sequence);
  }

  /// The id that a key ends with.
  static StreamId atEndOf(Slice key) {
    long at = key.offset() + key.length() - KEY_BYTES;
    return new StreamId(
        key.segment().get(Layouts.LONG_BE, at),
        key.segment().get(Layouts.LONG_BE, at + Long.BYTES));
  }
}
