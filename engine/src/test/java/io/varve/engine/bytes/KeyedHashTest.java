package io.varve.engine.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class KeyedHashTest {

  @Test
  void everyLengthAndEveryByteCounts() {
    Set<Long> seen = new HashSet<>();
    for (int length = 0; length < 100; length++) {
      byte[] bytes = new byte[length];
      seen.add(hash(bytes, 1, 2));
      for (int i = 0; i < length; i++) {
        bytes[i] = 1;
        seen.add(hash(bytes, 1, 2));
        bytes[i] = 0;
      }
    }
    assertEquals(100 + 99 * 100 / 2, seen.size());
  }

  @Test
  void bothHalvesOfTheSecretCount() {
    byte[] bytes = {1, 2, 3};
    assertEquals(3, Set.of(hash(bytes, 1, 2), hash(bytes, 1, 3), hash(bytes, 2, 2)).size());
  }

  private static long hash(byte[] bytes, long secret0, long secret1) {
    return KeyedHash.hash(MemorySegment.ofArray(bytes), 0, bytes.length, secret0, secret1);
  }
}
