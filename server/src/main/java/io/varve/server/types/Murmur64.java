package io.varve.server.types;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import java.lang.foreign.MemorySegment;

/// Austin Appleby's MurmurHash2 in its variant for 64-bit machines (MurmurHash64A), read little-endian:
/// what Redis spreads the elements of a HyperLogLog with. Public domain; written from its description.
final class Murmur64 {

  private static final long MULTIPLIER = 0xc6a4a7935bd1e995L;
  private static final int SHIFT = 47;

  private Murmur64() {}

  static long hash(Slice bytes, long seed) {
    MemorySegment segment = bytes.segment();
    long at = bytes.offset();
    int length = bytes.length();
    long hash = seed ^ (length * MULTIPLIER);
    int left = length;
    for (; left >= Long.BYTES; left -= Long.BYTES, at += Long.BYTES) {
      long word = segment.get(Layouts.LONG_LE, at) * MULTIPLIER;
      word ^= word >>> SHIFT;
      hash = (hash ^ (word * MULTIPLIER)) * MULTIPLIER;
    }
    if (left > 0) {
      long rest = 0;
      for (int i = left - 1; i >= 0; i--) {
        rest = (rest << 8) | (segment.get(Layouts.BYTE, at + i) & 0xff);
      }
      hash = (hash ^ rest) * MULTIPLIER;
    }
    hash = (hash ^ (hash >>> SHIFT)) * MULTIPLIER;
    return hash ^ (hash >>> SHIFT);
  }
}
