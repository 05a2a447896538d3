package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;

/// The elements of a sorted set, however they lie. Belongs to one execution.
abstract sealed class SortedSetBody permits PackedSortedSet, SpreadSortedSet {

  abstract long size();

  /// The score of a member, or NaN if it is none.
  abstract double score(Slice member);

  /// Number of elements in front of a position.
  abstract long countBefore(Slice position);

  abstract RankWalk walk();

  abstract ScoredWalk memberWalk();

  /// Adds a member or gives it another score.
  ///
  /// @param oldScore what [#score] says; NaN adds
  abstract void put(Slice member, double oldScore, double score);

  /// Removes a member.
  ///
  /// @param score what [#score] says
  abstract void remove(Slice member, double score);

  /// Removes the elements between two positions.
  ///
  /// @param count how many there are
  abstract void removeRange(Slice from, Slice to, long count);

  /// Writes what is still to be written of changes beside the header.
  abstract void finish();

  /// Appends the payload of the header.
  abstract void writePayload(GrowableBuffer out);
}
