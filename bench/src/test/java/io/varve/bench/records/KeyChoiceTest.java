package io.varve.bench.records;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyChoiceTest {

  private static final int DRAWS = 1_000_000;

  /// Draws stray by more than this many standard deviations once in many million tests.
  private static final int DEVIATIONS_MAX = 6;

  @Test
  void zipfDrawsEachRankAsOftenAsItsWeightSays() {
    for (double exponent : new double[] {0.5, 0.99, 1.3}) {
      for (int ranks : new int[] {1, 2, 10, 1000}) {
        assertWeights(exponent, ranks);
      }
    }
  }

  private static void assertWeights(double exponent, int ranks) {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    Zipf zipf = new Zipf(exponent);
    int[] drawn = new int[ranks];
    for (int i = 0; i < DRAWS; i++) {
      drawn[Math.toIntExact(zipf.draw(random, ranks))]++;
    }
    double sum = 0;
    for (int rank = 1; rank <= ranks; rank++) {
      sum += Math.pow(rank, -exponent);
    }
    for (int rank = 1; rank <= ranks; rank++) {
      double chance = Math.pow(rank, -exponent) / sum;
      double deviation = Math.sqrt(DRAWS * chance * (1 - chance));
      String which = "rank " + rank + " of " + ranks + ", " + exponent + ", seed " + seed;
      assertEquals(DRAWS * chance, drawn[rank - 1], DEVIATIONS_MAX * deviation + 1e-6, which);
    }
  }

  @Test
  void zipfReachesRanksThatNoTableCouldHold() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    Zipf zipf = new Zipf(Zipf.EXPONENT_DEFAULT);
    long ranks = 100_000_000_000L;
    long largest = 0;
    for (int i = 0; i < DRAWS; i++) {
      long rank = zipf.draw(random, ranks);
      assertTrue(rank >= 0 && rank < ranks, () -> rank + ", seed " + seed);
      largest = Math.max(largest, rank);
    }
    assertTrue(largest > ranks / 2, "largest " + largest + ", seed " + seed);
  }

  @Test
  void uniformIsAsLikelyToDrawEachRecord() {
    long seed = System.nanoTime();
    int[] drawn = draw(KeyChoice.UNIFORM, 100, seed);
    for (int record = 0; record < 100; record++) {
      double deviation = Math.sqrt(DRAWS * 0.01 * 0.99);
      assertEquals(DRAWS / 100.0, drawn[record], DEVIATIONS_MAX * deviation, "seed " + seed);
    }
  }

  @Test
  void latestPrefersTheYoungestAndNoticesNewOnes() {
    long seed = System.nanoTime();
    int[] drawn = draw(KeyChoice.LATEST, 1000, seed);
    assertTrue(drawn[999] > drawn[998] && drawn[998] > drawn[990], "seed " + seed);
    assertTrue(drawn[990] > drawn[0], "seed " + seed);

    Population population = new Population(10);
    KeyChoice.Draw draw = KeyChoice.LATEST.from(population);
    assertEquals(10, population.takeNext());
    population.acknowledged();
    SplittableRandom random = new SplittableRandom(seed);
    Set<Long> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      seen.add(draw.next(random));
    }
    assertTrue(seen.contains(10L), "seed " + seed);
  }

  @Test
  void popularRecordsLieAnywhereAndStayPopular() {
    long seed = System.nanoTime();
    int[] drawn = draw(KeyChoice.ZIPFIAN, 1000, seed);
    Set<Integer> popular = new HashSet<>();
    for (int record = 0; record < drawn.length; record++) {
      if (drawn[record] > DRAWS / 100) {
        popular.add(record);
      }
    }
    assertTrue(popular.size() > 3, popular + ", seed " + seed);
    assertTrue(popular.stream().anyMatch(record -> record >= 500), popular + ", seed " + seed);

    Population grown = new Population(1000);
    KeyChoice.Draw draw = KeyChoice.ZIPFIAN.from(grown);
    for (int i = 0; i < 1000; i++) {
      grown.takeNext();
      grown.acknowledged();
    }
    SplittableRandom random = new SplittableRandom(seed);
    int hits = 0;
    for (int i = 0; i < 1000; i++) {
      if (popular.contains(Math.toIntExact(draw.next(random)))) {
        hits++;
      }
    }
    assertTrue(hits > 100, hits + " hits, seed " + seed);
  }

  private static int[] draw(KeyChoice choice, int records, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    KeyChoice.Draw draw = choice.from(new Population(records));
    int[] drawn = new int[records];
    for (int i = 0; i < DRAWS; i++) {
      drawn[Math.toIntExact(draw.next(random))]++;
    }
    return drawn;
  }
}
