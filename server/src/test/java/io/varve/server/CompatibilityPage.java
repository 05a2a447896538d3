package io.varve.server;

import io.varve.server.command.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The page on what differs from Redis: sections by subject, written by hand, and a table of all commands
/// that Redis 7.2 has, which says for each of them whether it is there and what differs.
///
/// What differs stands in the command's own description, or in a section: each command that the first cell
/// of a row there names refers to it. So nothing is written twice.
public final class CompatibilityPage {

  public static final Path PATH = Path.of("../docs/compatibility.md");

  private static final String TABLE = "## Every command of Redis 7.2\n";
  private static final Pattern TITLE = Pattern.compile("(?m)^## (.+)$");
  private static final Pattern FIRST_CELL = Pattern.compile("(?m)^\\| ([^|]+) \\|");

  private final String sections;
  private final List<String> names = namesInRedis();
  private final Map<String, Command> ours = new HashMap<>();

  private CompatibilityPage(String page) {
    sections = page.substring(0, page.indexOf(TABLE));
    CommandFamilies.described().stream()
        .flatMap(command -> Stream.concat(Stream.of(command), command.subcommands().stream()))
        .forEach(command -> ours.put(shown(command.fullName()), command));
  }

  public static CompatibilityPage read() throws IOException {
    return new CompatibilityPage(Files.readString(PATH));
  }

  /// Names of all commands of Redis 7.2 in upper case, those of sub-commands behind their container's.
  public static List<String> namesInRedis() {
    try (InputStream in = CompatibilityPage.class.getResourceAsStream("/redis-7.2-commands.txt")) {
      if (in == null) {
        throw new IllegalStateException("the list of commands is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(CompatibilityPage::shown)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The commands of Redis that are not there.
  public Set<String> findMissing() {
    Set<String> found = new TreeSet<>(names);
    found.removeAll(ours.keySet());
    return found;
  }

  /// The whole page, with the table as it has to be.
  public String withTable() {
    Map<String, Set<String>> references = references();
    TreeMap<String, StringBuilder> groups = new TreeMap<>();
    for (String name : names) {
      Command roof = ours.get(name.split(" ", -1)[0]);
      Command command = ours.get(name);
      if (roof != null && command != null) {
        String how = describe(command, references.getOrDefault(name, Set.of()));
        groups
            .computeIfAbsent(roof.group(), _ -> new StringBuilder())
            .append("| %s | %s | %s |\n".formatted(name, status(command, how), how));
      }
    }
    StringBuilder page = new StringBuilder(sections);
    page.append(TABLE)
        .append(
            "\nMade from the table of commands and from what stands above, by `CommandPagesTest`.\n");
    groups.forEach(
        (group, rows) ->
            page.append("\n### ")
                .append(group)
                .append("\n\n| command | works | what differs |\n|---|---|---|\n")
                .append(rows));
    return page.toString();
  }

  private static String status(Command command, String how) {
    if (command.difference().startsWith("Refused")) {
      return "no";
    }
    return how.isEmpty() ? "yes" : "differs";
  }

  private static String describe(Command command, Set<String> titles) {
    List<String> parts = new ArrayList<>();
    if (!command.difference().isEmpty()) {
      parts.add(command.difference());
    }
    for (String title : titles) {
      String anchor = title.toLowerCase(Locale.ROOT).replace(' ', '-');
      parts.add("[" + title + "](#" + anchor + ")");
    }
    return String.join(" ", parts);
  }

  /// For each command the titles of the sections with a row about it.
  private Map<String, Set<String>> references() {
    List<String> longestFirst = new ArrayList<>(names);
    longestFirst.sort(Comparator.comparingInt(String::length).reversed());
    Pattern anyName =
        Pattern.compile(
            "(?<![A-Z_-])("
                + String.join("|", longestFirst.stream().map(Pattern::quote).toList())
                + ")(?![A-Z_-])");
    Map<String, Set<String>> found = new LinkedHashMap<>();
    Matcher title = TITLE.matcher(sections);
    while (title.find()) {
      Matcher next = TITLE.matcher(sections);
      int end = next.find(title.end()) ? next.start() : sections.length();
      Matcher cells = FIRST_CELL.matcher(sections).region(title.end(), end);
      while (cells.find()) {
        Matcher name = anyName.matcher(cells.group(1));
        while (name.find()) {
          found.computeIfAbsent(name.group(1), _ -> new LinkedHashSet<>()).add(title.group(1));
        }
      }
    }
    return found;
  }

  private static String shown(String fullName) {
    return fullName.replace('|', ' ').toUpperCase(Locale.ROOT);
  }
}
