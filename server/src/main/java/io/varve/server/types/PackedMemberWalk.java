package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Walks the members of a small set in a piece of memory; see [SetFormat].
final class PackedMemberWalk implements CollectionWalk {

  private final MemorySegment segment;
  private final long start;
  private final long end;
  private final ByteCursor cursor = new ByteCursor();
  private final Slice member = new Slice();
  private long entryStart;

  /// Where the members begin; made when first asked for a random one.
  private long[] offsets = new long[0];

  /// @param start offset of the first member's length
  /// @param end offset behind the last member
  PackedMemberWalk(MemorySegment segment, long start, long end) {
    this.segment = segment;
    this.start = start;
    this.end = end;
    rewind();
  }

  /// A walk over the members of a payload, whose count has been read.
  static PackedMemberWalk behind(ByteCursor count, Slice payload) {
    return new PackedMemberWalk(
        payload.segment(), count.position(), payload.offset() + payload.length());
  }

  void rewind() {
    cursor.set(segment, start, end - start);
  }

  /// Moves to a member; false if there is no such.
  boolean find(Slice wanted) {
    rewind();
    while (next()) {
      if (member.contentEquals(wanted)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean next() {
    if (!cursor.hasRemaining()) {
      return false;
    }
    entryStart = cursor.position();
    cursor.readLengthPrefixed(member);
    return true;
  }

  @Override
  public void seekRandom(SplittableRandom random) {
    if (offsets.length == 0) {
      offsets = allOffsets();
    }
    long at = offsets[random.nextInt(offsets.length)];
    cursor.set(segment, at, end - at);
    next();
  }

  private long[] allOffsets() {
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
    return member;
  }

  /// Offset of the member's length.
  long entryStart() {
    return entryStart;
  }

  /// Offset behind the member.
  long entryEnd() {
    return cursor.position();
  }

  @Override
  public void close() {}
}
