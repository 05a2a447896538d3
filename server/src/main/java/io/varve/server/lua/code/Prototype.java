package io.varve.server.lua.code;

import io.varve.server.lua.value.Cell;
import io.varve.server.lua.value.Frame;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The code of a function: what all its closures share.
///
/// @param chunk the name that errors show
/// @param takesMore whether it has `...`
/// @param argTable the variable `arg` of functions that take more but do not use `...`, as in Lua 5.0
/// @param stackUnits what a call takes of the stack, by how deeply the code is nested
record Prototype(
    String chunk,
    Variable[] parameters,
    boolean takesMore,
    @Nullable Variable argTable,
    int slots,
    Capture[] captures,
    Statement body,
    int stackUnits) {

  /// A variable around the function that it uses.
  ///
  /// @param local whether it is one of the function around, at this slot; else an upvalue of that
  record Capture(boolean local, int index, String name) {}

  private static final LuaString COUNT = LuaString.of("n");

  Frame newFrame(LuaState state, LuaFunction function, Cell[] upvalues, Object[] args) {
    int count = parameters.length;
    Object[] rest =
        takesMore && args.length > count
            ? Arrays.copyOfRange(args, count, args.length)
            : LuaState.NO_VALUES;
    Frame frame = new Frame(state, function, chunk, new Object[slots], rest, upvalues);
    for (int i = 0; i < count; i++) {
      Variables.declare(frame, parameters[i], Closure.argument(args, i));
    }
    Variable table = argTable;
    if (table != null) {
      Variables.declare(frame, table, argTableOf(state, rest));
    }
    return frame;
  }

  private static LuaTable argTableOf(LuaState state, Object[] rest) {
    LuaTable table = new LuaTable(state, rest.length, 1);
    for (int i = 0; i < rest.length; i++) {
      table.set(i + 1, rest[i]);
    }
    table.set(COUNT, (double) rest.length);
    return table;
  }
}
