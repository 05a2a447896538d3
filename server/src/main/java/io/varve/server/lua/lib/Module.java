package io.varve.server.lua.lib;

import io.varve.server.lua.value.Builtin;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Meter;

/// A table of native functions while it is filled.
public final class Module {

  private final LuaTable table = new LuaTable(Meter.FREE);

  public Module() {}

  public Module add(String name, Builtin.Body body) {
    table.set(name, new Builtin(name, body));
    return this;
  }

  public Module set(String name, Object value) {
    table.set(name, value);
    return this;
  }

  public LuaTable table() {
    return table;
  }

  /// The table, from now on unchangeable and so fit to be shared by all runs.
  public LuaTable sealed() {
    table.makeReadOnly();
    return table;
  }
}
