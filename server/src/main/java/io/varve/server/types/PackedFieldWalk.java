package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.KeyEntry;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Walks the entries of [HashFormat] in a piece of memory.
final class PackedFieldWalk extends FieldWalk {

  private final MemorySegment segment;
  private final long start;
  private final long end;
  private final ByteCursor cursor = new ByteCursor();
  private final Slice field = new Slice();
  private final Slice value = new Slice();
  private long entryStart;
  private long expiryMillis;

  /// Where the entries begin that have not passed; made when first asked for a random one.
  private long[] offsets = new long[0];

  /// @param start offset of the first entry
  /// @param end offset behind the last one
  PackedFieldWalk(MemorySegment segment, long start, long end, long nowMillis) {
    super(nowMillis);
    this.segment = segment;
    this.start = start;
    this.end = end;
    rewind();
  }

  /// A walk over the entries of a payload, whose count has been read.
  static PackedFieldWalk behind(ByteCursor count, Slice payload, long nowMillis) {
    return new PackedFieldWalk(
        payload.segment(), count.position(), payload.offset() + payload.length(), nowMillis);
  }

  void rewind() {
    cursor.set(segment, start, end - start);
  }

  /// Moves to a field; false if there is no such, be its time passed or not.
  boolean find(Slice wanted) {
    rewind();
    while (advance()) {
      if (field.contentEquals(wanted)) {
        return true;
      }
    }
    return false;
  }

  @Override
  boolean advance() {
    if (!cursor.hasRemaining()) {
      return false;
    }
    entryStart = cursor.position();
    cursor.readLengthPrefixed(field);
    long code = cursor.readVarint();
    expiryMillis = (code & 1) != 0 ? cursor.readLong() : KeyEntry.NO_EXPIRY;
    cursor.readSlice(Math.toIntExact(code >>> 1), value);
    return true;
  }

  @Override
  public void seekRandom(SplittableRandom random) {
    if (offsets.length == 0) {
      offsets = liveOffsets();
    }
    long at = offsets[random.nextInt(offsets.length)];
    cursor.set(segment, at, end - at);
    advance();
  }

  private long[] liveOffsets() {
    long[] found = new long[16];
    int count = 0;
    rewind();
    while (next()) {
      if (count == found.length) {
        found = Arrays.copyOf(found, count * 2);
      }
      found[count++] = entryStart;
    }
    return Arrays.copyOf(found, count);
  }

  @Override
  public boolean seek(long position) {
    rewind();
    return next();
  }

  @Override
  public long position() {
    return 0;
  }

  @Override
  public Slice name() {
    return field;
  }

  @Override
  public Slice value() {
    return value;
  }

  @Override
  public long expiryMillis() {
    return expiryMillis;
  }

  /// Offset of the entry.
  long entryStart() {
    return entryStart;
  }

  /// Offset behind the entry.
  long entryEnd() {
    return cursor.position();
  }

  @Override
  public void close() {}
}
