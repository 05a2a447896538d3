package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.ADMIN;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Invocation;
import java.util.List;
import java.util.Locale;

/// DEBUG: for tests of servers and clients, where `enable-debug-command` allows it.
public final class DebugCommands {

  private static final long SLEEP_MILLIS_MAX = 3_600_000;

  private DebugCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define("debug", -2, DebugCommands::debug)
            .flags(ADMIN, NOSCRIPT, LOADING, STALE)
            .group("server")
            .complexity("Depends on the sub-command.")
            .summary("A container for commands that help to test.")
            .build());
  }

  private static void debug(Invocation in) {
    if (!in.server().isDebugAllowed(in.session())) {
      throw new CommandException(
          "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\","
              + " you can run it from a local connection, otherwise you need to set this option in"
              + " the configuration file, and then restart the server.");
    }
    Arguments args = in.args();
    switch (args.text(1).toLowerCase(Locale.ROOT) + "/" + args.count()) {
      case "sleep/3" -> sleep(in);
      case "set-active-expire/3" -> {
        in.server().activeExpiry(args.longAt(2) != 0);
        in.reply().ok();
      }
      case "error/3" -> in.reply().error(args.text(2));
      case "protocol/3" -> protocol(in, args.text(2).toLowerCase(Locale.ROOT));
      case "help/2" -> help(in);
      default ->
          throw new CommandException(
              "ERR unknown subcommand or wrong number of arguments for '"
                  + args.text(1)
                  + "'. Try DEBUG HELP.");
    }
  }

  /// Holds the executing thread, and with it all that waits for it: that is what it is for.
  private static void sleep(Invocation in) {
    double seconds = in.args().doubleAt(2);
    if (!in.isRehearsal()) {
      try {
        Thread.sleep((long) Math.clamp(seconds * 1000, 0, SLEEP_MILLIS_MAX));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    in.reply().ok();
  }

  /// One reply of each shape, for tests of clients.
  private static void protocol(Invocation in, String shape) {
    ReplyWriter reply = in.reply();
    switch (shape) {
      case "string" -> reply.bulkString("Hello World");
      case "integer" -> reply.integer(12345);
      case "double" -> reply.doubleValue(3.141);
      case "null" -> reply.nullBulk();
      case "array" -> numbers(reply, () -> reply.array(3));
      case "set" -> numbers(reply, () -> reply.set(3));
      case "map" -> {
        reply.map(3);
        for (int i = 0; i < 3; i++) {
          reply.integer(i);
          reply.bool(i == 1);
        }
      }
      case "bignum" -> reply.bigNumber("1234567999999999999999999999999999999");
      case "true" -> reply.bool(true);
      case "false" -> reply.bool(false);
      case "verbatim" -> reply.verbatim("txt", "This is a verbatim\nstring");
      default ->
          throw new CommandException(
              "ERR Wrong protocol type name. Please use one of the following:"
                  + " string|integer|double|null|array|set|map|attrib|push|verbatim|true|false");
    }
  }

  private static void numbers(ReplyWriter reply, Runnable head) {
    head.run();
    for (int i = 0; i < 3; i++) {
      reply.integer(i);
    }
  }

  private static void help(Invocation in) {
    List<String> lines =
        List.of(
            "DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
            "ERROR <text>",
            "    Answers with this error.",
            "PROTOCOL <type>",
            "    Answers with a reply of this type.",
            "SET-ACTIVE-EXPIRE <0|1>",
            "    Turns active expiry off or on.",
            "SLEEP <seconds>",
            "    Stops the server for this time.",
            "HELP",
            "    Print this help.");
    in.reply().array(lines.size());
    lines.forEach(in.reply()::simpleString);
  }
}
