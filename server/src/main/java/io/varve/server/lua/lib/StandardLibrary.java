package io.varve.server.lua.lib;

import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaTable;

/// All of the library, made once and shared by all runs: its tables cannot be changed.
public final class StandardLibrary {

  private static final LuaTable GLOBALS;
  private static final LuaTable STRING_METATABLE;

  static {
    Module globals = new Module();
    BaseLibrary.addTo(globals);
    LuaTable string = StringLibrary.table();
    globals
        .set("string", string)
        .set("table", TableLibrary.table())
        .set("math", MathLibrary.table())
        .set("coroutine", CoroutineLibrary.table())
        .set("os", new Module().add("clock", args -> args.state().elapsedNanos() / 1e9).sealed())
        .set("bit", BitLibrary.table())
        .set("struct", StructLibrary.table())
        .set("cjson", JsonLibrary.table())
        .set("cmsgpack", MessagePackLibrary.table());
    GLOBALS = globals.sealed();
    STRING_METATABLE = new Module().set("__index", string).sealed();
  }

  /// An unknown global is an error and not nil.
  private static final LuaTable STRICT =
      new Module()
          .add(
              "__index",
              args -> {
                String name = args.string(2).text();
                throw args.error(
                    "Script attempted to access nonexistent global variable '" + name + "'");
              })
          .sealed();

  private StandardLibrary() {}

  /// Lets nothing be added to the globals of a run or be changed in them.
  public static void seal(LuaState state) {
    state.globals().metatable(STRICT);
    state.globals().makeReadOnly();
  }

  /// Gives a run the library.
  public static void addTo(LuaState state) {
    state.globals().putAll(GLOBALS);
    state.globals().set("_G", state.globals());
    state.stringMetatable(STRING_METATABLE);
  }
}
