package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.ADMIN;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.SlowLog;
import java.util.List;

/// SLOWLOG: the commands that took longest.
public final class SlowlogCommands {

  private static final int COUNT_DEFAULT = 10;

  private SlowlogCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define(
                "slowlog",
                -2,
                in -> {
                  throw new IllegalStateException("a sub-command is always named");
                })
            .group("server")
            .since("2.2.12")
            .complexity("Depends on the sub-command.")
            .summary("A container for commands about the slow log.")
            .subcommands(
                define("get", -2, "Gives the newest entries.", SlowlogCommands::get),
                Help.define("6.2.0").group("server"),
                define(
                    "len",
                    2,
                    "Counts the entries.",
                    in -> in.reply().integer(in.server().slowLog().size())),
                define("reset", 2, "Forgets all entries.", SlowlogCommands::reset))
            .build());
  }

  private static Command.Builder define(String name, int arity, String summary, Handler handler) {
    return Command.define(name, arity, handler)
        .flags(ADMIN, LOADING, STALE)
        .group("server")
        .since("2.2.12")
        .complexity("O(N) where N is the number of entries")
        .summary(summary);
  }

  private static void get(Invocation in) {
    int count = COUNT_DEFAULT;
    if (in.args().count() > 3) {
      throw new CommandException(
          "ERR unknown subcommand or wrong number of arguments for '"
              + in.args().text(1)
              + "'. Try SLOWLOG HELP.");
    }
    if (in.args().count() == 3) {
      CommandException wrong =
          new CommandException("ERR count should be greater than or equal to -1");
      long wanted = in.args().longAt(2, wrong);
      if (wanted < -1) {
        throw wrong;
      }
      count = (int) Math.min(wanted, Integer.MAX_VALUE);
    }
    List<SlowLog.Entry> entries = in.server().slowLog().newest(count);
    ReplyWriter reply = in.reply();
    reply.array(entries.size());
    for (SlowLog.Entry entry : entries) {
      reply.array(6);
      reply.integer(entry.id());
      reply.integer(entry.seconds());
      reply.integer(entry.durationMicros());
      reply.array(entry.arguments().size());
      for (byte[] argument : entry.arguments()) {
        reply.bulk(argument);
      }
      reply.bulkString(entry.clientAddress());
      reply.bulkString(entry.clientName());
    }
  }

  private static void reset(Invocation in) {
    in.server().slowLog().reset();
    in.reply().ok();
  }
}
