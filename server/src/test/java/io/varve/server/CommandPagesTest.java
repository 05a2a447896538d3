package io.varve.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.varve.server.command.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Keeps the pages about commands equal to their table; `-Dvarve.update.pages` rewrites them.
class CommandPagesTest {

  private static final Path COMMANDS = Path.of("../docs/commands.md");

  @Test
  void pageOfCommandsIsUpToDate() throws IOException {
    isUpToDate(COMMANDS, markdown());
  }

  @Test
  void pageOfDifferencesHasEveryCommandOfRedis() throws IOException {
    isUpToDate(CompatibilityPage.PATH, CompatibilityPage.read().withTable());
  }

  @Test
  void everyCommandOfRedisIsThere() throws IOException {
    assertEquals(Set.of(), CompatibilityPage.read().findMissing());
  }

  private static void isUpToDate(Path page, String wanted) throws IOException {
    if (System.getProperty("varve.update.pages") != null) {
      Files.writeString(page, wanted);
    }
    assertEquals(
        wanted,
        Files.readString(page),
        page + " is not up to date: run this test with -Dvarve.update.pages");
  }

  @Test
  void everyCommandSaysWhatItDoes() {
    for (Command command : CommandFamilies.described()) {
      assertFalse(command.summary().isEmpty(), command.name());
      for (Command subcommand : command.subcommands()) {
        assertFalse(subcommand.summary().isEmpty(), subcommand.fullName());
      }
    }
  }

  private static String markdown() {
    TreeMap<String, List<Command>> groups =
        CommandFamilies.described().stream()
            .collect(Collectors.groupingBy(Command::group, TreeMap::new, Collectors.toList()));
    StringBuilder page =
        new StringBuilder(
            """
            # Commands

            Every command there is, by group; made from the table of commands by `CommandPagesTest`. What
            differs from Redis 7.2 stands in [compatibility](compatibility.md).
            """);
    groups.forEach(
        (group, commands) -> {
          page.append("\n## ").append(group).append("\n\n");
          page.append("| command | since | complexity | what it does |\n");
          page.append("|---|---|---|---|\n");
          for (Command command : commands) {
            row(page, command);
            command.subcommands().forEach(subcommand -> row(page, subcommand));
          }
        });
    return page.toString();
  }

  private static void row(StringBuilder page, Command command) {
    String name = command.fullName().replace('|', ' ').toUpperCase(Locale.ROOT);
    page.append("| ").append(name).append(" | ").append(command.since());
    page.append(" | ").append(command.complexity().replace("|", "\\|"));
    page.append(" | ").append(command.summary().replace("|", "\\|")).append(" |\n");
  }
}
