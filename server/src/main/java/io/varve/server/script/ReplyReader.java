package io.varve.server.script;

import io.netty.buffer.ByteBuf;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Nil;

/// Reads the reply of a command as a value of the language, with the conversions that scripts know.
final class ReplyReader {

  private static final LuaString ERR = LuaString.of("err");
  private static final LuaString COUNTED = LuaString.of("ignore_error_stats_update");

  private final LuaState state;
  private final ByteBuf in;

  ReplyReader(LuaState state, ByteBuf in) {
    this.state = state;
    this.in = in;
  }

  static LuaTable error(LuaState state, LuaString text) {
    LuaTable table = new LuaTable(state, 0, 2);
    table.set(ERR, text);
    table.set(COUNTED, true);
    return table;
  }

  Object read() {
    state.step();
    byte type = in.readByte();
    LuaString line = line();
    return switch (type) {
      case '+' -> single("ok", line);
      case '-' -> error(state, line);
      case ':' -> (double) Long.parseLong(line.text());
      case '$' -> line.at(0) == '-' ? (Object) false : bulk(line);
      case '*' -> line.at(0) == '-' ? (Object) false : array(number(line));
      case '_' -> Nil.NIL;
      case '#' -> line.at(0) == 't';
      case ',' -> single("double", number(line.text()));
      case '(' -> single("big_number", line);
      case '%' -> single("map", map(number(line)));
      case '~' -> single("set", set(number(line)));
      case '=' -> verbatim(bulk(line));
      case '>' -> array(number(line));
      case '|' -> {
        // What is said about a reply is not shown to scripts.
        LuaTable _ = map(number(line));
        yield read();
      }
      default -> throw new IllegalStateException("a reply of type " + type);
    };
  }

  private LuaTable single(String name, Object value) {
    LuaTable table = new LuaTable(state, 0, 1);
    table.set(name, value);
    return table;
  }

  private static Double number(String text) {
    return switch (text) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      case "nan" -> Double.NaN;
      default -> Double.valueOf(text);
    };
  }

  private static int number(LuaString line) {
    return Integer.parseInt(line.text());
  }

  private LuaString line() {
    int length = in.bytesBefore((byte) '\r');
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    in.skipBytes(2);
    return state.string(bytes);
  }

  private LuaString bulk(LuaString length) {
    state.stringSize(number(length));
    byte[] bytes = new byte[number(length)];
    in.readBytes(bytes);
    in.skipBytes(2);
    return state.string(bytes);
  }

  private LuaTable array(int count) {
    LuaTable table = new LuaTable(state, count, 0);
    for (int i = 1; i <= count; i++) {
      table.set(i, read());
    }
    return table;
  }

  private LuaTable map(int pairs) {
    LuaTable table = new LuaTable(state, 0, pairs);
    for (int i = 0; i < pairs; i++) {
      Object key = read();
      table.set(key, read());
    }
    return table;
  }

  private LuaTable set(int count) {
    LuaTable table = new LuaTable(state, 0, count);
    for (int i = 0; i < count; i++) {
      table.set(read(), true);
    }
    return table;
  }

  private LuaTable verbatim(LuaString text) {
    LuaTable inner = new LuaTable(state, 0, 2);
    inner.set("format", text.slice(0, 3));
    inner.set("string", text.slice(4, text.length()));
    return single("verbatim_string", inner);
  }
}
