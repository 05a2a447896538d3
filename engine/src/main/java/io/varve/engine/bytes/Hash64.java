package io.varve.engine.bytes;

import static io.varve.engine.bytes.Layouts.BYTE;
import static io.varve.engine.bytes.Layouts.INT_LE;
import static io.varve.engine.bytes.Layouts.LONG_LE;

import java.lang.foreign.MemorySegment;

/// The one hash of the store: memtable slots and Bloom filters both derive from it.
///
/// Multiply-and-fold of eight bytes at a time (the 64x64 to 128 bit product, high and low half
/// xored), the construction known from wyhash and its kin: two multiplications per sixteen bytes
/// and good avalanche. It is part of the SSTable format (`docs/format/sstable.md`): changing it
/// makes every filter on disk wrong, so it never changes under one format version. It is not keyed
/// and so no defence against a client that looks for collisions; the memtable bounds its probes.
public final class Hash64 {

  private static final long SEED = 0x9E3779B97F4A7C15L;
  private static final long K1 = 0xD6E8FEB86659FD93L;
  private static final long K2 = 0xA0761D6478BD642FL;
  private static final long K3 = 0xE7037ED1A0B428DBL;

  private Hash64() {}

  /// @param offset bytes into the segment
  /// @param length bytes to hash
  public static long hash(MemorySegment segment, long offset, int length) {
    long h = SEED ^ fold(length ^ K1, K2);
    long at = offset;
    int left = length;
    while (left >= 16) {
      h = fold(segment.get(LONG_LE, at) ^ K2, segment.get(LONG_LE, at + 8) ^ h);
      at += 16;
      left -= 16;
    }
    long a = 0;
    long b = 0;
    if (left >= 8) {
      a = segment.get(LONG_LE, at);
      b = segment.get(LONG_LE, at + left - 8);
    } else if (left >= 4) {
      a = segment.get(INT_LE, at) & 0xffffffffL;
      b = segment.get(INT_LE, at + left - 4) & 0xffffffffL;
    } else if (left > 0) {
      a = segment.get(BYTE, at) & 0xffL;
      long middle = segment.get(BYTE, at + (left >> 1)) & 0xffL;
      long last = segment.get(BYTE, at + left - 1) & 0xffL;
      b = (middle << 8) | last;
    }
    return fold(fold(a ^ K3, b ^ h) ^ K1, length ^ K2);
  }

  private static long fold(long x, long y) {
    return Math.multiplyHigh(x, y) ^ (x * y);
  }
}
