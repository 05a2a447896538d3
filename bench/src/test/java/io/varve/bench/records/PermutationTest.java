package io.varve.bench.records;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class PermutationTest {

  @Test
  void visitsEachNumberOnce() {
    for (int bound : new int[] {1, 2, 3, 100, 1000, 4096, 5000}) {
      Permutation permutation = new Permutation(bound, 7);
      BitSet seen = new BitSet();
      for (int i = 0; i < bound; i++) {
        long number = permutation.at(i);
        assertTrue(number >= 0 && number < bound, number + " of " + bound);
        seen.set((int) number);
      }
      assertEquals(bound, seen.cardinality());
    }
  }
}
