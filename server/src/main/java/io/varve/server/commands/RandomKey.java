package io.varve.server.commands;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.KeyWalk;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Picks a key at random without knowing where keys lie: RANDOMKEY.
///
/// Seeks to a random point between the first and the last key, taking eight bytes behind their common
/// beginning as a number, and walks on a random number of keys, starting over at the end. Every key
/// can come; a database of up to [#STEPS_MAX] keys gives each nearly the same chance; in larger ones a
/// key behind a gap in the key space comes more often than one in a crowd, the less the more evenly
/// keys are spread. Uniform picks would need ranks in the tree, which every write would pay for.
final class RandomKey {

  private static final int STEPS_MAX = 128;

  /// Expired keys that are passed over before the database counts as empty.
  private static final int EXPIRED_MAX = 10_000;

  private RandomKey() {}

  /// A key that has not expired, or null if none was found.
  static byte @Nullable [] find(KeyWalk walk, long nowMillis) {
    Slice empty = new Slice();
    walk.seek(empty);
    if (!walk.isValid()) {
      return null;
    }
    byte[] first = walk.key().toByteArray();
    byte[] last = walk.seekToLast() ? walk.key().toByteArray() : first;
    ThreadLocalRandom random = ThreadLocalRandom.current();
    walk.seek(between(Slice.of(first), Slice.of(last), random));
    int steps = random.nextInt(STEPS_MAX);
    for (int i = 0; i < steps; i++) {
      if (walk.isValid()) {
        walk.next();
      }
      if (!walk.isValid()) {
        walk.seek(empty);
      }
    }
    for (int i = 0; i < EXPIRED_MAX; i++) {
      if (!walk.isValid()) {
        walk.seek(empty);
      }
      if (!walk.isExpiredAt(nowMillis)) {
        return walk.key().toByteArray();
      }
      walk.next();
    }
    return null;
  }

  private static Slice between(Slice first, Slice last, ThreadLocalRandom random) {
    int common = first.commonPrefixLength(last);
    long low = number(first, common, 0);
    long high = number(last, common, 0xff);
    // Both are unsigned: halved, so that the bound of the random number is a positive long.
    long span = (high >>> 1) - (low >>> 1);
    long picked = span <= 0 ? low : low + 2 * random.nextLong(span);
    byte[] key = new byte[common + Long.BYTES];
    MemorySegment target = MemorySegment.ofArray(key);
    MemorySegment.copy(first.segment(), first.offset(), target, 0, common);
    target.set(Layouts.LONG_BE, common, picked);
    return Slice.of(key);
  }

  private static long number(Slice key, int from, int padding) {
    long number = 0;
    for (int i = from; i < from + Long.BYTES; i++) {
      number = number << 8 | (i < key.length() ? key.getUnsigned(i) : padding);
    }
    return number;
  }
}
