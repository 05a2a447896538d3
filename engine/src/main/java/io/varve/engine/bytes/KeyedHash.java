package io.varve.engine.bytes;

import static io.varve.engine.bytes.Layouts.BYTE;
import static io.varve.engine.bytes.Layouts.LONG_LE;

import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;

/// A hash under a secret of this process, for tables whose keys a hostile client may choose.
///
/// SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012, with the reduced
/// rounds that hash tables commonly use). Several times the price of [Hash64], whose collisions can
/// be computed with a pencil. Differs from process to process, so it is never written anywhere.
public final class KeyedHash {

  private static final long SECRET_0;
  private static final long SECRET_1;

  static {
    SecureRandom random = new SecureRandom();
    SECRET_0 = random.nextLong();
    SECRET_1 = random.nextLong();
  }

  private KeyedHash() {}

  /// @param offset bytes into the segment
  /// @param length bytes to hash
  public static long hash(MemorySegment segment, long offset, int length) {
    return hash(segment, offset, length, SECRET_0, SECRET_1);
  }

  /// The function itself, under a given secret.
  static long hash(MemorySegment segment, long offset, int length, long secret0, long secret1) {
    long v0 = secret0 ^ 0x736f6d6570736575L;
    long v1 = secret1 ^ 0x646f72616e646f6dL;
    long v2 = secret0 ^ 0x6c7967656e657261L;
    long v3 = secret1 ^ 0x7465646279746573L;
    int words = length >>> 3;
    // One round per word of eight bytes, one for the rest, three to finish.
    for (int round = 0; round < words + 4; round++) {
      long word = 0;
      if (round < words) {
        word = segment.get(LONG_LE, offset + 8L * round);
      } else if (round == words) {
        word = lastWord(segment, offset + 8L * words, length);
      } else if (round == words + 1) {
        v2 ^= 0xff;
      }
      v3 ^= word;
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
      v0 ^= word;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private static long lastWord(MemorySegment segment, long offset, int length) {
    long word = (long) length << 56;
    for (int i = 0; i < (length & 7); i++) {
      word |= (segment.get(BYTE, offset + i) & 0xffL) << (8 * i);
    }
    return word;
  }
}
