package io.varve.engine.iterator;

/// What is counted of the verdicts of filters, for lookups that went on to find out whether they were
/// right.
public enum FilterCount {
  /// The filter said no, which is certain: a look into the table was saved.
  NEGATIVE,
  /// It said maybe.
  POSITIVE,
  /// It said maybe, and the table did not hold the key.
  FALSE_POSITIVE,
  /// Over all lookups of keys that the table did not hold: how often the filter should have said maybe
  /// by the formula, in billionths. What [#FALSE_POSITIVE] is to be compared with.
  EXPECTED_BILLIONTHS
}
