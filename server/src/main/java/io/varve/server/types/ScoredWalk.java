package io.varve.server.types;

/// Walks the members of a sorted set with their scores, in an order that does not depend on them: what
/// ZSCAN goes through, and where ZRANDMEMBER throws its darts.
public interface ScoredWalk extends CollectionWalk {

  double score();
}
