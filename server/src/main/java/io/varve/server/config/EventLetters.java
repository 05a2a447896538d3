package io.varve.server.config;

import java.util.List;

/// `notify-keyspace-events`: letters for classes of events, and for the channels that they go to.
///
/// Kept in the order in which Redis shows them, `A` standing for all classes but `n` and `m`.
record EventLetters() implements DirectiveType<String> {

  private static final String CLASSES = "g$lshzxetd";
  private static final String IN_ORDER = "Ag$lshzxetdnKEm";

  @Override
  public String parse(List<String> words, String previous) {
    String letters = String.join("", words);
    boolean all = letters.indexOf('A') >= 0 || containsAll(letters);
    StringBuilder sorted = new StringBuilder();
    for (int i = 0; i < letters.length(); i++) {
      if (IN_ORDER.indexOf(letters.charAt(i)) < 0) {
        throw new ConfigurationException("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
      }
    }
    for (int i = 0; i < IN_ORDER.length(); i++) {
      char letter = IN_ORDER.charAt(i);
      boolean wanted = letter == 'A' ? all : letters.indexOf(letter) >= 0;
      if (wanted && !(all && CLASSES.indexOf(letter) >= 0)) {
        sorted.append(letter);
      }
    }
    return sorted.toString();
  }

  private static boolean containsAll(String letters) {
    return CLASSES.chars().allMatch(letter -> letters.indexOf(letter) >= 0);
  }

  /// Redis leaves `n` out beside `A`, although it holds.
  @Override
  public String format(String value) {
    return value.startsWith("A") ? value.replace("n", "") : value;
  }

  @Override
  public String formatForFile(String value) {
    return QuotedWords.quote(value);
  }

  @Override
  public String describe() {
    return "letters of `KEg$lshzxetdmnA`, or `\"\"`";
  }
}
