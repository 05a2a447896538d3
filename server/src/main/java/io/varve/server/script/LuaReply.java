package io.varve.server.script;

import io.varve.protocol.ReplyWriter;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Nil;
import io.varve.server.lua.value.Numbers;

/// Writes what a script has returned as a reply.
///
/// Tables with a field `err`, `ok`, `double`, `map`, `set`, `big_number` or `verbatim_string` are what
/// that says; all others are arrays up to their first nil.
final class LuaReply {

  private static final LuaString ERR = LuaString.of("err");
  private static final LuaString OK = LuaString.of("ok");
  private static final LuaString DOUBLE = LuaString.of("double");
  private static final LuaString MAP = LuaString.of("map");
  private static final LuaString SET = LuaString.of("set");
  private static final LuaString BIG_NUMBER = LuaString.of("big_number");
  private static final LuaString VERBATIM = LuaString.of("verbatim_string");
  private static final LuaString FORMAT = LuaString.of("format");
  private static final LuaString STRING = LuaString.of("string");

  /// Values nested deeper are refused, as they are where the stack of the C program ends.
  private static final int DEPTH_MAX = 2000;

  private final ReplyWriter out;
  private final int protocol;

  private LuaReply(ReplyWriter out, int protocol) {
    this.out = out;
    this.protocol = protocol;
  }

  /// @param protocol the version that the script has chosen by `redis.setresp`
  static void write(ReplyWriter out, Object value, int protocol) {
    new LuaReply(out, protocol).write(value, 0);
  }

  private void write(Object value, int depth) {
    if (depth > DEPTH_MAX) {
      out.error("ERR reached lua stack limit");
      return;
    }
    switch (value) {
      case LuaString s -> out.bulk(s.bytes());
      case Double d -> out.integer(Numbers.toLong(d));
      case Boolean b -> {
        if (protocol > 2) {
          out.bool(b);
        } else if (b) {
          out.integer(1);
        } else {
          out.nullBulk();
        }
      }
      case LuaTable table -> table(table, depth);
      default -> out.nullBulk();
    }
  }

  private void table(LuaTable table, int depth) {
    if (table.get(ERR) instanceof LuaString err) {
      out.error(Script.utf8(err.text()));
    } else if (table.get(OK) instanceof LuaString ok) {
      out.simpleString(Script.utf8(ok.text()));
    } else if (table.get(DOUBLE) instanceof Double d) {
      out.doubleValue(d);
    } else if (table.get(MAP) instanceof LuaTable map) {
      out.map(entries(map));
      for (int at = map.firstFrom(0); at >= 0; at = map.firstFrom(at + 1)) {
        write(map.keyAt(at), depth + 1);
        write(map.valueAt(at), depth + 1);
      }
    } else if (table.get(SET) instanceof LuaTable set) {
      out.set(entries(set));
      for (int at = set.firstFrom(0); at >= 0; at = set.firstFrom(at + 1)) {
        write(set.keyAt(at), depth + 1);
      }
    } else if (table.get(BIG_NUMBER) instanceof LuaString digits) {
      out.bigNumber(digits.text().replace('\r', ' ').replace('\n', ' '));
    } else if (table.get(VERBATIM) instanceof LuaTable verbatim
        && verbatim.get(FORMAT) instanceof LuaString format
        && verbatim.get(STRING) instanceof LuaString text) {
      out.verbatim((format.text() + "   ").substring(0, 3), Script.utf8(text.text()));
    } else {
      array(table, depth);
    }
  }

  private void array(LuaTable table, int depth) {
    int count = 0;
    while (table.get(count + 1) != Nil.NIL) {
      count++;
    }
    out.array(count);
    for (int i = 1; i <= count; i++) {
      write(table.get(i), depth + 1);
    }
  }

  private static int entries(LuaTable table) {
    int count = 0;
    for (int at = table.firstFrom(0); at >= 0; at = table.firstFrom(at + 1)) {
      count++;
    }
    return count;
  }
}
