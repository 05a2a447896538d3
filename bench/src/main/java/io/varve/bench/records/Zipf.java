package io.varve.bench.records;

import java.util.SplittableRandom;

/// Ranks that are drawn the more often the smaller they are: rank r with a weight of 1 / (r + 1)^exponent.
///
/// Rejection inversion (W. Hörmann, G. Derflinger: "Rejection-inversion to generate variates from
/// monotone discrete distributions", ACM TOMACS 6/3, 1996): the area below the continuous curve is
/// inverted, and the few draws between curve and steps are thrown away. The usual method for
/// workloads sums up all weights first, which takes long for many keys and again when keys are
/// added; this one needs no table, and the number of ranks may differ from draw to draw. Immutable.
public final class Zipf {

  /// What YCSB uses.
  public static final double EXPONENT_DEFAULT = 0.99;

  private final double exponent;
  private final double areaOfFirst;
  private final double shift;

  /// @param exponent above 0 and not 1, where the integral is another one
  public Zipf(double exponent) {
    if (!(exponent > 0) || exponent == 1) {
      throw new IllegalArgumentException("no exponent of a Zipf distribution: " + exponent);
    }
    this.exponent = exponent;
    areaOfFirst = area(1.5) - 1;
    shift = 2 - inverseArea(area(2.5) - weight(2));
  }

  /// @param ranks 1 or more
  /// @return 0 to below the number of ranks
  public long draw(SplittableRandom random, long ranks) {
    double areaOfAll = area(ranks + 0.5);
    while (true) {
      double area = areaOfAll + random.nextDouble() * (areaOfFirst - areaOfAll);
      double x = inverseArea(area);
      long rank = Math.clamp(Math.round(x), 1, ranks);
      if (rank - x <= shift || area >= area(rank + 0.5) - weight((double) rank)) {
        return rank - 1;
      }
    }
  }

  private double weight(double x) {
    return Math.pow(x, -exponent);
  }

  /// The integral of the weight, up to a constant.
  private double area(double x) {
    return (Math.pow(x, 1 - exponent) - 1) / (1 - exponent);
  }

  private double inverseArea(double area) {
    return Math.pow(1 + area * (1 - exponent), 1 / (1 - exponent));
  }
}
