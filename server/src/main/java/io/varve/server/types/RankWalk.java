package io.varve.server.types;

import io.varve.engine.bytes.Slice;

/// Walks the elements of a sorted set in both directions, as they were when the walk began.
///
/// A new walk stands nowhere until one of the seeks. Slices are valid until the walk moves or the set
/// changes. Belongs to one thread.
public interface RankWalk extends AutoCloseable {

  boolean isValid();

  /// Moves to the first element behind a position.
  void seek(Slice position);

  /// Moves to the last element in front of a position.
  void seekBefore(Slice position);

  /// Moves to the element that has so many in front of it.
  ///
  /// @param rank 0 to size - 1
  void seekRank(long rank);

  /// Needs [#isValid()].
  void next();

  /// Needs [#isValid()].
  void prev();

  /// The [RankKey] of the element.
  Slice key();

  @Override
  void close();
}
