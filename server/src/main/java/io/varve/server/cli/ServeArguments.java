package io.varve.server.cli;

import io.varve.server.config.ConfigurationException;
import io.varve.server.config.ConfigurationLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The arguments of `serve`, in redis-server's manner: a file, then `--name value ...` for any
/// directive. A value ends where the next argument begins with `--`, so it may begin with one dash.
///
/// @param file the configuration file, null if none was given
/// @param options the directives, in order
record ServeArguments(@Nullable Path file, List<ConfigurationLine> options) {

  /// @throws ConfigurationException if an argument is no directive where one is due
  static ServeArguments parse(List<String> arguments) {
    Path file = null;
    List<ConfigurationLine> options = new ArrayList<>();
    int at = 0;
    if (at < arguments.size() && !isName(arguments.get(at))) {
      file = Path.of(arguments.get(at++));
    }
    while (at < arguments.size()) {
      String argument = arguments.get(at++);
      if (!isName(argument)) {
        throw new ConfigurationException("unexpected argument '" + argument + "'");
      }
      List<String> words = new ArrayList<>();
      int equals = argument.indexOf('=');
      String name = argument.substring(2, equals < 0 ? argument.length() : equals);
      if (equals >= 0) {
        words.add(argument.substring(equals + 1));
      } else {
        while (at < arguments.size() && !isName(arguments.get(at))) {
          words.add(arguments.get(at++));
        }
      }
      if (name.equals("config")) {
        file = configFile(file, words);
      } else {
        options.add(ConfigurationLine.ofOption(name, words));
      }
    }
    return new ServeArguments(file, options);
  }

  private static Path configFile(@Nullable Path before, List<String> words) {
    if (words.size() != 1) {
      throw new ConfigurationException("--config takes one file");
    }
    if (before != null) {
      throw new ConfigurationException("only one configuration file can be given; see include");
    }
    return Path.of(words.getFirst());
  }

  private static boolean isName(String argument) {
    return argument.startsWith("--") && argument.length() > 2;
  }
}
