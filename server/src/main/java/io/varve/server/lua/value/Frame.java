package io.varve.server.lua.value;

import org.jspecify.annotations.Nullable;

/// One call of a function while it runs. Of a native function that calls back there is a frame too,
/// without slots, so that positions are counted rightly.
///
/// Fields are open: the nodes of the program work on them directly.
public final class Frame {

  private static final Cell[] NO_CELLS = {};

  public final LuaState state;

  /// Null in the frame of a native function.
  public final @Nullable LuaFunction function;

  /// Of the chunk, as errors show it.
  public final String chunk;

  public final Object[] slots;
  public final Object[] varargs;
  public final Cell[] upvalues;

  /// What the function has returned.
  public Object result = LuaState.NO_VALUES;

  /// Set by `return f(x)`: called in place of the function that is left.
  public @Nullable LuaFunction tailFunction;

  public Object[] tailArgs = LuaState.NO_VALUES;

  /// Whether the caller has been left behind by a tail call.
  public boolean tailCalled;

  public @Nullable Site site;
  @Nullable Frame caller;

  public Frame(
      LuaState state,
      @Nullable LuaFunction function,
      String chunk,
      Object[] slots,
      Object[] varargs,
      Cell[] upvalues) {
    this.state = state;
    this.function = function;
    this.chunk = chunk;
    this.slots = slots;
    this.varargs = varargs;
    this.upvalues = upvalues;
  }

  static Frame ofNative(LuaState state) {
    return new Frame(state, null, "", LuaState.NO_VALUES, LuaState.NO_VALUES, NO_CELLS);
  }

  boolean isNative() {
    return function == null;
  }

  /// The caller's frame, or null.
  public @Nullable Frame caller() {
    return caller;
  }

  int line() {
    Site at = site;
    return at == null ? 0 : at.line();
  }
}
