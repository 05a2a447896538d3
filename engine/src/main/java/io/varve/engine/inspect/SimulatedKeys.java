package io.varve.engine.inspect;

import java.util.Arrays;

/// Which keys a simulated workload writes: how many distinct keys come of so many writes.
///
/// A table on paper knows its density only: the part of the keys in its range that it holds. What the
/// density of two tables merged is, depends on how often they hold the same key.
public enum SimulatedKeys {
  /// Each key as often as any other.
  UNIFORM {
    @Override
    double density(double writesPerKey) {
      return -Math.expm1(-writesPerKey);
    }

    @Override
    double writesPerKey(double density) {
      return density >= 1 ? MOST_WRITES : Math.min(MOST_WRITES, -Math.log1p(-density));
    }
  },

  /// A few keys most of the time (Zipf's law, exponent 0.99, over a million keys), the hot ones scattered
  /// over the key range.
  ZIPF {
    @Override
    double density(double writesPerKey) {
      return Zipf.density(writesPerKey);
    }

    @Override
    double writesPerKey(double density) {
      return Zipf.writesPerKey(density);
    }
  },

  /// From the first key to the last, then from the first again.
  SEQUENTIAL {
    @Override
    double density(double writesPerKey) {
      return Math.min(1, writesPerKey);
    }

    @Override
    double writesPerKey(double density) {
      return density >= 1 ? MOST_WRITES : density;
    }
  },

  /// Many series that each go on at their end, keys in order of series: each write is a new key anywhere
  /// in the range, and expires.
  TIME_SERIES {
    @Override
    double density(double writesPerKey) {
      return writesPerKey;
    }

    @Override
    double writesPerKey(double density) {
      return density;
    }
  };

  private static final double MOST_WRITES = 1e6;

  /// Part of the keys that are hit by so many writes per key.
  abstract double density(double writesPerKey);

  /// The opposite of [#density].
  abstract double writesPerKey(double density);

  /// Density of two tables merged.
  final double merged(double a, double b) {
    return density(writesPerKey(a) + writesPerKey(b));
  }

  /// Tabulated, since the sum over all keys has no short form.
  private static final class Zipf {

    private static final int KEYS = 1_000_000;
    private static final double EXPONENT = 0.99;
    private static final int POINTS = 400;
    private static final double LEAST = 1e-6;
    private static final double[] WRITES = new double[POINTS];
    private static final double[] DENSITIES = new double[POINTS];

    static {
      double sum = 0;
      for (int rank = 1; rank <= KEYS; rank++) {
        sum += Math.pow(rank, -EXPONENT);
      }
      for (int point = 0; point < POINTS; point++) {
        double writes = LEAST * Math.pow(MOST_WRITES / LEAST, (double) point / (POINTS - 1));
        WRITES[point] = writes;
        DENSITIES[point] = hit(writes, sum);
      }
    }

    /// Ranks far down are alike: they are looked at in growing steps.
    private static double hit(double writesPerKey, double sum) {
      double hit = 0;
      int rank = 1;
      while (rank <= KEYS) {
        int step = Math.min(KEYS + 1 - rank, Math.max(1, rank / 50));
        double share = Math.pow(rank + (step - 1) / 2.0, -EXPONENT) / sum;
        hit += step * -Math.expm1(-writesPerKey * KEYS * share);
        rank += step;
      }
      return hit / KEYS;
    }

    static double density(double writesPerKey) {
      return at(WRITES, DENSITIES, writesPerKey);
    }

    static double writesPerKey(double density) {
      return at(DENSITIES, WRITES, density);
    }

    private static double at(double[] from, double[] to, double x) {
      int index = Arrays.binarySearch(from, x);
      if (index >= 0) {
        return to[index];
      }
      int above = -index - 1;
      if (above == 0) {
        return to[0] * x / from[0];
      }
      if (above == from.length) {
        return to[from.length - 1];
      }
      double part = (x - from[above - 1]) / (from[above] - from[above - 1]);
      return to[above - 1] + part * (to[above] - to[above - 1]);
    }
  }
}
