package io.varve.bench.contest;

/// Measures for tests: everything costs the same number.
final class Measures {

  private Measures() {}

  static Measure costing(double perSecond, double cost) {
    return new Measure(
        1000, 1, 0, perSecond, cost, cost, cost, cost, cost, cost, cost, cost, cost, cost, cost, 1,
        0);
  }

  static Measure failing(long failures) {
    return new Measure(1000, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, failures);
  }
}
