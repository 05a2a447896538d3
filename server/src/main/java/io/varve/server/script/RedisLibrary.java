package io.varve.server.script;

import io.varve.protocol.RequestBatch;
import io.varve.server.acl.Account;
import io.varve.server.acl.AclUser;
import io.varve.server.command.Arguments;
import io.varve.server.command.CommandTable;
import io.varve.server.command.Permissions;
import io.varve.server.command.ServerIdentity;
import io.varve.server.lua.lib.Module;
import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.Builtin;
import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Operations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The table `redis` of scripts and functions. Shared by all runs; each call finds its run in the state.
final class RedisLibrary {

  /// The logger that `redis.log` writes to.
  private static final Logger LOG = LoggerFactory.getLogger("io.varve.server.script.log");

  private static final int LOGGED_CHARS_MAX = 1024;

  static final Builtin ERROR_HANDLER =
      new Builtin(
          "__redis__err__handler", args -> ScriptRun.withPosition(args.state(), args.get(1)));

  private static final LuaTable FOR_SCRIPTS =
      common()
          .add("breakpoint", _ -> false)
          .add("debug", _ -> LuaState.NO_VALUES)
          .add("replicate_commands", _ -> true)
          .sealed();
  private static final LuaTable FOR_FUNCTIONS =
      common().add("register_function", Registration::register).sealed();

  private RedisLibrary() {}

  static LuaTable forKind(String kind) {
    return kind.equals("user_function") ? FOR_FUNCTIONS : FOR_SCRIPTS;
  }

  private static Module common() {
    return new Module()
        .add("call", args -> call(args, true))
        .add("pcall", args -> call(args, false))
        .add("error_reply", RedisLibrary::errorReply)
        .add("status_reply", args -> reply(args, "ok"))
        .add("sha1hex", RedisLibrary::sha1)
        .add("log", RedisLibrary::log)
        .add("setresp", RedisLibrary::setProtocol)
        .add("set_repl", RedisLibrary::setReplication)
        .add("acl_check_cmd", RedisLibrary::checkCommand)
        .set("REPL_NONE", 0.0)
        .set("REPL_AOF", 1.0)
        .set("REPL_SLAVE", 2.0)
        .set("REPL_REPLICA", 2.0)
        .set("REPL_ALL", 3.0)
        .set("LOG_DEBUG", 0.0)
        .set("LOG_VERBOSE", 1.0)
        .set("LOG_NOTICE", 2.0)
        .set("LOG_WARNING", 3.0)
        .set("REDIS_VERSION", LuaString.of(ServerIdentity.REDIS_VERSION))
        .set("REDIS_VERSION_NUM", (double) versionNumber());
  }

  private static int versionNumber() {
    int number = 0;
    for (String part : ServerIdentity.REDIS_VERSION.split("\\.", -1)) {
      number = (number << 8) | Integer.parseInt(part);
    }
    return number;
  }

  /// An error of the interface: a table, as errors of commands are.
  static LuaError error(Args args, String message) {
    LuaTable table = new LuaTable(args.state(), 0, 1);
    table.set("err", LuaString.of("ERR " + message));
    return LuaError.of(args.state(), table);
  }

  private static ScriptRun run(Args args) {
    ScriptRun run = ScriptRun.of(args.state());
    if (run == null) {
      throw error(args, "redis.call/pcall can only be called inside a script invocation");
    }
    return run;
  }

  private static Object call(Args args, boolean raise) {
    ScriptRun run = run(args);
    Object reply = run.port().call(args);
    if (raise && reply instanceof LuaTable table && table.get("err") instanceof LuaString) {
      throw LuaError.of(args.state(), table);
    }
    return reply;
  }

  private static Object errorReply(Args args) {
    if (args.count() != 1 || !(args.get(1) instanceof LuaString text)) {
      return wrongArguments(args);
    }
    String message = text.text();
    if (message.startsWith("-")) {
      message = message.substring(1);
    } else if (message.indexOf(' ') < 0) {
      message = "ERR " + message;
    }
    LuaTable table = new LuaTable(args.state(), 0, 1);
    table.set("err", LuaString.of(message.strip()));
    return table;
  }

  private static Object reply(Args args, String field) {
    if (args.count() != 1 || !(args.get(1) instanceof LuaString text)) {
      return wrongArguments(args);
    }
    LuaTable table = new LuaTable(args.state(), 0, 1);
    table.set(field, text);
    return table;
  }

  private static LuaTable wrongArguments(Args args) {
    LuaTable table = new LuaTable(args.state(), 0, 1);
    table.set("err", LuaString.of("ERR wrong number or type of arguments"));
    return table;
  }

  private static Object sha1(Args args) {
    if (args.count() != 1) {
      throw error(args, "wrong number of arguments");
    }
    LuaString text = Operations.toConcat(args.get(1));
    return LuaString.of(Sha1.hex(text == null ? new byte[0] : text.bytes()));
  }

  private static Object log(Args args) {
    if (args.count() < 2) {
      throw error(args, "redis.log() requires two arguments or more.");
    }
    if (Operations.toNumber(args.get(1)) == null) {
      throw error(args, "First argument must be a number (log level).");
    }
    int level = args.int32(1);
    if (level < 0 || level > 3) {
      throw error(args, "Invalid debug level.");
    }
    StringBuilder text = new StringBuilder();
    for (int i = 2; i <= args.count(); i++) {
      LuaString word = Operations.toConcat(args.get(i));
      if (word != null) {
        text.append(text.isEmpty() ? "" : " ").append(word.text());
      }
    }
    ScriptRun run = ScriptRun.of(args.state());
    if (run == null || !run.isRehearsal()) {
      // No line of a client may look like one of ours.
      String line =
          text.substring(0, Math.min(text.length(), LOGGED_CHARS_MAX))
              .replaceAll("[\\p{Cntrl}]", " ");
      switch (level) {
        case 3 -> LOG.warn("{}", line);
        case 2 -> LOG.info("{}", line);
        default -> LOG.debug("{}", line);
      }
    }
    return LuaState.NO_VALUES;
  }

  private static Object setProtocol(Args args) {
    if (args.count() != 1) {
      throw error(args, "redis.setresp() requires one argument.");
    }
    Double version = Operations.toNumber(args.get(1));
    if (version == null || (version != 2 && version != 3)) {
      throw error(args, "RESP version must be 2 or 3.");
    }
    run(args).port().protocol((int) (double) version);
    return LuaState.NO_VALUES;
  }

  private static Object setReplication(Args args) {
    if (args.count() != 1) {
      throw error(args, "redis.set_repl() requires one argument.");
    }
    Double flags = Operations.toNumber(args.get(1));
    if (flags == null || ((int) (double) flags & ~3) != 0) {
      throw error(
          args, "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
    }
    return LuaState.NO_VALUES;
  }

  private static Object checkCommand(Args args) {
    ScriptRun run = run(args);
    if (args.count() == 0) {
      throw error(args, "Please specify at least one argument for this redis.acl_check_cmd() call");
    }
    byte[][] words = new byte[args.count()][];
    for (int i = 0; i < words.length; i++) {
      byte[] word = CommandPort.word(args.get(i + 1));
      if (word == null) {
        throw error(args, "redis.acl_check_cmd() arguments must be strings or integers");
      }
      words[i] = word;
    }
    RequestBatch request = RequestBatch.of(words);
    CommandTable table = run.in().server().commands();
    int number = CommandPort.find(table, request);
    if (number == CommandTable.UNKNOWN) {
      throw error(args, "Invalid command passed to redis.acl_check_cmd()");
    }
    Account account = run.in().session().account();
    AclUser user = (account == null ? run.in().server().acl().defaultAccount() : account).user();
    Arguments asked = new Arguments().set(request, 0);
    return Permissions.find(user, table, number, asked, 0) == null;
  }
}
