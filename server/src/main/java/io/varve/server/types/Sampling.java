package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/// Chooses different elements of a collection at random.
///
/// Many of them: one pass that takes each element with the chance that is still needed, so that exactly
/// as many are taken as are wanted and every choice is equally likely (Knuth, The Art of Computer
/// Programming 2, 3.4.2, algorithm S). Few of a large collection: one by one, forgetting those that had
/// come before.
public final class Sampling {

  /// Collections up to this size are passed through in any case.
  private static final int SMALL = 1024;

  /// If less than one of so many is wanted, they are sought one by one.
  private static final int SHARE = 8;

  private Sampling() {}

  /// Moves a walk to different elements and calls for each.
  ///
  /// @param walk new; stands on the element during a call
  /// @param size number of elements that the walk has
  /// @param count how many are wanted, at most `size`
  /// @param chosen must not write
  public static void distinct(
      CollectionWalk walk, long size, long count, SplittableRandom random, Runnable chosen) {
    if (count == 0) {
      return;
    }
    if (size <= SMALL || count > size / SHARE) {
      pass(walk, size, count, random, chosen);
      return;
    }
    Set<Slice> seen = HashSet.newHashSet(Math.toIntExact(count));
    while (seen.size() < count) {
      walk.seekRandom(random);
      if (seen.add(walk.name().copy())) {
        chosen.run();
      }
    }
  }

  private static void pass(
      CollectionWalk walk, long size, long count, SplittableRandom random, Runnable chosen) {
    long left = size;
    long wanted = count;
    while (wanted > 0 && walk.next()) {
      if (wanted == left || random.nextLong(left) < wanted) {
        chosen.run();
        wanted--;
      }
      left--;
    }
  }
}
