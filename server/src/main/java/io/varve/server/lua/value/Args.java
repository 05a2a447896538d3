package io.varve.server.lua.value;

import org.jspecify.annotations.Nullable;

/// The arguments of a native function, checked as the library of Lua checks them and with its errors.
///
/// Positions count from 1.
public final class Args {

  private final LuaState state;
  private final Object[] values;
  private final String name;

  Args(LuaState state, Object[] values, String name) {
    this.state = state;
    this.values = values;
    this.name = name;
  }

  public LuaState state() {
    return state;
  }

  public int count() {
    return values.length;
  }

  public Object[] all() {
    return values;
  }

  /// Nil if there is none.
  public Object get(int position) {
    return position <= values.length ? values[position - 1] : Nil.NIL;
  }

  public boolean isNone(int position) {
    return position > values.length;
  }

  public boolean isNil(int position) {
    return get(position) == Nil.NIL;
  }

  public Object any(int position) {
    if (isNone(position)) {
      throw error(position, "value expected");
    }
    return get(position);
  }

  public double number(int position) {
    Object value = get(position);
    if (value instanceof Double d) {
      return d;
    }
    Double number = Operations.toNumber(value);
    if (number == null) {
      throw typeError(position, "number");
    }
    return number;
  }

  public double number(int position, double otherwise) {
    return isNil(position) ? otherwise : number(position);
  }

  /// A number as a C program's 64-bit integer.
  public long integer(int position) {
    return Numbers.toLong(number(position));
  }

  public long integer(int position, long otherwise) {
    return isNil(position) ? otherwise : integer(position);
  }

  /// A number as a C program's 32-bit integer.
  public int int32(int position) {
    return (int) integer(position);
  }

  public int int32(int position, int otherwise) {
    return isNil(position) ? otherwise : int32(position);
  }

  /// A string, or a number as its text.
  public LuaString string(int position) {
    Object value = get(position);
    if (value instanceof LuaString s) {
      return s;
    }
    LuaString text = Operations.toConcat(value);
    if (text == null) {
      throw typeError(position, "string");
    }
    return text;
  }

  /// A string, or null if there is none.
  public @Nullable LuaString optionalString(int position) {
    return isNil(position) ? null : string(position);
  }

  public LuaTable table(int position) {
    if (get(position) instanceof LuaTable table) {
      return table;
    }
    throw typeError(position, "table");
  }

  public LuaFunction function(int position) {
    if (get(position) instanceof LuaFunction function) {
      return function;
    }
    throw typeError(position, "function");
  }

  public boolean isTrue(int position) {
    return Operations.isTrue(get(position));
  }

  public LuaError typeError(int position, String expected) {
    return error(
        position,
        expected
            + " expected, got "
            + (isNone(position) ? "no value" : Operations.typeName(get(position))));
  }

  /// An error about an argument.
  public LuaError error(int position, String message) {
    Site site = state.callSite();
    String called = site == null ? null : site.calledName();
    int shown = position;
    if (site != null && site.isMethodCall()) {
      shown--;
      if (shown == 0) {
        return LuaError.at(state, "calling '" + called + "' on bad self (" + message + ")");
      }
    }
    return LuaError.at(
        state,
        "bad argument #"
            + shown
            + " to '"
            + (called == null ? "?" : called)
            + "' ("
            + message
            + ")");
  }

  /// An error of the function itself.
  public LuaError error(String message) {
    return LuaError.at(state, message);
  }

  /// The name that the library gave the function.
  public String functionName() {
    return name;
  }
}
