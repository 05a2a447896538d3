package io.varve.server.script;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.varve.protocol.ReplyTooLongException;
import io.varve.protocol.ReplyWriter;
import io.varve.protocol.RequestBatch;
import io.varve.server.command.Command;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.CommandTable;
import io.varve.server.command.Dispatcher;
import io.varve.server.command.Invocation;
import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Numbers;
import org.jspecify.annotations.Nullable;

/// The way from a script to commands: checks, runs, and gives the reply as a value.
///
/// Belongs to one run. Replies go into a buffer of its own and are read from there.
final class CommandPort {

  private static final int REPLY_BYTES_MAX = 512 << 20;
  private static final int REPLY_BYTES_INITIAL = 1024;

  private final ScriptRun run;
  private final Invocation in;
  private @Nullable ByteBuf buffer;
  private int protocol = 2;

  CommandPort(ScriptRun run, Invocation in) {
    this.run = run;
    this.in = in;
  }

  /// The version of the protocol whose types the script gets and gives.
  int protocol() {
    return protocol;
  }

  void protocol(int version) {
    protocol = version;
  }

  void close() {
    if (buffer != null) {
      buffer.release();
      buffer = null;
    }
  }

  /// `redis.call` and `redis.pcall`: the reply, of which an error is a table with `err`.
  Object call(Args args) {
    if (args.count() == 0) {
      return error(args, "ERR Please specify at least one argument for this redis lib call");
    }
    byte[][] words = new byte[args.count()][];
    for (int i = 0; i < words.length; i++) {
      byte[] word = word(args.get(i + 1));
      if (word == null) {
        return error(args, "ERR Lua redis lib command arguments must be strings or integers");
      }
      words[i] = word;
    }
    RequestBatch request = RequestBatch.of(words);
    int number = find(request);
    CommandTable table = in.server().commands();
    String refusal = number == CommandTable.UNKNOWN ? unknown() : check(request, table, number);
    if (refusal != null) {
      return error(args, refusal);
    }
    if (table.get(number).is(CommandFlag.WRITE)) {
      run.writes();
    }
    return args.state().onHost(() -> execute(args, request, number));
  }

  private static String unknown() {
    return "ERR Unknown Redis command called from script";
  }

  static byte @Nullable [] word(Object value) {
    return switch (value) {
      case LuaString s -> s.bytes();
      case Double d -> LuaString.of(Numbers.general(d, 17, false)).bytes();
      default -> null;
    };
  }

  private int find(RequestBatch request) {
    return find(in.server().commands(), request);
  }

  /// The command that a request names, a sub-command if it is one.
  static int find(CommandTable table, RequestBatch request) {
    int number = table.find(request.segment(), request.argOffset(0, 0), request.argLength(0, 0));
    if (number == CommandTable.UNKNOWN
        || table.get(number).subcommands().isEmpty()
        || request.argCount(0) == 1) {
      return number;
    }
    return table.find(number, request.segment(), request.argOffset(0, 1), request.argLength(0, 1));
  }

  private @Nullable String check(RequestBatch request, CommandTable table, int number) {
    Command command = table.get(number);
    if (!table.acceptsCount(number, request.argCount(0))) {
      return "ERR Wrong number of args calling Redis command from script";
    }
    if (command.is(CommandFlag.NOSCRIPT)) {
      return "ERR This Redis command is not allowed from script";
    }
    if (command.is(CommandFlag.WRITE) || command.is(CommandFlag.MAY_REPLICATE)) {
      if (run.isReadOnly()) {
        return "ERR Write commands are not allowed from read-only scripts.";
      }
      String failure = in.server().findWriteFailure();
      if (failure != null) {
        return "MISCONF Writes are refused, the disk failed one: " + failure;
      }
    }
    String shortage = command.is(CommandFlag.DENYOOM) ? in.server().findRoomShortage() : null;
    return shortage == null ? null : "MISCONF Commands that add data are refused: " + shortage;
  }

  private Object execute(Args args, RequestBatch request, int number) {
    ByteBuf replies = buffer;
    if (replies == null) {
      replies = Unpooled.directBuffer(REPLY_BYTES_INITIAL, REPLY_BYTES_MAX);
      buffer = replies;
    }
    replies.clear();
    ReplyWriter writer = ReplyWriter.of(protocol);
    writer.target(replies);
    ReplyWriter before = in.session().exchangeReply(writer);
    try {
      Dispatcher.runForScript(in, request, number);
    } catch (ReplyTooLongException _) {
      throw LuaError.of(args.state(), LuaString.of("not enough memory"));
    } finally {
      in.session().exchangeReply(before);
    }
    return new ReplyReader(args.state(), replies).read();
  }

  /// An error of this call. It is not counted again when it becomes the script's.
  private static LuaTable error(Args args, String text) {
    return ReplyReader.error(args.state(), LuaString.of(text));
  }
}
