package io.varve.server.commands;

import static io.varve.server.command.AclCategory.ADMIN;
import static io.varve.server.command.AclCategory.DANGEROUS;
import static io.varve.server.command.CommandFlag.ALLOW_BUSY;
import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.NO_ASYNC_LOADING;
import static io.varve.server.command.CommandFlag.NO_MULTI;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.command.ShutdownOptions;
import java.util.List;

/// Commands about the server as a whole. CONFIG, COMMAND, INFO, LATENCY, SLOWLOG, MEMORY, DEBUG and
/// ACL have classes of their own.
public final class ServerCommands {

  private ServerCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define("bgrewriteaof", 1, ServerCommands::startLogRewrite)
            .flags(CommandFlag.ADMIN, NOSCRIPT, NO_ASYNC_LOADING)
            .categories(ADMIN, DANGEROUS)
            .group("server")
            .summary("Makes the log shorter, in the background.")
            .differs(
                "Starts writing memory to tables, after which the log before is not needed; while that goes on,"
                    + " also when it began by itself, the answer is that it is in progress.")
            .build(),
        Command.define("bgsave", -1, ServerCommands::backgroundSave)
            .flags(CommandFlag.ADMIN, NOSCRIPT, NO_ASYNC_LOADING)
            .categories(ADMIN, DANGEROUS)
            .group("server")
            .summary("Makes a checkpoint of all data in the background.")
            .build(),
        Command.define("info", -1, InfoText::reply)
            .flags(LOADING, STALE)
            .categories(DANGEROUS)
            .group("server")
            .summary("Describes the server and counts what it did.")
            .build(),
        Command.define("lastsave", 1, in -> in.reply().integer(in.server().lastSaveSeconds()))
            .flags(LOADING, STALE, FAST)
            .categories(ADMIN, DANGEROUS)
            .group("server")
            .summary("Gives the time at which all data were last known to be on disk.")
            .build(),
        Command.define("role", 1, ServerCommands::role)
            .flags(NOSCRIPT, LOADING, STALE, FAST)
            .categories(ADMIN, DANGEROUS)
            .group("server")
            .since("2.8.12")
            .summary("Gives the server's role in replication.")
            .build(),
        Command.define("save", 1, ServerCommands::save)
            .flags(CommandFlag.ADMIN, NOSCRIPT, NO_ASYNC_LOADING, NO_MULTI)
            .group("server")
            .complexity("O(N) where N is the number of tables, each of which is linked")
            .summary("Makes a checkpoint of all data and waits for it.")
            .build(),
        Command.define("shutdown", -1, ServerCommands::shutdown)
            .flags(CommandFlag.ADMIN, NOSCRIPT, LOADING, STALE, NO_MULTI, ALLOW_BUSY)
            .group("server")
            .summary("Stops the server.")
            .build(),
        Command.define("time", 1, ServerCommands::time)
            .flags(LOADING, STALE, FAST)
            .group("server")
            .since("2.6.0")
            .summary("Gives the server's time.")
            .build());
  }

  private static void time(Invocation in) {
    long micros = in.nowMicros();
    in.reply().array(2);
    in.reply().bulkInteger(micros / 1_000_000);
    in.reply().bulkInteger(micros % 1_000_000);
  }

  private static void role(Invocation in) {
    in.reply().array(3);
    in.reply().bulkString("master");
    in.reply().integer(0);
    in.reply().array(0);
  }

  private static void save(Invocation in) {
    in.server().save();
    in.reply().ok();
  }

  private static void backgroundSave(Invocation in) {
    Arguments args = in.args();
    if (args.count() > 2 || (args.count() == 2 && !args.is(1, "SCHEDULE"))) {
      throw Errors.syntax();
    }
    if (!in.server().startBackgroundSave()) {
      throw new CommandException("ERR Background save already in progress");
    }
    in.reply().simpleString("Background saving started");
  }

  private static void startLogRewrite(Invocation in) {
    if (!in.server().startLogRewrite()) {
      throw new CommandException("ERR Background append only file rewriting already in progress");
    }
    in.reply().simpleString("Background append only file rewriting started");
  }

  private static void shutdown(Invocation in) {
    Arguments args = in.args();
    boolean save = false;
    boolean noSave = false;
    boolean now = false;
    boolean force = false;
    boolean abort = false;
    for (int i = 1; i < args.count(); i++) {
      if (args.is(i, "NOSAVE")) {
        noSave = true;
      } else if (args.is(i, "SAVE")) {
        save = true;
      } else if (args.is(i, "NOW")) {
        now = true;
      } else if (args.is(i, "FORCE")) {
        force = true;
      } else if (args.is(i, "ABORT")) {
        abort = true;
      } else {
        throw Errors.syntax();
      }
    }
    if ((abort && args.count() > 2) || (save && noSave)) {
      throw Errors.syntax();
    }
    if (!abort) {
      in.server().shutdown(new ShutdownOptions(save, now, force));
      in.session().closeAfterReply();
    } else if (in.server().abortShutdown()) {
      in.reply().ok();
    } else {
      throw new CommandException("ERR No shutdown in progress.");
    }
  }
}
