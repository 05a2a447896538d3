package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import java.util.SplittableRandom;

/// Walks the members of a set that is spread over elements.
final class SpreadMemberWalk implements CollectionWalk {

  private final HashedElements.Walk walk;
  private final long size;
  private boolean started;

  SpreadMemberWalk(HashedElements.Walk walk, long size) {
    this.walk = walk;
    this.size = size;
  }

  @Override
  public boolean next() {
    if (started) {
      walk.next();
      return walk.isValid();
    }
    return seek(0);
  }

  @Override
  public void seekRandom(SplittableRandom random) {
    started = true;
    RandomSeek.seek(walk, size, random);
  }

  @Override
  public boolean seek(long position) {
    started = true;
    walk.seek(position);
    return walk.isValid();
  }

  @Override
  public long position() {
    return walk.position();
  }

  @Override
  public Slice name() {
    return walk.name();
  }

  @Override
  public void close() {
    walk.close();
  }
}
