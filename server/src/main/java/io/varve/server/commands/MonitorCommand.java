package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.ADMIN;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Invocation;
import io.varve.server.session.Session;
import java.util.List;

/// MONITOR: shows a client all commands, until it leaves or calls RESET.
public final class MonitorCommand {

  private MonitorCommand() {}

  public static List<Command> table() {
    return List.of(
        Command.define("monitor", 1, MonitorCommand::monitor)
            .flags(ADMIN, NOSCRIPT, LOADING, STALE)
            .group("server")
            .complexity("O(1), and then every command of every client costs a line")
            .summary("Shows all commands as they are run.")
            .build());
  }

  /// Shows the session no more (RESET).
  static void forget(Invocation in) {
    Session session = in.session();
    if (session.isMonitor()) {
      session.monitor(false);
      in.server().monitors().remove(session);
      in.server().loopBinding().forMonitors(!in.server().monitors().isEmpty());
    }
  }

  private static void monitor(Invocation in) {
    if (in.isNested()) {
      throw new CommandException("ERR MONITOR isn't allowed for DENY BLOCKING client");
    }
    Session session = in.session();
    if (session.isMonitor()) {
      return; // Redis does not answer a second time either.
    }
    session.monitor(true);
    in.server().monitors().add(session);
    in.server().loopBinding().forMonitors(true);
    in.reply().ok();
  }
}
