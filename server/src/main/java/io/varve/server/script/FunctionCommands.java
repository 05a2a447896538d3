package io.varve.server.script;

import static io.varve.server.command.CommandFlag.ALLOW_BUSY;
import static io.varve.server.command.CommandFlag.DENYOOM;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.STALE;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Invocation;
import io.varve.server.keyspace.Glob;
import io.varve.server.lua.lib.StandardLibrary;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// FUNCTION, FCALL and FCALL_RO.
public final class FunctionCommands {

  private static final String[] HELP = {
    "FUNCTION <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "LOAD [REPLACE] <FUNCTION CODE>",
    "    Create a new library with the given library name and code.",
    "DELETE <LIBRARY NAME>",
    "    Delete the given library.",
    "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
    "    Return general information on all the libraries:",
    "    * Library name",
    "    * The engine used to run the Library",
    "    * Library description",
    "    * Functions list",
    "    * Library code (if WITHCODE is given)",
    "    It also possible to get only function that matches a pattern using LIBRARYNAME argument.",
    "STATS",
    "    Return information about the current function running:",
    "    * Function name",
    "    * Command used to run the function",
    "    * Duration in MS that the function is running",
    "    If no function is running, return nil",
    "    In addition, returns a list of available engines.",
    "KILL",
    "    Kill the current running function.",
    "FLUSH [ASYNC|SYNC]",
    "    Delete all the libraries.",
    "    When called without the optional mode argument, the behavior is determined by the",
    "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
    "    * ASYNC: Asynchronously flush the libraries.",
    "    * SYNC: Synchronously flush the libraries.",
    "DUMP",
    "    Return a serialized payload representing the current libraries, can be restored using FUNCTION"
        + " RESTORE command",
    "RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]",
    "    Restore the libraries represented by the given payload, it is possible to give a restore policy"
        + " to",
    "    control how to handle existing libraries (default APPEND):",
    "    * FLUSH: delete all existing libraries.",
    "    * APPEND: appends the restored libraries to the existing libraries. On collision, abort.",
    "    * REPLACE: appends the restored libraries to the existing libraries, On collision, replace the"
        + " old",
    "      libraries with the new libraries (notice that even on this option there is a chance of"
        + " failure",
    "      in case of functions name collision with another library).",
    "HELP",
    "    Prints this help."
  };

  private final Scripts scripts;
  private final Functions functions;

  private FunctionCommands(Scripts scripts, Functions functions) {
    this.scripts = scripts;
    this.functions = functions;
  }

  public static List<Command> table(Scripts scripts, Functions functions) {
    FunctionCommands all = new FunctionCommands(scripts, functions);
    return List.of(
        ScriptCommands.runs("fcall", "7.0.0", "Calls a function.", in -> all.call(in, false))
            .build(),
        ScriptCommands.runs(
                "fcall_ro", "7.0.0", "Calls a function that only reads.", in -> all.call(in, true))
            .flags(READONLY)
            .build(),
        Command.define("function", -2, _ -> {})
            .group("scripting")
            .since("7.0.0")
            .summary("Keeps libraries of functions.")
            .subcommands(
                ScriptCommands.sub("delete", 3, "7.0.0", "Removes a library.", all::delete)
                    .flags(WRITE, NOSCRIPT),
                ScriptCommands.sub("dump", 2, "7.0.0", "Gives all libraries.", all::dump)
                    .flags(NOSCRIPT)
                    .complexity("O(N) where N is the number of functions"),
                ScriptCommands.sub("flush", -2, "7.0.0", "Removes all libraries.", all::flush)
                    .flags(WRITE, NOSCRIPT)
                    .complexity("O(N) where N is the number of functions"),
                ScriptCommands.sub(
                        "help",
                        2,
                        "7.0.0",
                        "Lists the sub-commands.",
                        in -> ScriptCommands.help(in, HELP))
                    .differs("In our words.")
                    .flags(LOADING, STALE),
                ScriptCommands.sub(
                        "kill",
                        2,
                        "7.0.0",
                        "Ends the running function.",
                        in -> ScriptCommands.kill(scripts, in, true))
                    .flags(NOSCRIPT, ALLOW_BUSY),
                ScriptCommands.sub("list", -2, "7.0.0", "Describes libraries.", all::list)
                    .flags(NOSCRIPT)
                    .complexity("O(N) where N is the number of functions"),
                ScriptCommands.sub("load", -3, "7.0.0", "Keeps a library.", all::load)
                    .flags(WRITE, DENYOOM, NOSCRIPT),
                ScriptCommands.sub("restore", -3, "7.0.0", "Keeps dumped libraries.", all::restore)
                    .flags(WRITE, DENYOOM, NOSCRIPT)
                    .complexity("O(N) where N is the number of functions"),
                ScriptCommands.sub("stats", 2, "7.0.0", "Says which function runs.", all::stats)
                    .flags(NOSCRIPT, ALLOW_BUSY))
            .build());
  }

  private void call(Invocation in, boolean readOnly) {
    Arguments args = in.args();
    String name = args.text(1);
    Library library = functions.at(in).owners().get(name);
    if (library == null) {
      throw new CommandException("ERR Function not found");
    }
    if (!args.isLong(2)) {
      throw new CommandException("ERR Bad number of keys provided");
    }
    int keys = ScriptCommands.keys(args);
    Registration.Function function = library.findFunction(name);
    if (function == null) {
      throw new CommandException("ERR Function not found");
    }
    boolean refusesWrites = function.flags().contains("no-writes");
    if (readOnly && !refusesWrites) {
      throw new CommandException(
          "ERR Can not execute a script with write flag using *_ro command.");
    }
    ScriptRun run = new ScriptRun(scripts, in, name, "user_function", refusesWrites);
    StandardLibrary.seal(run.state());
    run.run(function.callback(), run.strings(3, 3 + keys), run.strings(3 + keys, args.count()));
  }

  private void load(Invocation in) {
    Arguments args = in.args();
    boolean replace = false;
    for (int i = 2; i < args.count() - 1; i++) {
      if (!args.is(i, "REPLACE")) {
        throw new CommandException("ERR Unknown option given: " + args.text(i));
      }
      replace = true;
    }
    Library library = functions.compile(args.bytes(args.count() - 1));
    Functions.Libraries now = functions.at(in);
    if (!replace && now.libraries().containsKey(library.name())) {
      throw new CommandException("ERR Library '" + library.name() + "' already exists");
    }
    functions.change(in, now.with(library));
    in.reply().bulkString(library.name());
  }

  private void delete(Invocation in) {
    Functions.Libraries now = functions.at(in);
    String name = in.args().text(2);
    if (!now.libraries().containsKey(name)) {
      throw new CommandException("ERR Library not found");
    }
    functions.change(in, now.without(name));
    in.reply().ok();
  }

  private void flush(Invocation in) {
    Arguments args = in.args();
    if (args.count() > 3) {
      throw new CommandException(
          "ERR unknown subcommand or wrong number of arguments for 'flush'. Try FUNCTION HELP.");
    }
    if (args.count() == 3 && !args.is(2, "SYNC") && !args.is(2, "ASYNC")) {
      throw new CommandException("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
    }
    functions.change(in, Functions.Libraries.NONE);
    in.reply().ok();
  }

  private void dump(Invocation in) {
    List<byte[]> codes = new ArrayList<>();
    functions.at(in).libraries().values().forEach(library -> codes.add(library.code()));
    Slice payload = FunctionDump.write(codes);
    in.reply().bulk(payload.segment(), payload.offset(), payload.length());
  }

  private void restore(Invocation in) {
    Arguments args = in.args();
    if (args.count() > 4) {
      throw new CommandException(
          "ERR unknown subcommand or wrong number of arguments for 'restore'. Try FUNCTION HELP.");
    }
    boolean flush = args.count() == 4 && args.is(3, "FLUSH");
    boolean replace = args.count() == 4 && args.is(3, "REPLACE");
    if (args.count() == 4 && !flush && !replace && !args.is(3, "APPEND")) {
      throw new CommandException(
          "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.");
    }
    Functions.Libraries result = flush ? Functions.Libraries.NONE : functions.at(in);
    for (byte[] code : FunctionDump.read(args.get(2))) {
      Library library = functions.compile(code);
      if (!replace && result.libraries().containsKey(library.name())) {
        throw new CommandException("ERR Library " + library.name() + " already exists");
      }
      result = result.with(library);
    }
    functions.change(in, result);
    in.reply().ok();
  }

  private void list(Invocation in) {
    Arguments args = in.args();
    boolean withCode = false;
    Glob pattern = null;
    for (int i = 2; i < args.count(); i++) {
      if (!withCode && args.is(i, "WITHCODE")) {
        withCode = true;
      } else if (pattern == null && args.is(i, "LIBRARYNAME")) {
        if (i + 1 >= args.count()) {
          throw new CommandException("ERR library name argument was not given");
        }
        i++;
        pattern = new Glob(args.get(i).copy());
      } else {
        throw new CommandException("ERR Unknown argument " + args.text(i));
      }
    }
    List<Library> shown = new ArrayList<>();
    for (Library library : functions.at(in).libraries().values()) {
      if (pattern == null || pattern.matches(Slice.of(library.name()))) {
        shown.add(library);
      }
    }
    in.reply().array(shown.size());
    for (Library library : shown) {
      describe(in.reply(), library, withCode);
    }
  }

  private static void describe(ReplyWriter out, Library library, boolean withCode) {
    out.map(withCode ? 4 : 3);
    out.bulkString("library_name");
    out.bulkString(library.name());
    out.bulkString("engine");
    out.bulkString("LUA");
    out.bulkString("functions");
    Collection<Registration.Function> functions = library.functions().values();
    out.array(functions.size());
    for (Registration.Function function : functions) {
      out.map(3);
      out.bulkString("name");
      out.bulkString(function.name());
      out.bulkString("description");
      String description = function.description();
      if (description == null) {
        out.nullBulk();
      } else {
        out.bulkString(Script.utf8(description));
      }
      out.bulkString("flags");
      out.set(function.flags().size());
      function.flags().forEach(out::simpleString);
    }
    if (withCode) {
      out.bulkString("library_code");
      out.bulk(library.code());
    }
  }

  private void stats(Invocation in) {
    ReplyWriter out = in.reply();
    out.map(2);
    out.bulkString("running_script");
    ScriptRun run = scripts.current();
    if (run == null) {
      out.nullBulk();
    } else {
      out.map(3);
      out.bulkString("name");
      out.bulkString(run.name());
      out.bulkString("command");
      String[] words = run.command().split(" ", -1);
      out.array(words.length);
      for (String word : words) {
        out.bulkString(word);
      }
      out.bulkString("duration_ms");
      out.integer(run.elapsedMillis());
    }
    out.bulkString("engines");
    out.map(1);
    out.bulkString("LUA");
    out.map(2);
    out.bulkString("libraries_count");
    out.integer(functions.libraryCount());
    out.bulkString("functions_count");
    out.integer(functions.functionCount());
  }
}
