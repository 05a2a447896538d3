package io.varve.server.script;

import io.varve.server.command.CommandException;
import io.varve.server.command.Invocation;
import io.varve.server.lua.lib.StandardLibrary;
import io.varve.server.lua.value.LuaAbort;
import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Nil;
import io.varve.server.lua.value.Operations;
import org.jspecify.annotations.Nullable;

/// One run of a script or function for a client: what its `redis` table works on, and its end.
///
/// Errors are written as the reply and not thrown, since what the script wrote before stays; only a
/// missing block, a fault, and the end of the server after a write go through.
final class ScriptRun {

  private static final LuaString ERR = LuaString.of("err");
  private static final LuaString SOURCE = LuaString.of("source");
  private static final LuaString LINE = LuaString.of("line");

  /// Also of functions: in Redis' words.
  private static final String KILLED = "Script killed by user with SCRIPT KILL...";

  private final Scripts scripts;
  private final Invocation in;
  private final String name;
  private final String kind;
  private final boolean readOnly;
  private final boolean rehearsal;
  private final long sessionId;
  private final String command;
  private final LuaState state;
  private final CommandPort port;
  private final long beganNanos = System.nanoTime();
  private volatile boolean killed;
  private volatile boolean wrote;

  /// @param name SHA-1 of a script, name of a function
  /// @param kind `user_script` or `user_function`
  /// @param readOnly whether commands that write are refused
  ScriptRun(Scripts scripts, Invocation in, String name, String kind, boolean readOnly) {
    this.scripts = scripts;
    this.in = in;
    this.name = name;
    this.kind = kind;
    this.readOnly = readOnly;
    this.rehearsal = in.isRehearsal();
    this.sessionId = in.session().id();
    this.command = commandLine(in);
    this.state = new LuaState(scripts.limits(), this::look);
    this.port = new CommandPort(this, in);
    state.attach(this);
    state.random().state(in.random().nextLong());
    StandardLibrary.addTo(state);
    state.globals().set("redis", RedisLibrary.forKind(kind));
    state.globals().set("__redis__err__handler", RedisLibrary.ERROR_HANDLER);
  }

  LuaState state() {
    return state;
  }

  CommandPort port() {
    return port;
  }

  Invocation in() {
    return in;
  }

  String name() {
    return name;
  }

  boolean isFunction() {
    return kind.equals("user_function");
  }

  /// The request that began it, for FUNCTION STATS.
  String command() {
    return command;
  }

  boolean isReadOnly() {
    return readOnly;
  }

  boolean isRehearsal() {
    return rehearsal;
  }

  /// Whether it keeps the command loop from others.
  boolean isOnLoop() {
    return in.access().isWriter();
  }

  long sessionId() {
    return sessionId;
  }

  long elapsedMillis() {
    return (System.nanoTime() - beganNanos) / 1_000_000;
  }

  /// Whether it has run a command that writes.
  boolean hasWritten() {
    return wrote;
  }

  void writes() {
    wrote = true;
  }

  void kill() {
    killed = true;
  }

  private void look() {
    if (!killed) {
      scripts.look(this);
    }
    if (killed) {
      throw new LuaAbort(KILLED);
    }
  }

  /// Runs a function and writes its reply.
  void run(LuaFunction program, Object... args) {
    int mark = in.reply().mark();
    int database = in.session().database();
    scripts.began(this);
    try {
      if (!rehearsal && scripts.takeKilled(sessionId)) {
        throw new LuaAbort(KILLED);
      }
      Object value = LuaState.first(program.call(state, args));
      LuaReply.write(in.reply(), value, port.protocol());
      countReturned(value);
    } catch (LuaError e) {
      fail(mark, e.value(), e.source(), e.line());
    } catch (LuaAbort e) {
      String text =
          Script.utf8(
              withPlace("ERR " + e.getMessage(), state.currentSource(), state.currentLine()));
      if (wrote && !rehearsal) {
        // Only the end of the server ends a script that has written: nothing of it stays then.
        throw new CommandException(text);
      }
      fail(mark, text);
      if (!rehearsal) {
        in.counters().countError(text);
      }
    } catch (StackOverflowError _) {
      fail(mark, LuaString.of("stack overflow"), "", 0);
    } finally {
      state.close();
      port.close();
      scripts.ended(this);
      in.session().select(database);
    }
  }

  /// An error that the script returns, but did not get from a command, which has been counted.
  private void countReturned(@Nullable Object value) {
    if (value instanceof LuaTable table
        && table.get(ERR) instanceof LuaString text
        && !isCounted(table)) {
      in.countWrittenError(Script.utf8(text.text()));
    }
  }

  private void fail(int mark, Object error, String source, int line) {
    String shown = Script.utf8(withPlace(errorText(error), source, line));
    fail(mark, shown);
    if (!rehearsal && !isCounted(error)) {
      in.counters().countError(shown);
    }
  }

  private void fail(int mark, String text) {
    in.reply().rewind(mark);
    in.reply().error(text);
  }

  private String withPlace(String text, String source, int line) {
    return source.isEmpty() || line <= 0
        ? text
        : text + " script: " + name + ", on @" + source + ":" + line + ".";
  }

  /// The text of an error value: a table's `err`, or the value itself as an error of no special kind.
  static String errorText(Object error) {
    if (error instanceof LuaTable table) {
      LuaString text = Operations.toConcat(table.get(ERR));
      return text == null ? "ERR unknown error" : text.text();
    }
    LuaString text = Operations.toConcat(error);
    return "ERR " + (text == null ? plainText(error) : text.text());
  }

  private static String plainText(Object value) {
    return value instanceof Nil || value instanceof Boolean
        ? value.toString()
        : Operations.typeName(value);
  }

  /// Whether the error is one that a command was counted for already.
  private static boolean isCounted(Object error) {
    return error instanceof LuaTable table
        && Operations.isTrue(table.get("ignore_error_stats_update"));
  }

  /// What the handler of errors adds to an error table: where it came about.
  static Object withPosition(LuaState state, Object error) {
    LuaTable table;
    if (error instanceof LuaTable given) {
      table = given;
    } else {
      table = new LuaTable(state);
      table.set(ERR, LuaString.of(errorText(error)));
    }
    table.set(SOURCE, LuaString.of("@" + state.currentSource()));
    table.set(LINE, (double) state.currentLine());
    return table;
  }

  /// An array of strings, as scripts get keys and arguments.
  ///
  /// @param to exclusive
  LuaTable strings(int from, int to) {
    LuaTable table = new LuaTable(state, Math.max(0, to - from), 0);
    for (int i = from; i < to; i++) {
      table.set(i - from + 1, state.string(in.args().bytes(i)));
    }
    return table;
  }

  private static String commandLine(Invocation in) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < Math.min(in.args().count(), 4); i++) {
      String arg = in.args().text(i);
      line.append(i == 0 ? "" : " ").append(arg, 0, Math.min(arg.length(), 64));
    }
    return line.toString();
  }

  /// The run whose program is calling, or null while a library is loaded.
  static @Nullable ScriptRun of(LuaState state) {
    return state.attachment() instanceof ScriptRun run ? run : null;
  }
}
