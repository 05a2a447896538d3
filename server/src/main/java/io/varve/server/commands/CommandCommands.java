package io.varve.server.commands;

import static io.varve.server.command.AclCategory.CONNECTION;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.CommandTable;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySearch.KeyPositions;
import io.varve.server.keyspace.Glob;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/// COMMAND: the command table told to clients. Everything here derives from it.
public final class CommandCommands {

  private CommandCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define("command", -1, CommandCommands::all)
            .flags(LOADING, STALE)
            .categories(CONNECTION)
            .group("server")
            .since("2.8.13")
            .complexity("O(N) where N is the number of commands")
            .summary("Describes all commands.")
            .subcommands(
                define(
                    "count",
                    2,
                    "2.8.13",
                    "Counts the commands.",
                    in -> in.reply().integer(in.server().commands().topLevel().size())),
                define("docs", -2, "7.0.0", "Gives documentation.", CommandCommands::docs),
                define(
                    "getkeys", -3, "2.8.13", "Finds the keys of a request.", CommandCommands::keys),
                define(
                    "getkeysandflags",
                    -3,
                    "7.0.0",
                    "Finds the keys of a request and how they are used.",
                    CommandCommands::keysAndFlags),
                Help.define("5.0.0").categories(CONNECTION).group("server"),
                define("info", -2, "2.8.13", "Describes commands.", CommandCommands::info),
                define("list", -2, "7.0.0", "Lists the names of commands.", CommandCommands::list))
            .build());
  }

  private static Command.Builder define(
      String name, int arity, String since, String summary, Handler handler) {
    return Command.define(name, arity, handler)
        .flags(LOADING, STALE)
        .categories(CONNECTION)
        .group("server")
        .since(since)
        .complexity("O(N) where N is the number of commands")
        .summary(summary);
  }

  private static void all(Invocation in) {
    List<Command> commands = in.server().commands().topLevel();
    in.reply().array(commands.size());
    for (Command command : commands) {
      CommandText.info(in.reply(), command);
    }
  }

  private static void info(Invocation in) {
    Arguments args = in.args();
    if (args.count() == 2) {
      all(in);
      return;
    }
    CommandTable table = in.server().commands();
    in.reply().array(args.count() - 2);
    for (int i = 2; i < args.count(); i++) {
      int number = table.find(args.text(i));
      if (number == CommandTable.UNKNOWN) {
        in.reply().nullBulk();
      } else {
        CommandText.info(in.reply(), table.get(number));
      }
    }
  }

  private static void docs(Invocation in) {
    Arguments args = in.args();
    CommandTable table = in.server().commands();
    List<Command> wanted = new ArrayList<>();
    if (args.count() == 2) {
      wanted.addAll(table.topLevel());
    }
    for (int i = 2; i < args.count(); i++) {
      int number = table.find(args.text(i));
      if (number != CommandTable.UNKNOWN) {
        wanted.add(table.get(number));
      }
    }
    in.reply().map(wanted.size());
    for (Command command : wanted) {
      in.reply().bulkString(command.fullName());
      CommandText.docs(in.reply(), command);
    }
  }

  private static void list(Invocation in) {
    Arguments args = in.args();
    Predicate<Command> filter = _ -> true;
    if (args.count() == 5 && args.is(2, "FILTERBY")) {
      filter = filter(args);
    } else if (args.count() != 2) {
      throw Errors.syntax();
    }
    List<String> names = new ArrayList<>();
    for (Command command : in.server().commands().all()) {
      if (filter.test(command)) {
        names.add(command.fullName());
      }
    }
    in.reply().array(names.size());
    names.forEach(in.reply()::bulkString);
  }

  private static Predicate<Command> filter(Arguments args) {
    if (args.is(3, "MODULE")) {
      return _ -> false;
    }
    if (args.is(3, "ACLCAT")) {
      String wanted = "@" + args.text(4).toLowerCase(Locale.ROOT);
      return command ->
          command.categories().stream().map(AclCategory::wireName).anyMatch(wanted::equals);
    }
    if (args.is(3, "PATTERN")) {
      Glob glob = new Glob(Slice.of(args.text(4).toLowerCase(Locale.ROOT)));
      return command -> glob.matches(Slice.of(command.fullName()));
    }
    throw Errors.syntax();
  }

  private static void keys(Invocation in) {
    KeyPositions positions = positions(in);
    in.reply().array(positions.count());
    for (int i = 0; i < positions.count(); i++) {
      in.reply().bulk(in.args().bytes(positions.get(i)));
    }
  }

  private static void keysAndFlags(Invocation in) {
    KeyPositions positions = positions(in);
    List<String> flags = CommandText.keyFlags(requested(in));
    ReplyWriter reply = in.reply();
    reply.array(positions.count());
    for (int i = 0; i < positions.count(); i++) {
      reply.array(2);
      reply.bulk(in.args().bytes(positions.get(i)));
      reply.set(flags.size());
      flags.forEach(reply::simpleString);
    }
  }

  /// The command that the arguments from 2 on ask for.
  private static Command requested(Invocation in) {
    Arguments args = in.args();
    CommandTable table = in.server().commands();
    int number = table.find(args.text(2));
    if (number == CommandTable.UNKNOWN) {
      throw new CommandException("ERR Invalid command specified");
    }
    Command command = table.get(number);
    if (!command.subcommands().isEmpty() && args.count() > 3) {
      int subcommand = table.find(args.text(2) + "|" + args.text(3));
      if (subcommand == CommandTable.UNKNOWN) {
        throw new CommandException("ERR Invalid command specified");
      }
      command = table.get(subcommand);
    }
    return command;
  }

  private static KeyPositions positions(Invocation in) {
    Command command = requested(in);
    int count = in.args().count() - 2;
    if (command.keySpec().isNone()) {
      throw new CommandException("ERR The command has no key arguments");
    }
    boolean accepted = command.arity() >= 0 ? count == command.arity() : count >= -command.arity();
    if (!accepted) {
      throw new CommandException("ERR Invalid number of arguments specified for command");
    }
    KeyPositions positions = new KeyPositions();
    command.keySpec().find(in.args(), 2, positions);
    if (positions.count() == 0 && !command.is(CommandFlag.NO_MANDATORY_KEYS)) {
      throw new CommandException("ERR Invalid arguments specified for command");
    }
    return positions;
  }
}
