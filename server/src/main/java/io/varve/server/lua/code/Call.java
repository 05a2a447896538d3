package io.varve.server.lua.code;

import io.varve.server.lua.value.Frame;
import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Nil;
import io.varve.server.lua.value.Operations;
import org.jspecify.annotations.Nullable;

/// A call: of a value, or of a method of an object.
abstract class Call extends Expression {

  /// Arguments beside those that the last expression gives, and what those may be more of than a table
  /// can be unpacked to: `call('lpush', key, unpack(t))` is to work with all that `unpack` gives.
  private static final int FIXED_MAX = 250;

  private final Expression[] args;

  /// The last argument gives any number of values.
  private final boolean many;

  Call(int line, Expression[] args) {
    super(line);
    this.args = args;
    this.many = args.length > 0 && args[args.length - 1].isMany();
  }

  @Override
  Object eval(Frame frame) {
    return LuaState.first(evalMany(frame));
  }

  @Override
  final boolean isMany() {
    return true;
  }

  /// Leaves the function for the one called.
  abstract void tailCall(Frame frame);

  /// The arguments, behind `self` if there is one.
  final Object[] arguments(Frame frame, @Nullable Object self) {
    int first = self == null ? 0 : 1;
    int count = args.length;
    if (!many) {
      Object[] values = new Object[first + count];
      for (int i = 0; i < count; i++) {
        values[first + i] = args[i].eval(frame);
      }
      if (self != null) {
        values[0] = self;
      }
      return values;
    }
    Object[] values = evalAll(frame, args, first);
    if (self != null) {
      values[0] = self;
    }
    return values;
  }

  /// Values of a list of expressions of which the last gives all it has.
  ///
  /// @param from left free at the beginning
  static Object[] evalAll(Frame frame, Expression[] list, int from) {
    int fixed = list.length - 1;
    if (fixed < 0) {
      return LuaState.NO_VALUES;
    }
    if (fixed == 0 && from == 0) {
      return LuaState.all(list[0].evalMany(frame));
    }
    Object[] head = new Object[fixed];
    for (int i = 0; i < fixed; i++) {
      head[i] = list[i].eval(frame);
    }
    Object tail = list[fixed].evalMany(frame);
    int tailCount = tail instanceof Object[] values ? values.length : 1;
    if (from + fixed > FIXED_MAX || tailCount > LuaState.VALUES_MAX + FIXED_MAX) {
      frame.site = list[fixed];
      throw LuaError.at(frame.state, "stack overflow");
    }
    Object[] all = new Object[from + fixed + tailCount];
    System.arraycopy(head, 0, all, from, fixed);
    if (tail instanceof Object[] values) {
      System.arraycopy(values, 0, all, from + fixed, tailCount);
    } else {
      all[from + fixed] = tail;
    }
    return all;
  }

  final Object invoke(Frame frame, Object callee, Object[] values, @Nullable String name) {
    frame.site = this;
    if (callee instanceof LuaFunction function) {
      return function.call(frame.state, values);
    }
    try {
      return Operations.callObject(frame.state, callee, values);
    } catch (Operations.OperandError e) {
      throw e.named(frame.state, name);
    }
  }

  final void invokeTail(Frame frame, Object callee, Object[] values, @Nullable String name) {
    if (callee instanceof Closure closure) {
      frame.tailFunction = closure;
      frame.tailArgs = values;
    } else {
      frame.result = invoke(frame, callee, values, name);
    }
  }

  /// `f(...)`.
  static final class Plain extends Call {
    private final Expression function;

    Plain(int line, Expression function, Expression[] args) {
      super(line, args);
      this.function = function;
    }

    @Override
    Object evalMany(Frame frame) {
      Object callee = function.eval(frame);
      Object[] values = arguments(frame, null);
      frame.site = this;
      if (callee instanceof LuaFunction direct) {
        return direct.call(frame.state, values);
      }
      return invoke(frame, callee, values, function.describe());
    }

    @Override
    void tailCall(Frame frame) {
      Object callee = function.eval(frame);
      invokeTail(frame, callee, arguments(frame, null), function.describe());
    }

    @Override
    public @Nullable String calledName() {
      return function.name();
    }
  }

  /// `object:name(...)`.
  static final class Method extends Call {
    private final Expression object;
    private final LuaString key;

    Method(int line, Expression object, LuaString key, Expression[] args) {
      super(line, args);
      this.object = object;
      this.key = key;
    }

    @Override
    Object evalMany(Frame frame) {
      Object self = object.eval(frame);
      Object callee = find(frame, self);
      return invoke(frame, callee, arguments(frame, self), described());
    }

    @Override
    void tailCall(Frame frame) {
      Object self = object.eval(frame);
      Object callee = find(frame, self);
      invokeTail(frame, callee, arguments(frame, self), described());
    }

    private Object find(Frame frame, Object self) {
      if (self instanceof LuaTable table) {
        Object found = table.get(key);
        if (found != Nil.NIL || table.metatable() == null) {
          return found;
        }
      }
      frame.site = this;
      try {
        return Operations.index(frame.state, self, key);
      } catch (Operations.OperandError e) {
        throw e.named(frame.state, object.describe());
      }
    }

    private String described() {
      return "method '" + key.text() + "'";
    }

    @Override
    public String calledName() {
      return key.text();
    }

    @Override
    public boolean isMethodCall() {
      return true;
    }
  }
}
