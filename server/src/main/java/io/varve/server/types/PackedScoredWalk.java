package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import java.util.List;
import java.util.SplittableRandom;

/// Walks the members of a packed sorted set, which all have one position.
final class PackedScoredWalk implements ScoredWalk {

  private final List<Slice> rankKeys;
  private final Slice name = new Slice();
  private int at = -1;

  /// @param rankKeys not changed while this walks
  PackedScoredWalk(List<Slice> rankKeys) {
    this.rankKeys = rankKeys;
  }

  @Override
  public boolean next() {
    at++;
    return at < rankKeys.size();
  }

  @Override
  public void seekRandom(SplittableRandom random) {
    at = random.nextInt(rankKeys.size());
  }

  @Override
  public boolean seek(long position) {
    at = 0;
    return !rankKeys.isEmpty();
  }

  @Override
  public long position() {
    return 0;
  }

  @Override
  public Slice name() {
    return RankKey.member(rankKeys.get(at), name);
  }

  @Override
  public double score() {
    return RankKey.score(rankKeys.get(at));
  }

  @Override
  public void close() {}
}
