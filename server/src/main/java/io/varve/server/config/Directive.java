package io.varve.server.config;

import java.util.List;

/// One thing that can be configured.
///
/// @param name in lower case, words joined by `-`
/// @param aliases other names under which it is read, and which CONFIG GET knows
/// @param section of the sample file and the documentation
/// @param initial the default
/// @param change who may change it when
/// @param secret whether its value must not be shown in logs
/// @param doc what it does and when to change it: one or a few sentences
/// @param <T> type of its value
public record Directive<T>(
    String name,
    List<String> aliases,
    Section section,
    DirectiveType<T> type,
    T initial,
    Change change,
    boolean secret,
    String doc) {

  /// When a directive may be changed.
  public enum Change {
    /// Any time, by CONFIG SET.
    RUNTIME,
    /// Only by the file or an option, with a restart.
    RESTART,
    /// Like `RESTART`: would let a client decide where the server writes.
    PROTECTED
  }

  /// Chapters of the table.
  public enum Section {
    NETWORK("Network"),
    SECURITY("Security"),
    DURABILITY("Data and durability"),
    ENGINE("Engine"),
    LIMITS("Limits"),
    VALUES("How values are kept"),
    OBSERVATION("Logs, metrics, administration"),
    COMPATIBILITY("Accepted for Redis' sake");

    private final String title;

    Section(String title) {
      this.title = title;
    }

    public String title() {
      return title;
    }
  }

  Directive<T> alias(String... others) {
    return new Directive<>(name, List.of(others), section, type, initial, change, secret, doc);
  }

  /// The default as CONFIG GET shows it.
  public String initialText() {
    return type.format(initial);
  }

  /// What values there are, in Markdown.
  public String values() {
    return type.describe();
  }

  /// Whether a value may consist of several words.
  public boolean hasManyWords() {
    return type.hasManyWords();
  }
}
