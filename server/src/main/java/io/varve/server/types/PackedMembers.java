package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.bytes.Varint;

/// The members of a small set, in a copy of what lies in its header. A new one comes last.
final class PackedMembers {

  private final GrowableBuffer bytes = GrowableBuffer.onHeap(256);
  private int count;

  PackedMembers() {}

  /// A copy of what a header holds.
  static PackedMembers of(Slice payload) {
    PackedMembers members = new PackedMembers();
    ByteCursor cursor = new ByteCursor(payload);
    members.count = cursor.readVarintInt();
    members.bytes.putBytes(payload.segment(), cursor.position(), (int) cursor.remaining());
    return members;
  }

  /// Writes the payload of a header.
  void encode(GrowableBuffer into) {
    into.putVarint(count);
    into.putBytes(bytes.segment(), 0, bytes.size());
  }

  int size() {
    return count;
  }

  /// Bytes of all members.
  int byteSize() {
    return bytes.size();
  }

  /// Bytes that a member takes.
  static long entryBytes(Slice member) {
    return (long) Varint.byteSize(member.length()) + member.length();
  }

  /// A new walk; valid until the next change.
  PackedMemberWalk walk() {
    return new PackedMemberWalk(bytes.segment(), 0, bytes.size());
  }

  boolean contains(Slice member) {
    return walk().find(member);
  }

  /// Adds a member of which it is known that it is not there.
  void append(Slice member) {
    bytes.putLengthPrefixed(member);
    count++;
  }

  boolean remove(Slice member) {
    PackedMemberWalk walk = walk();
    if (!walk.find(member)) {
      return false;
    }
    int start = (int) walk.entryStart();
    int end = (int) walk.entryEnd();
    java.lang.foreign.MemorySegment.copy(
        bytes.segment(), end, bytes.segment(), start, (long) bytes.size() - end);
    bytes.truncate(bytes.size() - (end - start));
    count--;
    return true;
  }
}
