package io.varve.server.config;

import io.varve.server.config.Directive.Change;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The values of all directives.
///
/// Read by any thread; several values that were set together are seen together or not at all.
/// Changes are made one after the other, by whoever serves CONFIG SET, and told to the listeners on
/// that thread.
public final class Configuration {

  /// Wants to know of changes at runtime, and may refuse them.
  @FunctionalInterface
  public interface Listener {
    /// @param now the configuration with the new value in place
    /// @throws ConfigurationException if the value cannot be put to work; the old values return, and
    ///     the listeners that had been told are told again
    void changed(Configuration now);
  }

  private record Subscription(int index, Listener listener) {}

  private final CopyOnWriteArrayList<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private final @Nullable Path file;
  private final List<String> warnings;
  private final List<ConfigurationLine> userLines;

  /// Indexed as [Directives#all()]; replaced as a whole, never changed.
  private volatile Object[] values;

  private Configuration(
      Object[] values,
      @Nullable Path file,
      List<String> warnings,
      List<ConfigurationLine> userLines) {
    this.values = values;
    this.file = file;
    this.warnings = List.copyOf(warnings);
    this.userLines = List.copyOf(userLines);
  }

  /// All defaults.
  public static Configuration defaults() {
    return new Configuration(initialValues(), null, List.of(), List.of());
  }

  /// All defaults, except for these pairs of name and value; several words of a value divided by
  /// blanks. For tests and embedding.
  public static Configuration of(String... namesAndValues) {
    List<ConfigurationLine> lines = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      lines.add(ConfigurationLine.ofText("option", namesAndValues[i], namesAndValues[i + 1]));
    }
    return load(null, lines);
  }

  /// Reads a file, then what the command line says: later lines win.
  ///
  /// @throws ConfigurationException naming file and line of the first thing that is wrong
  public static Configuration load(@Nullable Path file, List<ConfigurationLine> options) {
    List<String> warnings = new ArrayList<>();
    Object[] values = initialValues();
    List<ConfigurationLine> lines = new ArrayList<>();
    if (file != null) {
      lines.addAll(ConfigurationFile.read(file));
    }
    lines.addAll(options);
    apply(lines, values, warnings);
    return new Configuration(
        values, file, warnings, lines.stream().filter(ConfigurationLine::isUser).toList());
  }

  /// What the operator should know of the file and the options, a line each: directives of Redis that
  /// have no meaning here.
  public List<String> warnings() {
    return warnings;
  }

  /// Lines that define users, `user NAME RULE ...`: for who knows about users.
  public List<ConfigurationLine> userLines() {
    return userLines;
  }

  /// The file that was read, or null.
  public @Nullable Path file() {
    return file;
  }

  /// The value of a directive.
  @SuppressWarnings("unchecked") // Set only from values of the same directive's type.
  public <T> T get(Directive<T> directive) {
    return (T) values[Directives.indexOf(directive)];
  }

  /// The value of a directive, as CONFIG GET shows it.
  public String text(Directive<?> directive) {
    return format(directive, values[Directives.indexOf(directive)]);
  }

  /// CONFIG GET: names and values of all directives that match one of the patterns, in the order of
  /// the table. One with several names is there under each that matches, as in Redis: clients that ask
  /// by an old name look for that name in the answer.
  public Map<String, String> match(List<String> patterns) {
    Object[] now = values;
    Map<String, String> found = new LinkedHashMap<>();
    List<Directive<?>> all = Directives.all();
    for (int i = 0; i < all.size(); i++) {
      Directive<?> directive = all.get(i);
      putIfMatched(directive.name(), directive, now[i], patterns, found);
      for (String alias : directive.aliases()) {
        putIfMatched(alias, directive, now[i], patterns, found);
      }
    }
    return found;
  }

  private static void putIfMatched(
      String name,
      Directive<?> directive,
      Object value,
      List<String> patterns,
      Map<String, String> found) {
    for (String pattern : patterns) {
      if (Glob.matches(pattern, name)) {
        found.put(name, format(directive, value));
        return;
      }
    }
  }

  /// CONFIG SET: all of the pairs or none.
  ///
  /// @param namesAndValues names and values in turn
  /// @throws ConfigurationException with Redis' text for replies
  public synchronized void set(List<String> namesAndValues) {
    Object[] old = values;
    Object[] next = old.clone();
    List<Directive<?>> changed = new ArrayList<>();
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      String name = namesAndValues.get(i);
      Directive<?> directive = Directives.find(name);
      if (directive == null && Directives.INAPPLICABLE.contains(name.toLowerCase(Locale.ROOT))) {
        throw failed(name, "can't set immutable config: it has no effect in Varve");
      }
      if (directive == null || i + 1 == namesAndValues.size()) {
        throw new ConfigurationException(
            "Unknown option or number of arguments for CONFIG SET - '" + name + "'");
      }
      if (directive.change() != Change.RUNTIME) {
        String kind = directive.change() == Change.PROTECTED ? "protected" : "immutable";
        throw failed(name, "can't set " + kind + " config");
      }
      if (changed.contains(directive)) {
        throw failed(name, "duplicate parameter");
      }
      changed.add(directive);
      try {
        List<String> words =
            directive.hasManyWords()
                ? QuotedWords.split(namesAndValues.get(i + 1))
                : List.of(namesAndValues.get(i + 1));
        parseInto(next, directive, words);
      } catch (ConfigurationException e) {
        throw failed(name, String.valueOf(e.getMessage()));
      }
    }
    install(old, next, changed);
  }

  /// Calls a listener after each change of a directive at runtime. It is not called for the value
  /// that there is now.
  public void onChange(Directive<?> directive, Listener listener) {
    if (directive.change() != Change.RUNTIME) {
      throw new IllegalArgumentException(directive.name() + " does not change at runtime");
    }
    subscriptions.add(new Subscription(Directives.indexOf(directive), listener));
  }

  /// CONFIG REWRITE: brings the file up to date with the values there are now, keeping its comments.
  ///
  /// @param users a line for each user that the file is to define; null leaves such lines as they are
  /// @throws ConfigurationException with Redis' text if there is no file or it cannot be written
  public synchronized void rewrite(@Nullable List<String> users) {
    Path target = file;
    if (target == null) {
      throw new ConfigurationException("The server is running without a config file");
    }
    try {
      ConfigurationRewrite.rewrite(target, this, users);
    } catch (IOException e) {
      throw new ConfigurationException("Rewriting config file: " + e.getMessage());
    }
  }

  // Names for what the roof asks most.

  public int port() {
    return get(Directives.PORT).intValue();
  }

  public List<String> bind() {
    return get(Directives.BIND);
  }

  public int adminPort() {
    return get(Directives.ADMIN_PORT).intValue();
  }

  public List<String> adminBind() {
    return get(Directives.ADMIN_BIND);
  }

  /// Event loops, with 0 resolved: half of the processors, at least 1 and at most 8.
  public int ioThreads() {
    int wanted = get(Directives.IO_THREADS).intValue();
    return wanted > 0 ? wanted : Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 8);
  }

  public int readerThreads() {
    return get(Directives.READER_THREADS).intValue();
  }

  public int maxClients() {
    return get(Directives.MAXCLIENTS).intValue();
  }

  public int databases() {
    return get(Directives.DATABASES).intValue();
  }

  /// Empty if no password is asked for.
  public String requirePass() {
    return get(Directives.REQUIREPASS);
  }

  public boolean protectedMode() {
    return get(Directives.PROTECTED_MODE);
  }

  /// The store's folder, absolute.
  public Path directory() {
    return Path.of(get(Directives.DIR)).toAbsolutePath().normalize();
  }

  public int protoMaxBulkLength() {
    return get(Directives.PROTO_MAX_BULK_LEN).intValue();
  }

  public int clientQueryBufferLimit() {
    return get(Directives.CLIENT_QUERY_BUFFER_LIMIT).intValue();
  }

  public OutputBufferLimits clientOutputBufferLimits() {
    return get(Directives.CLIENT_OUTPUT_BUFFER_LIMIT);
  }

  static Object[] initialValues() {
    List<Directive<?>> all = Directives.all();
    Object[] values = new Object[all.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = all.get(i).initial();
    }
    return values;
  }

  /// Puts lines to work on an array of values.
  static void apply(List<ConfigurationLine> lines, Object[] values, List<String> warnings) {
    for (ConfigurationLine line : lines) {
      Directive<?> directive = Directives.find(line.name());
      if (line.isUser()) {
        continue;
      }
      if (directive != null) {
        try {
          parseInto(values, directive, line.words());
        } catch (ConfigurationException e) {
          throw line.error(directive.name() + ": " + e.getMessage());
        }
      } else if (Directives.INAPPLICABLE.contains(line.name())) {
        warnings.add(line.where() + ": '" + line.name() + "' has no effect in Varve");
      } else {
        throw line.error("unknown directive '" + line.name() + "'");
      }
    }
  }

  static String format(Directive<?> directive, Object value) {
    return formatTyped(directive, value);
  }

  static String formatForFile(Directive<?> directive, Object value) {
    return formatForFileTyped(directive, value);
  }

  Object[] snapshot() {
    return values;
  }

  private void install(Object[] old, Object[] next, List<Directive<?>> changed) {
    values = next;
    List<Listener> told = new ArrayList<>();
    for (Directive<?> directive : changed) {
      int index = Directives.indexOf(directive);
      for (Subscription subscription : subscriptions) {
        if (subscription.index != index) {
          continue;
        }
        try {
          subscription.listener.changed(this);
          told.add(subscription.listener);
        } catch (ConfigurationException e) {
          values = old;
          told.forEach(listener -> listener.changed(this));
          throw failed(directive.name(), String.valueOf(e.getMessage()));
        }
      }
    }
  }

  private static ConfigurationException failed(String name, String why) {
    return new ConfigurationException(
        "CONFIG SET failed (possibly related to argument '" + name + "') - " + why);
  }

  private static <T> void parseInto(Object[] values, Directive<T> directive, List<String> words) {
    int index = Directives.indexOf(directive);
    @SuppressWarnings("unchecked") // As in get.
    T previous = (T) values[index];
    values[index] = directive.type().parse(words, previous);
  }

  @SuppressWarnings("unchecked") // As in get.
  private static <T> String formatTyped(Directive<T> directive, Object value) {
    return directive.type().format((T) value);
  }

  @SuppressWarnings("unchecked") // As in get.
  private static <T> String formatForFileTyped(Directive<T> directive, Object value) {
    return directive.type().formatForFile((T) value);
  }
}
