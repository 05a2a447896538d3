package io.varve.server.commands;

import io.varve.server.command.Command;
import io.varve.server.command.Invocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Answers `X HELP` of a container from what its table says of the sub-commands.
final class Help {

  private Help() {}

  static Command.Builder define(String since) {
    return Command.define("help", 2, Help::reply)
        .flags(
            io.varve.server.command.CommandFlag.LOADING, io.varve.server.command.CommandFlag.STALE)
        .since(since)
        .summary("Lists the sub-commands.")
        .differs("In our words.");
  }

  private static void reply(Invocation in) {
    String container = in.command().container();
    var table = in.server().commands();
    List<String> lines = new ArrayList<>();
    lines.add(
        container.toUpperCase(Locale.ROOT)
            + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
    for (Command command : table.get(table.find(container)).subcommands()) {
      if (!command.name().equals("help")) {
        lines.add(command.name().toUpperCase(Locale.ROOT));
        lines.add("    " + command.summary());
      }
    }
    lines.add("HELP");
    lines.add("    Print this help.");
    in.reply().array(lines.size());
    for (String line : lines) {
      in.reply().simpleString(line);
    }
  }
}
