package io.varve.server.lua.value;

/// A native function of the library.
public final class Builtin extends LuaFunction {

  /// What it does.
  @FunctionalInterface
  public interface Body {

    /// @return a value or an `Object[]` of values
    Object call(Args args);
  }

  private final String name;
  private final Body body;

  public Builtin(String name, Body body) {
    this.name = name;
    this.body = body;
  }

  @Override
  public Object call(LuaState state, Object[] args) {
    state.step();
    return body.call(new Args(state, args, name));
  }

  @Override
  public String toString() {
    return name;
  }
}
