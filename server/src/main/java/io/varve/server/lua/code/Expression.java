package io.varve.server.lua.code;

import io.varve.server.lua.value.Frame;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.Operations;
import io.varve.server.lua.value.Site;
import org.jspecify.annotations.Nullable;

/// A node that computes a value. Immutable once its function is parsed.
abstract class Expression implements Site {

  final int line;

  Expression(int line) {
    this.line = line;
  }

  @Override
  public final int line() {
    return line;
  }

  abstract Object eval(Frame frame);

  /// All values: a value, or an `Object[]` of any number of them.
  Object evalMany(Frame frame) {
    return eval(frame);
  }

  boolean test(Frame frame) {
    return Operations.isTrue(eval(frame));
  }

  /// Whether it may give other than one value.
  boolean isMany() {
    return false;
  }

  /// How errors call the value: `local 'x'`; null if it has no name.
  @Nullable String describe() {
    return null;
  }

  /// The bare name, or null.
  @Nullable String name() {
    return null;
  }

  /// A constant.
  static final class Constant extends Expression {
    private final Object value;

    Constant(int line, Object value) {
      super(line);
      this.value = value;
    }

    @Override
    Object eval(Frame frame) {
      return value;
    }

    Object value() {
      return value;
    }
  }

  /// The arguments of a function behind its parameters.
  static final class Varargs extends Expression {
    Varargs(int line) {
      super(line);
    }

    @Override
    Object eval(Frame frame) {
      return io.varve.server.lua.value.LuaState.first(frame.varargs);
    }

    @Override
    Object evalMany(Frame frame) {
      return frame.varargs.clone();
    }

    @Override
    boolean isMany() {
      return true;
    }
  }

  /// An expression in parentheses: one value.
  static final class Single extends Expression {
    private final Expression inner;

    Single(Expression inner) {
      super(inner.line);
      this.inner = inner;
    }

    @Override
    Object eval(Frame frame) {
      return inner.eval(frame);
    }
  }

  /// A constant that is a string, or null.
  static @Nullable LuaString constantString(Expression expression) {
    return expression instanceof Constant constant && constant.value instanceof LuaString s
        ? s
        : null;
  }
}
