package io.varve.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.varve.server.command.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Keeps the page of commands equal to the table; `-Dvarve.update.pages` rewrites it.
class CommandPagesTest {

  private static final Path PAGE = Path.of("../docs/commands.md");

  @Test
  void pageOfCommandsIsUpToDate() throws IOException {
    String wanted = markdown();
    if (System.getProperty("varve.update.pages") != null) {
      Files.writeString(PAGE, wanted);
    }
    assertEquals(
        wanted,
        Files.readString(PAGE),
        PAGE + " is not up to date: run this test with -Dvarve.update.pages");
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

            Every command there is, by group; made from the table of commands by `CommandPagesTest`. The last
            column says what differs from Redis 7.2, where anything does; what differs for many commands, and
            what is missing, stands in [compatibility](compatibility.md).
            """);
    groups.forEach(
        (group, commands) -> {
          page.append("\n## ").append(group).append("\n\n");
          page.append("| command | since | complexity | what it does | what differs |\n");
          page.append("|---|---|---|---|---|\n");
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
    page.append(" | ").append(command.summary().replace("|", "\\|"));
    page.append(" | ").append(command.difference()).append(" |\n");
  }
}
