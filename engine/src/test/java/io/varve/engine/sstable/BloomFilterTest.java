package io.varve.engine.sstable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The filter never denies a key it holds, and lies as rarely as the formula says.
class BloomFilterTest {

  private static final long SEED = 20251;

  @Test
  void keysThatWereAddedAreNeverDenied() {
    for (double bits : new double[] {0.5, 1, 5, 10, 22, 60, 100}) {
      try (Arena arena = Arena.ofConfined()) {
        var filter = new Filter(arena, 5_000, bits);
        var again = new SplittableRandom(SEED);
        for (int i = 0; i < 5_000; i++) {
          assertTrue(filter.mayContain(again.nextLong()), "bits " + bits);
        }
      }
    }
  }

  @Test
  void falsePositivesAreAsRareAsTheFormulaSays() {
    for (double bits : new double[] {0.5, 1, 4, 7.8, 10, 13.5, 16, 18, 20, 22, 24}) {
      try (Arena arena = Arena.ofConfined()) {
        var filter = new Filter(arena, 200_000, bits);
        double bitsPerKey = 512.0 * filter.lines / 200_000;
        double expected = BloomFilter.falsePositiveRate(bitsPerKey, filter.probes);
        var others = new SplittableRandom(~SEED);
        // As many as give 4,000 false positives: then 5 standard deviations are 8 %.
        int probes = (int) Math.clamp(4_000 / expected, 400_000, 40_000_000);
        int positives = 0;
        for (int i = 0; i < probes; i++) {
          positives += filter.mayContain(others.nextLong()) ? 1 : 0;
        }
        double found = (double) positives / probes;
        double error = Math.abs(found / expected - 1);
        assertTrue(error < 0.1, "bits " + bits + ": " + found + " instead of " + expected);
      }
    }
  }

  @Test
  void theFormulaIsWithinReachOfAnUnblockedFilter() {
    assertEquals(0.0097, BloomFilter.falsePositiveRate(10, BloomFilter.probesFor(10)), 0.001);
    for (double bits = 1; bits <= 20; bits++) {
      double ideal = Math.exp(-bits * Math.log(2) * Math.log(2));
      double blocked = BloomFilter.falsePositiveRate(bits, BloomFilter.probesFor(bits));
      assertTrue(blocked < ideal * 6, "bits " + bits + ": " + blocked + " against " + ideal);
    }
  }

  @Test
  void moreBitsNeverWantFewerProbes() {
    int last = 1;
    for (double bits = 0.5; bits <= 100; bits += 0.5) {
      int probes = BloomFilter.probesFor(bits);
      assertTrue(probes >= last && probes <= BloomFilter.PROBES_MAX, "bits " + bits);
      last = probes;
    }
  }

  /// A filter of random hashes.
  private static final class Filter {
    private final MemorySegment bytes;
    private final long lines;
    private final int probes;

    Filter(Arena arena, int keys, double bits) {
      lines = BloomFilter.linesFor(keys, bits);
      probes = BloomFilter.probesFor(bits);
      bytes = arena.allocate(lines * BloomFilter.LINE_BYTES);
      var random = new SplittableRandom(SEED);
      for (int i = 0; i < keys; i++) {
        long hash = random.nextLong();
        BloomFilter.add(
            bytes, BloomFilter.line(hash, lines) * BloomFilter.LINE_BYTES, hash, probes);
      }
    }

    boolean mayContain(long hash) {
      return BloomFilter.mayContain(
          bytes, BloomFilter.line(hash, lines) * BloomFilter.LINE_BYTES, hash, probes);
    }
  }
}
