package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.ADMIN;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.server.command.AclCategory;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandTable;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// ACL, as far as there is one user: who one is and what categories there are.
public final class AclCommands {

  private AclCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define(
                "acl",
                -2,
                in -> {
                  throw new IllegalStateException("a sub-command is always named");
                })
            .group("server")
            .since("6.0.0")
            .complexity("Depends on the sub-command.")
            .summary("A container for commands about users.")
            .subcommands(
                define("cat", -2, "Lists categories, or the commands of one.", AclCommands::cat),
                Help.define("6.0.0").group("server"),
                define("users", 2, "Lists the names of all users.", AclCommands::users)
                    .flags(ADMIN),
                define(
                    "whoami",
                    2,
                    "Gives the name of the connection's user.",
                    in -> in.reply().bulkString(in.session().user())))
            .build());
  }

  private static Command.Builder define(String name, int arity, String summary, Handler handler) {
    return Command.define(name, arity, handler)
        .flags(NOSCRIPT, LOADING, STALE)
        .group("server")
        .since("6.0.0")
        .summary(summary);
  }

  private static void users(Invocation in) {
    in.reply().array(1);
    in.reply().bulkString(Session.DEFAULT_USER);
  }

  private static void cat(Invocation in) {
    switch (in.args().count()) {
      case 2 -> categories(in);
      case 3 -> commandsOf(in, in.args().text(2).toLowerCase(Locale.ROOT));
      default -> throw Errors.wrongArity("acl|cat");
    }
  }

  private static void categories(Invocation in) {
    AclCategory[] all = AclCategory.values();
    in.reply().array(all.length);
    for (AclCategory category : all) {
      in.reply().bulkString(category.wireName().substring(1));
    }
  }

  private static void commandsOf(Invocation in, String name) {
    for (AclCategory category : AclCategory.values()) {
      if (category.wireName().substring(1).equals(name)) {
        List<String> names = new ArrayList<>();
        CommandTable table = in.server().commands();
        for (Command command : table.all()) {
          if (command.subcommands().isEmpty() && command.categories().contains(category)) {
            names.add(command.fullName());
          }
        }
        in.reply().array(names.size());
        names.forEach(in.reply()::bulkString);
        return;
      }
    }
    throw new CommandException("ERR Unknown category '" + in.args().text(2) + "'");
  }
}
