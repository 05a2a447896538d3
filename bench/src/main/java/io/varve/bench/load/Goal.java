package io.varve.bench.load;

import org.jspecify.annotations.Nullable;

/// What rate is asked for.
sealed interface Goal {

  /// As much as there can be.
  record Highest() implements Goal {}

  /// @param rate requests per second
  record Constant(double rate) implements Goal {}

  /// @param part of the highest rate, which has to be found first
  record PartOfHighest(double part) implements Goal {}

  /// @param text `50000`, `80%`, or null for the highest
  /// @throws IllegalArgumentException if it is none of these
  static Goal parse(@Nullable String text) {
    if (text == null) {
      return new Highest();
    }
    boolean isPart = text.endsWith("%");
    double number;
    try {
      number = Double.parseDouble(isPart ? text.substring(0, text.length() - 1) : text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no rate: " + text, e);
    }
    if (!(number > 0)) {
      throw new IllegalArgumentException("no rate: " + text);
    }
    return isPart ? new PartOfHighest(number / 100) : new Constant(number);
  }
}
