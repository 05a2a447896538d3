package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.ADMIN;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import java.util.ArrayList;
import java.util.List;

/// CONFIG: reads and changes directives, and starts counters anew.
public final class ConfigCommands {

  private ConfigCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define(
                "config",
                -2,
                in -> {
                  throw new IllegalStateException("a sub-command is always named");
                })
            .group("server")
            .since("2.0.0")
            .complexity("Depends on the sub-command.")
            .summary("A container for commands about the configuration.")
            .subcommands(
                define("get", -3, "2.0.0", "Gives the values of directives.", ConfigCommands::get),
                Help.define("5.0.0").group("server"),
                define(
                    "resetstat",
                    2,
                    "2.0.0",
                    "Starts all counters anew.",
                    ConfigCommands::resetStatistics),
                define(
                    "rewrite",
                    2,
                    "2.8.0",
                    "Writes the configuration to its file.",
                    ConfigCommands::rewrite),
                define("set", -4, "2.0.0", "Changes directives.", ConfigCommands::set))
            .build());
  }

  private static Command.Builder define(
      String name, int arity, String since, String summary, Handler handler) {
    return Command.define(name, arity, handler)
        .flags(ADMIN, NOSCRIPT, LOADING, STALE)
        .group("server")
        .since(since)
        .complexity("O(N) where N is the number of directives")
        .summary(summary);
  }

  private static void get(Invocation in) {
    List<String> found = in.server().configGet(texts(in.args()));
    in.reply().map(found.size() / 2);
    for (String text : found) {
      in.reply().bulkString(text);
    }
  }

  private static void set(Invocation in) {
    if (in.args().count() % 2 != 0) {
      throw Errors.syntax();
    }
    in.server().configSet(texts(in.args()));
    in.reply().ok();
  }

  private static void rewrite(Invocation in) {
    in.server().configRewrite();
    in.reply().ok();
  }

  private static void resetStatistics(Invocation in) {
    in.server().statistics().reset();
    in.server().sessions().resetCounters();
    in.server().resetCounters();
    in.reply().ok();
  }

  private static List<String> texts(Arguments args) {
    List<String> texts = new ArrayList<>();
    for (int i = 2; i < args.count(); i++) {
      texts.add(args.text(i));
    }
    return texts;
  }
}
