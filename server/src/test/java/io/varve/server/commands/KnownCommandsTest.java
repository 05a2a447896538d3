package io.varve.server.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.protocol.Reply;
import io.varve.server.CommandFamilies;
import io.varve.server.command.CommandTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A command of Redis is there, or the page on compatibility names it as missing: nobody learns of it by
/// an error first.
@DisplayName("needs redis-server")
class KnownCommandsTest extends BesideRedis {

  private static final Path PAGE = Path.of("../docs/compatibility.md");

  @Test
  void commandsOfRedisThatAreMissingAreTheOnesThatThePageNames() throws IOException {
    CommandTable table = new CommandTable(CommandFamilies.described());
    TreeSet<String> missing = new TreeSet<>();
    for (String name : namesOf(client.call("COMMAND", "LIST"))) {
      if (!name.contains("|") && table.find(name) == CommandTable.UNKNOWN) {
        missing.add(name.toUpperCase(Locale.ROOT));
      }
    }
    TreeSet<String> named = new TreeSet<>();
    String page = Files.readString(PAGE);
    String section = page.substring(page.indexOf("## Commands that are missing"));
    Matcher words = Pattern.compile("`([A-Z_ -]+)`").matcher(section);
    while (words.find()) {
      named.add(words.group(1));
    }
    assertEquals(missing, named);
  }

  private static List<String> namesOf(Reply reply) {
    return ((Reply.Array) reply)
        .elements().stream()
            .map(name -> new String(((Reply.Bulk) name).bytes(), StandardCharsets.UTF_8))
            .toList();
  }
}
