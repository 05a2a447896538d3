package io.varve.bench.records;

import java.util.SplittableRandom;

/// Which records a workload asks for.
public enum KeyChoice {
  /// All alike.
  UNIFORM,
  /// Few very often, most hardly ever; the popular ones lie anywhere among all.
  ZIPFIAN,
  /// The younger the more often.
  LATEST;

  private static final long SEED = 0x5DEECE66DL;

  /// Draws numbers of records.
  @FunctionalInterface
  public interface Draw {
    long next(SplittableRandom random);
  }

  /// Draws from those that exist; [#ZIPFIAN] from those that exist now, so that the popular ones stay popular
  /// while others are added. Any thread.
  ///
  /// @param population not empty
  public Draw from(Population population) {
    Zipf zipf = new Zipf(Zipf.EXPONENT_DEFAULT);
    return switch (this) {
      case UNIFORM -> random -> random.nextLong(population.known());
      case ZIPFIAN -> {
        long count = population.known();
        Permutation scattered = new Permutation(count, SEED);
        yield random -> scattered.at(zipf.draw(random, count));
      }
      case LATEST ->
          random -> {
            long count = population.known();
            return count - 1 - zipf.draw(random, count);
          };
    };
  }
}
