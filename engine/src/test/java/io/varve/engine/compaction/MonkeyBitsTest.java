package io.varve.engine.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The bits are spent as asked, and in the best way.
class MonkeyBitsTest {

  /// Memtables of 100,000 keys: seven flushes, seven runs of eight, three of 64 and a base of 800.
  private static final double[] STORE = shape(100_000, 7, 1, 7, 8, 3, 64, 1, 800);

  private static final double LN_2_SQUARED = Math.log(2) * Math.log(2);

  @Test
  void theAverageOverAllKeysIsWhatWasAskedFor() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    System.out.println("MonkeyBitsTest seed " + seed);
    var random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      double[] keys = new double[1 + random.nextInt(40)];
      Arrays.setAll(keys, _ -> Math.exp(random.nextDouble() * 20));
      for (double asked : new double[] {0, 0.3, 2, 10, 24, 40}) {
        double[] bits = MonkeyBits.allot(keys, asked);
        assertEquals(asked, average(keys, bits), 1e-6, "seed " + seed + " round " + round);
      }
    }
  }

  @Test
  void theRateIsInProportionToTheKeysOfARun() {
    double[] bits = MonkeyBits.allot(STORE, 10);
    double perKey = rate(bits[17]) / STORE[17];
    for (int run = 0; run < STORE.length; run++) {
      assertTrue(
          bits[run] == MonkeyBits.BITS_MAX
              || Math.abs(rate(bits[run]) / STORE[run] / perKey - 1) < 1e-6,
          "run " + run + ": " + Arrays.toString(bits));
    }
  }

  @Test
  void theDesignsShapeGetsTheDesignsBits() {
    double[] bits = MonkeyBits.allot(STORE, 10);
    assertEquals(22, bits[0], 0.5);
    assertEquals(18.5, bits[7], 0.5);
    assertEquals(14, bits[14], 0.5);
    assertEquals(8.5, bits[17], 0.5);
  }

  @Test
  void noOtherWayToSpendTheBitsMisleadsLess() {
    double[] best = MonkeyBits.allot(STORE, 10);
    for (int from = 0; from < STORE.length; from++) {
      for (int to = 0; to < STORE.length; to++) {
        double[] other = best.clone();
        other[from] -= 1000 / STORE[from];
        other[to] += 1000 / STORE[to];
        assertTrue(
            other[to] > MonkeyBits.BITS_MAX || sum(other) >= sum(best) - 1e-12, from + " to " + to);
      }
    }
  }

  @Test
  void aSingleRunGetsTheAverage() {
    assertEquals(10, MonkeyBits.allot(new double[] {1_000_000}, 10)[0], 1e-6);
    assertEquals(30, MonkeyBits.allot(new double[] {1_000_000}, 30)[0], 1e-6);
  }

  @Test
  void aRunWithoutKeysTakesNothing() {
    double[] bits = MonkeyBits.allot(new double[] {0, 500, 0}, 10);
    assertEquals(0, bits[0]);
    assertEquals(10, bits[1], 1e-6);
    assertEquals(0, MonkeyBits.allot(new double[] {0}, 10)[0]);
  }

  @Test
  void aLargeRunGoesWithoutAFilterBeforeItTakesTheBitsOfTheSmall() {
    double[] bits = MonkeyBits.allot(new double[] {1_000, 10_000_000}, 0.001);
    assertTrue(bits[0] > 9, Arrays.toString(bits));
    assertEquals(0, bits[1], 0.001);
  }

  private static double rate(double bits) {
    return Math.exp(-bits * LN_2_SQUARED);
  }

  private static double sum(double[] bits) {
    return Arrays.stream(bits).map(MonkeyBitsTest::rate).sum();
  }

  private static double average(double[] keys, double[] bits) {
    double spent = 0;
    for (int run = 0; run < keys.length; run++) {
      spent += keys[run] * bits[run];
    }
    return spent / Arrays.stream(keys).sum();
  }

  private static double[] shape(double memtableKeys, int... countsAndSizes) {
    return java.util.stream.IntStream.range(0, countsAndSizes.length / 2)
        .boxed()
        .flatMapToDouble(
            i ->
                java.util.stream.DoubleStream.generate(
                        () -> memtableKeys * countsAndSizes[2 * i + 1])
                    .limit(countsAndSizes[2 * i]))
        .toArray();
  }
}
