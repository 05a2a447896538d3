package io.varve.server.config;

import java.util.List;
import java.util.Locale;

/// One directive as somebody wrote it, and where.
///
/// @param source file name, or where else it stood
/// @param number of the line in the file, 0 if it is none
/// @param name in lower case
/// @param words the value
public record ConfigurationLine(String source, int number, String name, List<String> words) {

  public ConfigurationLine {
    name = name.toLowerCase(Locale.ROOT);
    words = List.copyOf(words);
  }

  /// An option of the command line.
  public static ConfigurationLine ofOption(String name, List<String> words) {
    return new ConfigurationLine("--" + name, 0, name, words);
  }

  /// A value as one text, which is cut into words where the directive takes several.
  static ConfigurationLine ofText(String source, String name, String text) {
    Directive<?> directive = Directives.find(name);
    boolean cut = directive != null && directive.hasManyWords();
    return new ConfigurationLine(source, 0, name, cut ? QuotedWords.split(text) : List.of(text));
  }

  /// `varve.conf:12`
  String where() {
    return number > 0 ? source + ":" + number : source;
  }

  ConfigurationException error(String what) {
    return new ConfigurationException(where() + ": " + what);
  }
}
