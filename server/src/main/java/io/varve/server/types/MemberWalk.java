package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.ElementWalk;

/// Walks the members of a large sorted set in the order of their hashes, which stays as it is whatever
/// happens to the set: the positions of ZSCAN, and where ZRANDMEMBER throws its darts.
///
/// Belongs to one thread; slices are valid until it moves.
public final class MemberWalk implements AutoCloseable {

  private static final int PREFIX_BYTES = 1 + Long.BYTES;

  private final ElementWalk walk;
  private final Slice member = new Slice();
  private final GrowableBuffer subkey = GrowableBuffer.onHeap(16);

  MemberWalk(ElementWalk walk) {
    this.walk = walk;
  }

  public boolean isValid() {
    return walk.isValid() && walk.key().get(0) == SortedSetFormat.MEMBER_SPACE;
  }

  /// Moves to the first member whose hash is not less, as unsigned numbers.
  public void seek(long hash) {
    subkey.clear();
    subkey.putByte(SortedSetFormat.MEMBER_SPACE);
    subkey.putLongBigEndian(hash);
    walk.seek(subkey.slice());
  }

  public void next() {
    walk.next();
  }

  public long hash() {
    return walk.key().segment().get(Layouts.LONG_BE, walk.key().offset() + 1);
  }

  public Slice member() {
    return RankIndex.tail(walk.key(), PREFIX_BYTES, member);
  }

  public double score() {
    Slice value = walk.value();
    return Double.longBitsToDouble(value.segment().get(Layouts.LONG_LE, value.offset()));
  }

  @Override
  public void close() {
    walk.close();
  }
}
