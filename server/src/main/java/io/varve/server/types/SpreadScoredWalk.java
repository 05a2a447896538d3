package io.varve.server.types;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import java.util.SplittableRandom;

/// Walks the members of a spread sorted set in the order of their hashes.
final class SpreadScoredWalk implements ScoredWalk {

  private final HashedElements.Walk walk;
  private final long size;
  private boolean started;

  SpreadScoredWalk(HashedElements.Walk walk, long size) {
    this.walk = walk;
    this.size = size;
  }

  @Override
  public boolean next() {
    if (started) {
      walk.next();
    } else {
      walk.seek(0);
      started = true;
    }
    return walk.isValid();
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
  public double score() {
    Slice value = walk.value();
    return Double.longBitsToDouble(value.segment().get(Layouts.LONG_LE, value.offset()));
  }

  @Override
  public void close() {
    walk.close();
  }
}
