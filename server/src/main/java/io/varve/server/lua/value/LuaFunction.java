package io.varve.server.lua.value;

/// Something that can be called.
///
/// A result is a value, or an `Object[]` of any number of values: one value, the common case, needs no
/// array.
public abstract class LuaFunction {

  protected LuaFunction() {}

  /// @param args belongs to the callee
  public abstract Object call(LuaState state, Object[] args);
}
