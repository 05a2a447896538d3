package io.varve.server.lua.lib;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Nil;
import io.varve.server.lua.value.Operations;
import java.io.ByteArrayOutputStream;

/// `table`.
final class TableLibrary {

  private TableLibrary() {}

  static LuaTable table() {
    return new Module()
        .add("concat", TableLibrary::concat)
        .add("foreach", TableLibrary::forEach)
        .add("foreachi", TableLibrary::forEachIndex)
        .add("getn", args -> (double) args.table(1).length())
        .add("insert", TableLibrary::insert)
        .add("maxn", TableLibrary::maxIndex)
        .add("remove", TableLibrary::remove)
        .add(
            "setn",
            args -> {
              args.table(1);
              throw args.error("'setn' is obsolete");
            })
        .add("sort", Sort::sort)
        .sealed();
  }

  private static Object concat(Args args) {
    LuaTable table = args.table(1);
    LuaString given = args.optionalString(2);
    LuaString separator = given == null ? LuaString.EMPTY : given;
    int from = args.int32(3, 1);
    int to = args.isNil(4) ? table.length() : args.int32(4);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LuaState state = args.state();
    for (long i = from; i <= to; i++) {
      LuaString text = Operations.toConcat(table.get((int) i));
      if (text == null) {
        throw args.error(
            "invalid value ("
                + Operations.typeName(table.get((int) i))
                + ") at index "
                + i
                + " in table for 'concat'");
      }
      state.step();
      state.charge(text.length() + separator.length());
      state.stringSize((long) out.size() + text.length() + separator.length());
      out.writeBytes(text.bytes());
      if (i != to) {
        out.writeBytes(separator.bytes());
      }
    }
    return LuaString.of(out.toByteArray());
  }

  private static Object forEach(Args args) {
    LuaTable table = args.table(1);
    LuaFunction function = args.function(2);
    for (int at = table.firstFrom(0); at >= 0; ) {
      Object key = table.keyAt(at);
      Object result = LuaState.first(args.state().callBack(function, key, table.valueAt(at)));
      if (result != Nil.NIL) {
        return result;
      }
      at = table.nextPosition(key);
    }
    return LuaState.NO_VALUES;
  }

  private static Object forEachIndex(Args args) {
    LuaTable table = args.table(1);
    LuaFunction function = args.function(2);
    int count = table.length();
    for (int i = 1; i <= count; i++) {
      Object result = LuaState.first(args.state().callBack(function, (double) i, table.get(i)));
      if (result != Nil.NIL) {
        return result;
      }
    }
    return LuaState.NO_VALUES;
  }

  private static Object maxIndex(Args args) {
    LuaTable table = args.table(1);
    double max = 0;
    for (int at = table.firstFrom(0); at >= 0; at = table.firstFrom(at + 1)) {
      if (table.keyAt(at) instanceof Double d && d > max) {
        max = d;
      }
    }
    return max;
  }

  private static Object insert(Args args) {
    LuaTable table = args.table(1);
    int end = table.length() + 1;
    int position;
    switch (args.count()) {
      case 2 -> position = end;
      case 3 -> {
        position = args.int32(2);
        end = Math.max(end, position);
        LuaState state = args.state();
        for (int i = end; i > position; i--) {
          state.step();
          set(args, table, i, table.get(i - 1));
        }
      }
      default -> throw args.error("wrong number of arguments to 'insert'");
    }
    set(args, table, position, args.get(args.count()));
    return LuaState.NO_VALUES;
  }

  private static Object remove(Args args) {
    LuaTable table = args.table(1);
    int end = table.length();
    int position = args.int32(2, end);
    if (position < 1 || position > end) {
      return LuaState.NO_VALUES;
    }
    Object removed = table.get(position);
    for (int i = position; i < end; i++) {
      args.state().step();
      set(args, table, i, table.get(i + 1));
    }
    set(args, table, end, Nil.NIL);
    return removed;
  }

  static void set(Args args, LuaTable table, int index, Object value) {
    if (table.isReadOnly()) {
      throw io.varve.server.lua.value.LuaError.of(
          args.state(), LuaString.of("Attempt to modify a readonly table"));
    }
    table.set(index, value);
  }
}
