package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Walks the members of a small set in a piece of memory; see [SetFormat].
final class PackedMemberWalk implements CollectionWalk {

  private final PackedEntries entries;
  private final Slice member = new Slice();

  /// @param start offset of the first member's length
  /// @param end offset behind the last member
  PackedMemberWalk(MemorySegment segment, long start, long end) {
    this.entries = new PackedEntries(segment, start, end);
  }

  /// A walk over the members of a payload, whose count has been read.
  static PackedMemberWalk behind(ByteCursor count, Slice payload) {
    return new PackedMemberWalk(
        payload.segment(), count.position(), payload.offset() + payload.length());
  }

  void rewind() {
    entries.rewind();
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
    if (!entries.begin()) {
      return false;
    }
    entries.cursor().readLengthPrefixed(member);
    return true;
  }

  @Override
  public void seekRandom(SplittableRandom random) {
    entries.seekRandom(this, random);
    next();
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
    return entries.entryStart();
  }

  /// Offset behind the member.
  long entryEnd() {
    return entries.entryEnd();
  }

  @Override
  public void close() {}
}
