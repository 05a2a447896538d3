package io.varve.server.script;

import static io.varve.server.command.AclCategory.SCRIPTING;
import static io.varve.server.command.CommandFlag.ALLOW_BUSY;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.MOVABLEKEYS;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.NO_MANDATORY_KEYS;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.SKIP_MONITOR;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.lua.lib.StandardLibrary;
import java.util.List;
import java.util.Locale;

/// EVAL and its kin, and SCRIPT.
public final class ScriptCommands {

  private static final String[] HELP = {
    "SCRIPT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "DEBUG (YES|SYNC|NO)",
    "    Set the debug mode for subsequent scripts executed.",
    "EXISTS <sha1> [<sha1> ...]",
    "    Return information about the existence of the scripts in the script cache.",
    "FLUSH [ASYNC|SYNC]",
    "    Flush the Lua scripts cache. Very dangerous on replicas.",
    "    When called without the optional mode argument, the behavior is determined by the",
    "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
    "    * ASYNC: Asynchronously flush the scripts cache.",
    "    * SYNC: Synchronously flush the scripts cache.",
    "KILL",
    "    Kill the currently executing Lua script.",
    "LOAD <script>",
    "    Load a script into the scripts cache without executing it.",
    "HELP",
    "    Prints this help."
  };

  private final Scripts scripts;

  private ScriptCommands(Scripts scripts) {
    this.scripts = scripts;
  }

  public static List<Command> table(Scripts scripts) {
    ScriptCommands all = new ScriptCommands(scripts);
    return List.of(
        runs("eval", "2.6.0", "Runs a script.", in -> all.eval(in, false)).build(),
        runs("eval_ro", "7.0.0", "Runs a script that only reads.", in -> all.eval(in, true))
            .flags(READONLY)
            .build(),
        runs("evalsha", "2.6.0", "Runs a script by its SHA-1.", in -> all.evalSha(in, false))
            .build(),
        runs(
                "evalsha_ro",
                "7.0.0",
                "Runs a script that only reads, by its SHA-1.",
                in -> all.evalSha(in, true))
            .flags(READONLY)
            .build(),
        Command.define("script", -2, _ -> {})
            .group("scripting")
            .since("2.6.0")
            .summary("Keeps scripts.")
            .subcommands(
                sub("debug", 3, "3.2.0", "Sets the debug mode of scripts.", all::debug)
                    .flags(NOSCRIPT),
                sub("exists", -3, "2.6.0", "Says which scripts are kept.", all::exists)
                    .flags(NOSCRIPT)
                    .complexity("O(N) where N is the number of scripts asked for"),
                sub("flush", -2, "2.6.0", "Forgets all scripts.", all::flush)
                    .flags(NOSCRIPT)
                    .complexity("O(N) where N is the number of scripts"),
                sub("help", 2, "5.0.0", "Lists the sub-commands.", in -> help(in, HELP))
                    .differs("In our words.")
                    .flags(LOADING, STALE),
                sub("kill", 2, "2.6.0", "Ends the running script.", all::kill)
                    .flags(NOSCRIPT, ALLOW_BUSY),
                sub("load", 3, "2.6.0", "Keeps a script without running it.", all::load)
                    .flags(NOSCRIPT, STALE)
                    .complexity("O(N) where N is the length of the script"))
            .build());
  }

  /// A command that runs a program of the client.
  static Command.Builder runs(String name, String since, String summary, Handler handler) {
    return Command.define(name, -3, handler)
        .flags(NOSCRIPT, STALE, SKIP_MONITOR, NO_MANDATORY_KEYS, MOVABLEKEYS)
        .keys(KeySpec.counted(2))
        .categories(SCRIPTING)
        .group("scripting")
        .since(since)
        .complexity("that of the program")
        .summary(summary);
  }

  static Command.Builder sub(
      String name, int arity, String since, String summary, Handler handler) {
    return Command.define(name, arity, handler)
        .categories(SCRIPTING)
        .group("scripting")
        .since(since)
        .summary(summary);
  }

  static void help(Invocation in, String[] lines) {
    in.reply().array(lines.length);
    for (String line : lines) {
      in.reply().simpleString(line);
    }
  }

  /// The number of keys, as the second argument says it.
  static int keys(Arguments args) {
    long keys = args.longAt(2);
    if (keys > args.count() - 3) {
      throw new CommandException("ERR Number of keys can't be greater than number of args");
    }
    if (keys < 0) {
      throw new CommandException("ERR Number of keys can't be negative");
    }
    return (int) keys;
  }

  private void eval(Invocation in, boolean readOnly) {
    int keys = keys(in.args());
    run(in, scripts.load(in.args().bytes(1)), keys, readOnly);
  }

  private void evalSha(Invocation in, boolean readOnly) {
    int keys = keys(in.args());
    Script script =
        in.args().length(1) == Sha1.HEX_CHARS
            ? scripts.find(in.args().text(1).toLowerCase(Locale.ROOT))
            : null;
    if (script == null) {
      throw new CommandException("NOSCRIPT No matching script. Please use EVAL.");
    }
    run(in, script, keys, readOnly);
  }

  private void run(Invocation in, Script script, int keys, boolean readOnly) {
    if (readOnly && script.flags().given() && !script.flags().isReadOnly()) {
      throw new CommandException(
          "ERR Can not execute a script with write flag using *_ro command.");
    }
    boolean refusesWrites = readOnly || script.flags().isReadOnly();
    ScriptRun run = new ScriptRun(scripts, in, script.sha(), "user_script", refusesWrites);
    run.state().globals().set("KEYS", run.strings(3, 3 + keys));
    run.state().globals().set("ARGV", run.strings(3 + keys, in.args().count()));
    StandardLibrary.seal(run.state());
    run.run(script.program());
  }

  private void load(Invocation in) {
    in.reply().bulkString(scripts.load(in.args().bytes(2)).sha());
  }

  private void exists(Invocation in) {
    Arguments args = in.args();
    in.reply().array(args.count() - 2);
    for (int i = 2; i < args.count(); i++) {
      in.reply().integer(scripts.find(args.text(i).toLowerCase(Locale.ROOT)) == null ? 0 : 1);
    }
  }

  private void flush(Invocation in) {
    Arguments args = in.args();
    if (args.count() > 3 || (args.count() == 3 && !args.is(2, "SYNC") && !args.is(2, "ASYNC"))) {
      throw new CommandException("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
    }
    if (!in.isRehearsal()) {
      scripts.flush();
    }
    in.reply().ok();
  }

  private void debug(Invocation in) {
    Arguments args = in.args();
    if (args.is(2, "NO")) {
      in.reply().ok();
    } else if (args.is(2, "YES") || args.is(2, "SYNC")) {
      throw new CommandException("ERR the script debugger is not offered by this server");
    } else {
      throw new CommandException("ERR Use SCRIPT DEBUG YES/SYNC/NO");
    }
  }

  private void kill(Invocation in) {
    kill(scripts, in, false);
  }

  /// SCRIPT KILL and FUNCTION KILL: each ends only what is its own.
  static void kill(Scripts scripts, Invocation in, boolean functions) {
    ScriptRun run = scripts.current();
    if (run == null) {
      throw new CommandException("NOTBUSY No scripts in execution right now.");
    }
    if (run.isFunction() != functions) {
      throw new CommandException(
          functions
              ? "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."
              : "BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.");
    }
    if (run.hasWritten() && !run.isRehearsal()) {
      throw new CommandException(
          "UNKILLABLE Sorry the script already executed write commands against the dataset. You can"
              + " either wait the script termination or kill the server in a hard way using the"
              + " SHUTDOWN NOSAVE command.");
    }
    scripts.kill(run);
    in.reply().ok();
  }
}
