package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import java.util.SplittableRandom;

/// Walks the members of a set, sorted or not, that is spread over elements, in the order of their hashes.
sealed class SpreadMemberWalk implements CollectionWalk permits SpreadScoredWalk {

  private final HashedElements.Walk walk;
  private final long size;
  private boolean started;

  SpreadMemberWalk(HashedElements.Walk walk, long size) {
    this.walk = walk;
    this.size = size;
  }

  @Override
  public final boolean next() {
    if (started) {
      walk.next();
      return walk.isValid();
    }
    return seek(0);
  }

  @Override
  public final void seekRandom(SplittableRandom random) {
    started = true;
    RandomSeek.seek(walk, size, random);
  }

  @Override
  public final boolean seek(long position) {
    started = true;
    walk.seek(position);
    return walk.isValid();
  }

  @Override
  public final long position() {
    return walk.position();
  }

  @Override
  public final Slice name() {
    return walk.name();
  }

  /// What is kept with the member.
  final Slice value() {
    return walk.value();
  }

  @Override
  public final void close() {
    walk.close();
  }
}
