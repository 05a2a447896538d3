package io.varve.server.config;

import java.nio.file.Path;
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

  private static final String USER = "user";

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

  /// Whether it defines a user and sets no directive.
  boolean isUser() {
    return name.equals(USER);
  }

  /// Whether it comes from this file.
  boolean isOf(Path file) {
    return source.equals(file.toString());
  }

  /// The line as it reads without quotes.
  public String text() {
    return name + " " + String.join(" ", words);
  }

  /// `varve.conf:12`
  String where() {
    return number > 0 ? source + ":" + number : source;
  }

  /// Says what is wrong with it, and where it stands.
  public ConfigurationException error(String what) {
    return new ConfigurationException(where() + ": " + what);
  }
}
