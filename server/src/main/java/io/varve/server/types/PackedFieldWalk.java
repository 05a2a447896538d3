package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.KeyEntry;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Walks the entries of [HashFormat] in a piece of memory.
final class PackedFieldWalk extends FieldWalk {

  private final PackedEntries entries;
  private final Slice field = new Slice();
  private final Slice value = new Slice();
  private long expiryMillis;

  /// @param start offset of the first entry
  /// @param end offset behind the last one
  PackedFieldWalk(MemorySegment segment, long start, long end, long nowMillis) {
    super(nowMillis);
    this.entries = new PackedEntries(segment, start, end);
  }

  /// A walk over the entries of a payload, whose count has been read.
  static PackedFieldWalk behind(ByteCursor count, Slice payload, long nowMillis) {
    return new PackedFieldWalk(
        payload.segment(), count.position(), payload.offset() + payload.length(), nowMillis);
  }

  void rewind() {
    entries.rewind();
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
    if (!entries.begin()) {
      return false;
    }
    ByteCursor cursor = entries.cursor();
    cursor.readLengthPrefixed(field);
    long code = cursor.readVarint();
    expiryMillis = (code & 1) != 0 ? cursor.readLong() : KeyEntry.NO_EXPIRY;
    cursor.readSlice(Math.toIntExact(code >>> 1), value);
    return true;
  }

  @Override
  public void seekRandom(SplittableRandom random) {
    entries.seekRandom(this, random);
    advance();
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
    return entries.entryStart();
  }

  /// Offset behind the entry.
  long entryEnd() {
    return entries.entryEnd();
  }

  @Override
  public void close() {}
}
