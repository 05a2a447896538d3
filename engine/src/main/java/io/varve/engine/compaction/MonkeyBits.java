package io.varve.engine.compaction;

/// How many filter bits per key each run gets, so that a read is misled least often for the memory
/// that is spent.
///
/// A key that is not there asks every run, and is misled by run i with probability p_i: what counts is
/// the sum of all p_i, not each of them. A bit per key of a small run costs little memory and takes as
/// much off that sum as a bit per key of a large one. The sum is least, for a given number of bits over
/// all, if p_i is in proportion to the run's number of keys n_i:
///
/// ```
/// p_i    = c * n_i
/// bits_i = -ln(p_i) / ln(2)^2,   at least 0 and at most bitsMax
/// c      such that the sum of n_i * bits_i is bitsPerKey * the sum of n_i
/// ```
///
/// Idea: Dayan, Athanassoulis, Idreos, "Monkey: Optimal Navigable Key-Value Store", SIGMOD 2017. The
/// bound from above is ours: beyond it a filter in lines of 64 bytes hardly gains
/// (`docs/internals/read-path.md`). What runs at a bound do not take goes to the others. Pure.
public final class MonkeyBits {

  /// Bits per key that no filter exceeds, unless more are asked for over all. Every 2 bits beyond it
  /// halve a rate that is one in 20,000 already.
  static final double BITS_MAX = 24;

  private static final double LN_2_SQUARED = Math.log(2) * Math.log(2);

  /// Halvings of an interval that is a few hundred wide: more than a double can tell apart.
  private static final int HALVINGS = 64;

  private MonkeyBits() {}

  /// Bits per key of each run.
  ///
  /// @param keys keys of each run, those without keys get 0 bits
  /// @param bitsPerKey bits per key over all runs
  /// @return in the order of the runs
  public static double[] allot(double[] keys, double bitsPerKey) {
    double sum = 0;
    double most = 1;
    for (double count : keys) {
      sum += count;
      most = Math.max(most, count);
    }
    double bitsMax = Math.max(BITS_MAX, bitsPerKey);
    double wanted = Math.min(bitsPerKey, bitsMax) * sum;
    // What is searched is -ln(c): bits grow with it, from none for any run to the most for all.
    double low = 0;
    double high = Math.log(most) + bitsMax * LN_2_SQUARED;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (bitsOverAll(keys, middle, bitsMax) < wanted) {
        low = middle;
      } else {
        high = middle;
      }
    }
    double[] bits = new double[keys.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = bitsOf(keys[i], high, bitsMax);
    }
    return bits;
  }

  private static double bitsOverAll(double[] keys, double minusLogC, double bitsMax) {
    double sum = 0;
    for (double count : keys) {
      sum += count * bitsOf(count, minusLogC, bitsMax);
    }
    return sum;
  }

  private static double bitsOf(double keys, double minusLogC, double bitsMax) {
    return keys <= 0 ? 0 : Math.clamp((minusLogC - Math.log(keys)) / LN_2_SQUARED, 0, bitsMax);
  }
}
