package io.varve.server.types;

import java.util.SplittableRandom;

/// Finds random elements among [HashedElements].
///
/// In a small collection every element is equally likely: a random number of steps from the first. In a
/// large one a random position is sought, where an element comes the likelier the larger the gap before
/// it, and a random number of steps evens that out: what counts is the sum of as many gaps, of which
/// hashes make one much like another.
final class RandomSeek {

  /// Elements up to which all are stepped over.
  private static final int SMALL = 128;

  /// Steps behind a random position, at most.
  private static final int STEPS = 64;

  private RandomSeek() {}

  /// Moves a walk to a random element.
  ///
  /// @param size number of elements, not 0
  static void seek(HashedElements.Walk walk, long size, SplittableRandom random) {
    boolean small = size <= SMALL;
    walk.seek(small ? 0 : random.nextLong() >>> 1);
    long steps = random.nextLong(small ? size : STEPS);
    wrap(walk);
    for (long i = 0; i < steps; i++) {
      step(walk);
    }
  }

  /// Moves to the next element, to the first behind the last.
  static void step(HashedElements.Walk walk) {
    walk.next();
    wrap(walk);
  }

  private static void wrap(HashedElements.Walk walk) {
    if (!walk.isValid()) {
      walk.seek(0);
    }
  }
}
