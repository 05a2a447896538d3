package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.ADMIN;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.server.command.AclCategory;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandTable;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// ACL: users, what they may do, and what categories of commands there are.
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
                admin("deluser", -3, "Removes users.", AclUserCommands::delete),
                admin(
                        "dryrun",
                        -4,
                        "Says whether a user may run a command.",
                        AclUserCommands::dryRun)
                    .since("7.0.0"),
                define("genpass", -2, "Makes a password.", AclLogCommand::generatePassword),
                admin("getuser", 3, "Shows what a user may do.", AclUserCommands::get),
                admin("list", 2, "Shows the rules of all users.", AclUserCommands::list),
                admin("load", 2, "Reads the users from the ACL file.", AclUserCommands::load),
                admin("log", -2, "Shows what was forbidden lately.", AclLogCommand::log),
                admin("save", 2, "Writes the users to the ACL file.", AclCommands::save),
                admin("setuser", -3, "Creates or changes a user.", AclUserCommands::set),
                admin("users", 2, "Lists the names of all users.", AclUserCommands::names),
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

  private static Command.Builder admin(String name, int arity, String summary, Handler handler) {
    return define(name, arity, summary, handler).flags(ADMIN);
  }

  private static void save(Invocation in) {
    in.server().saveAcl();
    in.reply().ok();
  }

  private static void cat(Invocation in) {
    switch (in.args().count()) {
      case 2 -> categories(in);
      case 3 -> commandsOf(in, in.args().text(2).toLowerCase(Locale.ROOT));
      default ->
          throw new CommandException(
              "ERR unknown subcommand or wrong number of arguments for '"
                  + in.args().text(1)
                  + "'. Try ACL HELP.");
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
