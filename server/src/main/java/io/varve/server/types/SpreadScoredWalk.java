package io.varve.server.types;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;

/// Walks the members of a spread sorted set in the order of their hashes.
final class SpreadScoredWalk extends SpreadMemberWalk implements ScoredWalk {

  SpreadScoredWalk(HashedElements.Walk walk, long size) {
    super(walk, size);
  }

  @Override
  public double score() {
    Slice value = value();
    return Double.longBitsToDouble(value.segment().get(Layouts.LONG_LE, value.offset()));
  }
}
