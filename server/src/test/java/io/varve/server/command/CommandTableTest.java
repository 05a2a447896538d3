package io.varve.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class CommandTableTest {

  private static Command.Builder command(String name) {
    return Command.define(name, 1, _ -> {});
  }

  @Test
  void everyNameIsFoundInAnyCaseAndNothingElse() {
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      commands.add(command("c" + Integer.toString(i * 7919, 36) + "x".repeat(i % 18)).build());
    }
    CommandTable table = new CommandTable(commands);
    for (int i = 0; i < commands.size(); i++) {
      String name = commands.get(i).name();
      assertEquals(i, table.find(name));
      assertEquals(i, table.find(name.toUpperCase(Locale.ROOT)));
      assertEquals(CommandTable.UNKNOWN, table.find(name + "y"));
      assertEquals(
          CommandTable.UNKNOWN, table.find(name.substring(0, name.length() - 1) + "\u007f"));
    }
    assertEquals(CommandTable.UNKNOWN, table.find(""));
    assertEquals(CommandTable.UNKNOWN, table.find("x".repeat(1000)));
  }

  @Test
  void subcommandsBelongToTheirContainer() {
    CommandTable table =
        new CommandTable(
            List.of(
                command("get").build(),
                command("config").subcommands(command("get"), command("set")).build(),
                command("client").subcommands(command("get")).build()));
    assertEquals("config|get", table.get(table.find("CONFIG|get")).fullName());
    assertEquals("client|get", table.get(table.find("client|GET")).fullName());
    assertEquals("get", table.get(table.find("get")).fullName());
    assertEquals(CommandTable.UNKNOWN, table.find("set"));
    assertEquals(CommandTable.UNKNOWN, table.find("client|set"));
    assertEquals(3, table.topLevel().size());
    assertEquals(6, table.size());
  }

  @Test
  void twoCommandsOfOneNameAreABug() {
    List<Command> twice = List.of(command("get").build(), command("get").build());
    assertThrows(IllegalStateException.class, () -> new CommandTable(twice));
  }
}
