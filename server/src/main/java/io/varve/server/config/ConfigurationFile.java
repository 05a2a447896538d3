package io.varve.server.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads files in the syntax of redis.conf.
///
/// A line is a directive and its words, or empty, or a comment that begins with `#`. `include FILE`
/// stands for the lines of another file, whose path is relative to the folder of the including one.
final class ConfigurationFile {

  /// Files included by files included ...; more is a circle.
  private static final int DEPTH_MAX = 16;

  private static final long BYTES_MAX = 16 << 20;

  private ConfigurationFile() {}

  /// @throws ConfigurationException if a file cannot be read or a line is no directive
  static List<ConfigurationLine> read(Path file) {
    List<ConfigurationLine> lines = new ArrayList<>();
    read(file, 0, lines);
    return lines;
  }

  /// The directives among lines of a file, with what they include.
  static List<ConfigurationLine> parse(Path file, List<String> text) {
    List<ConfigurationLine> lines = new ArrayList<>();
    parse(file, text, 0, lines);
    return lines;
  }

  /// Name of the directive on a line, empty if there is none.
  static String nameOf(String line) {
    String stripped = line.strip();
    if (stripped.isEmpty() || stripped.startsWith("#")) {
      return "";
    }
    return QuotedWords.split(stripped).getFirst().toLowerCase(java.util.Locale.ROOT);
  }

  static List<String> readLines(Path file) {
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new ConfigurationException(file + ": too large for a configuration file");
      }
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(file + ": no such file");
    } catch (MalformedInputException e) {
      throw new ConfigurationException(file + ": not UTF-8 text");
    } catch (IOException e) {
      throw new ConfigurationException(file + ": cannot be read: " + e.getMessage());
    }
  }

  private static void read(Path file, int depth, List<ConfigurationLine> into) {
    parse(file, readLines(file), depth, into);
  }

  private static void parse(Path file, List<String> text, int depth, List<ConfigurationLine> into) {
    for (int i = 0; i < text.size(); i++) {
      String line = text.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      List<String> words;
      try {
        words = QuotedWords.split(line);
      } catch (ConfigurationException e) {
        throw new ConfigurationException(file + ":" + (i + 1) + ": " + e.getMessage());
      }
      ConfigurationLine parsed =
          new ConfigurationLine(
              file.toString(), i + 1, words.getFirst(), words.subList(1, words.size()));
      if (parsed.name().equals("include")) {
        include(file, parsed, depth, into);
      } else {
        into.add(parsed);
      }
    }
  }

  private static void include(
      Path file, ConfigurationLine line, int depth, List<ConfigurationLine> into) {
    if (line.words().size() != 1) {
      throw line.error("include: wrong number of arguments");
    }
    if (depth == DEPTH_MAX) {
      throw line.error("include: files include each other in a circle");
    }
    Path included = file.toAbsolutePath().resolveSibling(line.words().getFirst());
    if (!Files.exists(included)) {
      throw line.error("include: no such file: " + included);
    }
    read(included, depth + 1, into);
  }
}
