package io.varve.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What values a directive takes: how they are read, written and described.
///
/// The texts of refusals are Redis' own: they end up in replies to CONFIG SET.
///
/// @param <T> the value in Java
sealed interface DirectiveType<T>
    permits DirectiveType.Bool,
        DirectiveType.Whole,
        DirectiveType.Memory,
        DirectiveType.Decimal,
        DirectiveType.Choice,
        DirectiveType.Text,
        DirectiveType.Fixed,
        DirectiveType.Words,
        DirectiveType.Percentiles,
        DirectiveType.OutputLimits,
        EventLetters {

  /// @param words what stands behind the directive's name; never empty for types of one word
  /// @param previous the value so far, for types that change a part of it
  /// @throws ConfigurationException if the words are no such value
  T parse(List<String> words, T previous);

  /// As CONFIG GET shows it.
  String format(T value);

  /// As it should stand in a file that people read, quotes included.
  default String formatForFile(T value) {
    return QuotedWords.quote(format(value));
  }

  /// For the documentation: which values there are.
  String describe();

  /// Whether a value may have several words.
  default boolean hasManyWords() {
    return false;
  }

  /// `yes` or `no`.
  record Bool() implements DirectiveType<Boolean> {
    @Override
    public Boolean parse(List<String> words, Boolean previous) {
      return switch (single(words).toLowerCase(Locale.ROOT)) {
        case "yes" -> true;
        case "no" -> false;
        default -> throw new ConfigurationException("argument must be 'yes' or 'no'");
      };
    }

    @Override
    public String format(Boolean value) {
      return value ? "yes" : "no";
    }

    @Override
    public String describe() {
      return "`yes` or `no`";
    }
  }

  /// A whole number within bounds.
  record Whole(long min, long max) implements DirectiveType<Long> {
    @Override
    public Long parse(List<String> words, Long previous) {
      long value;
      try {
        value = Long.parseLong(single(words));
      } catch (NumberFormatException e) {
        throw new ConfigurationException("argument couldn't be parsed into an integer");
      }
      return checkBounds(value, min, max);
    }

    @Override
    public String format(Long value) {
      return value.toString();
    }

    @Override
    public String describe() {
      return max == Long.MAX_VALUE ? "number, at least " + min : "number, " + min + " to " + max;
    }
  }

  /// A number of bytes within bounds, with a unit if one likes.
  record Memory(long min, long max) implements DirectiveType<Long> {
    @Override
    public Long parse(List<String> words, Long previous) {
      return checkBounds(MemorySize.parse(single(words)), min, max);
    }

    @Override
    public String format(Long value) {
      return value.toString();
    }

    @Override
    public String formatForFile(Long value) {
      return MemorySize.format(value);
    }

    @Override
    public String describe() {
      String least = "memory, at least " + MemorySize.format(min);
      return max == Long.MAX_VALUE ? least : least + ", at most " + MemorySize.format(max);
    }
  }

  /// A number with a fraction, within bounds.
  record Decimal(double min, double max) implements DirectiveType<Double> {
    @Override
    public Double parse(List<String> words, Double previous) {
      double value;
      try {
        value = Double.parseDouble(single(words));
      } catch (NumberFormatException e) {
        throw new ConfigurationException("argument couldn't be parsed into a number");
      }
      if (!(value >= min && value <= max)) {
        throw new ConfigurationException(
            "argument must be between " + format(min) + " and " + format(max) + " inclusive");
      }
      return value;
    }

    @Override
    public String format(Double value) {
      return decimal(value);
    }

    @Override
    public String describe() {
      return "number, " + format(min) + " to " + format(max) + ", may have a fraction";
    }
  }

  /// One constant of an enum, in lower case.
  record Choice<E extends Enum<E>>(Class<E> type) implements DirectiveType<E> {
    @Override
    public E parse(List<String> words, E previous) {
      String wanted = single(words).toLowerCase(Locale.ROOT);
      for (E constant : type.getEnumConstants()) {
        if (format(constant).equals(wanted)) {
          return constant;
        }
      }
      throw new ConfigurationException(
          "argument(s) must be one of the following: " + String.join(", ", names()));
    }

    @Override
    public String format(E value) {
      return value.toString().toLowerCase(Locale.ROOT);
    }

    @Override
    public String describe() {
      return "`" + String.join("`, `", names()) + "`";
    }

    private List<String> names() {
      return java.util.Arrays.stream(type.getEnumConstants()).map(this::format).toList();
    }
  }

  /// Any text.
  record Text() implements DirectiveType<String> {
    @Override
    public String parse(List<String> words, String previous) {
      return single(words);
    }

    @Override
    public String format(String value) {
      return value;
    }

    @Override
    public String describe() {
      return "text";
    }
  }

  /// The one text that is accepted: for directives of Redis that mean something else here.
  record Fixed(String value) implements DirectiveType<String> {
    @Override
    public String parse(List<String> words, String previous) {
      if (!single(words).equals(value)) {
        throw new ConfigurationException("argument must be '" + value + "'");
      }
      return value;
    }

    @Override
    public String format(String fixed) {
      return fixed;
    }

    @Override
    public String describe() {
      return "only " + (value.isEmpty() ? "`\"\"`" : "`" + value + "`");
    }
  }

  /// Some words, at least one.
  record Words() implements DirectiveType<List<String>> {
    @Override
    public List<String> parse(List<String> words, List<String> previous) {
      if (words.isEmpty()) {
        throw new ConfigurationException("wrong number of arguments");
      }
      return List.copyOf(words);
    }

    @Override
    public String format(List<String> value) {
      return String.join(" ", value);
    }

    @Override
    public String formatForFile(List<String> value) {
      return String.join(" ", value.stream().map(QuotedWords::quote).toList());
    }

    @Override
    public String describe() {
      return "words";
    }

    @Override
    public boolean hasManyWords() {
      return true;
    }
  }

  /// Any number of percentiles, also none.
  record Percentiles() implements DirectiveType<List<Double>> {
    @Override
    public List<Double> parse(List<String> words, List<Double> previous) {
      List<Double> percentiles = new ArrayList<>();
      for (String word : words.equals(List.of("")) ? List.<String>of() : words) {
        double percentile;
        try {
          percentile = Double.parseDouble(word);
        } catch (NumberFormatException e) {
          throw new ConfigurationException("Invalid latency-tracking-info-percentiles parameters");
        }
        if (!(percentile >= 0 && percentile <= 100)) {
          throw new ConfigurationException(
              "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
        }
        percentiles.add(percentile);
      }
      return List.copyOf(percentiles);
    }

    @Override
    public String format(List<Double> value) {
      return String.join(" ", value.stream().map(DirectiveType::decimal).toList());
    }

    @Override
    public String formatForFile(List<Double> value) {
      return value.isEmpty() ? "\"\"" : format(value);
    }

    @Override
    public String describe() {
      return "percentiles, `\"\"` for none";
    }

    @Override
    public boolean hasManyWords() {
      return true;
    }
  }

  /// See [OutputBufferLimits].
  record OutputLimits() implements DirectiveType<OutputBufferLimits> {
    @Override
    public OutputBufferLimits parse(List<String> words, OutputBufferLimits previous) {
      return previous.with(words);
    }

    @Override
    public String format(OutputBufferLimits value) {
      return value.format();
    }

    @Override
    public String formatForFile(OutputBufferLimits value) {
      return value.format();
    }

    @Override
    public String describe() {
      return "`class hard-limit soft-limit soft-seconds`, any number of times";
    }

    @Override
    public boolean hasManyWords() {
      return true;
    }
  }

  private static String decimal(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static String single(List<String> words) {
    if (words.size() != 1) {
      throw new ConfigurationException("wrong number of arguments");
    }
    return words.getFirst();
  }

  private static long checkBounds(long value, long min, long max) {
    if (value < min || value > max) {
      throw new ConfigurationException(
          "argument must be between " + min + " and " + max + " inclusive");
    }
    return value;
  }
}
