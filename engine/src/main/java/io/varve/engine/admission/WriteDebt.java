package io.varve.engine.admission;

/// How much of what writers may run ahead of the background is used up: 0 is nothing, 1 all of it.
///
/// Each part is the share of the way from what is fine to what is the most: see [#fill].
///
/// @param memtables full memtables that wait for their flush
/// @param runs flushes that wait for their merge
/// @param space bytes above the base that are beyond the space cap
public record WriteDebt(double memtables, double runs, double space) {

  /// Nothing is owed.
  public static final WriteDebt NONE = new WriteDebt(0, 0, 0);

  public WriteDebt {
    if (!isFill(memtables) || !isFill(runs) || !isFill(space)) {
      throw new IllegalArgumentException(
          "not in 0 to 1: memtables " + memtables + ", runs " + runs + ", space " + space);
    }
  }

  /// Where a value stands between what is fine, or less, which is 0, and the most, or more, which is 1.
  public static double fill(double value, double fine, double most) {
    return most <= fine ? (value > fine ? 1 : 0) : Math.clamp((value - fine) / (most - fine), 0, 1);
  }

  /// What merges owe.
  public double merges() {
    return Math.max(runs, space);
  }

  /// The greatest of all.
  public double worst() {
    return Math.max(memtables, merges());
  }

  private static boolean isFill(double value) {
    return value >= 0 && value <= 1;
  }
}
