package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.ADMIN;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.NO_ASYNC_LOADING;

import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import java.util.List;

/// MODULE, of a server that has none: libraries of machine code for Redis cannot work here. Stateless.
public final class ModuleCommands {

  private static final String NO_LOADING = "ERR this server cannot load modules of Redis";
  private static final String NO_MODULES =
      "ERR Error unloading module: no such module with that name";

  private ModuleCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define(
                "module",
                -2,
                in -> {
                  throw new IllegalStateException("a sub-command is always named");
                })
            .group("server")
            .since("4.0.0")
            .complexity("Depends on the sub-command.")
            .summary("A container for commands about modules.")
            .subcommands(
                Help.define("5.0.0").group("server"),
                define("list", 2, in -> in.reply().array(0), "4.0.0", "Lists modules: none."),
                define("load", -3, ModuleCommands::load, "4.0.0", "Loads a module.")
                    .flags(NO_ASYNC_LOADING)
                    .differs("Refused: `" + NO_LOADING + "`"),
                define("loadex", -3, ModuleCommands::load, "7.0.0", "Loads a module with settings.")
                    .flags(NO_ASYNC_LOADING)
                    .differs("Refused: `" + NO_LOADING + "`"),
                define("unload", 3, ModuleCommands::unload, "4.0.0", "Unloads a module.")
                    .flags(NO_ASYNC_LOADING)
                    .differs("Refused, there are none: `" + NO_MODULES + "`"))
            .build());
  }

  private static Command.Builder define(
      String name, int arity, Handler handler, String since, String summary) {
    return Command.define(name, arity, handler)
        .flags(ADMIN, NOSCRIPT)
        .group("server")
        .since(since)
        .summary(summary);
  }

  private static void load(Invocation in) {
    throw new CommandException(NO_LOADING);
  }

  private static void unload(Invocation in) {
    throw new CommandException(NO_MODULES);
  }
}
