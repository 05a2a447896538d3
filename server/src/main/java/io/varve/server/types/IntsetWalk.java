package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import java.util.SplittableRandom;

/// Walks an [Intset]; the members are the digits of its numbers.
final class IntsetWalk implements CollectionWalk {

  private final Intset set;
  private final GrowableBuffer digits = GrowableBuffer.onHeap(20);
  private final Slice name = new Slice();
  private int at = -1;

  IntsetWalk(Intset set) {
    this.set = set;
  }

  @Override
  public boolean next() {
    at++;
    return at < set.size();
  }

  @Override
  public void seekRandom(SplittableRandom random) {
    at = random.nextInt(set.size());
  }

  @Override
  public boolean seek(long position) {
    at = 0;
    return set.size() > 0;
  }

  @Override
  public long position() {
    return 0;
  }

  @Override
  public Slice name() {
    digits.clear();
    Decimals.append(set.get(at), digits);
    return digits.slice(name);
  }

  @Override
  public void close() {}
}
