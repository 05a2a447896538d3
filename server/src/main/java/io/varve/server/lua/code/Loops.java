package io.varve.server.lua.code;

import io.varve.server.lua.value.Frame;
import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.Nil;
import io.varve.server.lua.value.Operations;
import io.varve.server.lua.value.Site;
import org.jspecify.annotations.Nullable;

/// The loops. Each turn is a step of the run.
final class Loops {

  private Loops() {}

  static final class While extends Statement {
    private final Expression condition;
    private final Statement body;

    While(Expression condition, Statement body) {
      this.condition = condition;
      this.body = body;
    }

    @Override
    int execute(Frame frame) {
      LuaState state = frame.state;
      while (condition.test(frame)) {
        state.step();
        int signal = body.execute(frame);
        if (signal != NEXT) {
          return signal == BREAK ? NEXT : signal;
        }
      }
      return NEXT;
    }
  }

  /// The condition sees the locals of the body.
  static final class Repeat extends Statement {
    private final Statement body;
    private final Expression condition;

    Repeat(Statement body, Expression condition) {
      this.body = body;
      this.condition = condition;
    }

    @Override
    int execute(Frame frame) {
      LuaState state = frame.state;
      do {
        state.step();
        int signal = body.execute(frame);
        if (signal != NEXT) {
          return signal == BREAK ? NEXT : signal;
        }
      } while (!condition.test(frame));
      return NEXT;
    }
  }

  static final class NumericFor extends Statement implements Site {
    private final int line;
    private final Variable variable;
    private final Expression initial;
    private final Expression limit;
    private final @Nullable Expression step;
    private final Statement body;

    NumericFor(
        int line,
        Variable variable,
        Expression initial,
        Expression limit,
        @Nullable Expression step,
        Statement body) {
      this.line = line;
      this.variable = variable;
      this.initial = initial;
      this.limit = limit;
      this.step = step;
      this.body = body;
    }

    @Override
    public int line() {
      return line;
    }

    @Override
    int execute(Frame frame) {
      Object first = initial.eval(frame);
      Object last = limit.eval(frame);
      Object by = step == null ? (Double) 1.0 : step.eval(frame);
      double index = number(frame, first, "initial value");
      double end = number(frame, last, "limit");
      double increment = number(frame, by, "step");
      LuaState state = frame.state;
      for (; increment > 0 ? index <= end : end <= index; index += increment) {
        state.step();
        Variables.declare(frame, variable, index);
        int signal = body.execute(frame);
        if (signal != NEXT) {
          return signal == BREAK ? NEXT : signal;
        }
      }
      return NEXT;
    }

    private double number(Frame frame, Object value, String what) {
      if (value instanceof Double d) {
        return d;
      }
      Double number = Operations.toNumber(value);
      if (number == null) {
        frame.site = this;
        throw LuaError.at(frame.state, "'for' " + what + " must be a number");
      }
      return number;
    }
  }

  static final class GenericFor extends Statement implements Site {
    private final int line;
    private final Variable[] variables;
    private final Expression[] expressions;
    private final Statement body;

    GenericFor(int line, Variable[] variables, Expression[] expressions, Statement body) {
      this.line = line;
      this.variables = variables;
      this.expressions = expressions;
      this.body = body;
    }

    @Override
    public int line() {
      return line;
    }

    @Override
    int execute(Frame frame) {
      Object[] start = Call.evalAll(frame, expressions, 0);
      Object iterator = Closure.argument(start, 0);
      Object subject = Closure.argument(start, 1);
      Object control = Closure.argument(start, 2);
      LuaState state = frame.state;
      while (true) {
        state.step();
        frame.site = this;
        Object result = call(state, iterator, subject, control);
        control = LuaState.first(result);
        if (control == Nil.NIL) {
          return NEXT;
        }
        if (result instanceof Object[] values) {
          for (int i = 0; i < variables.length; i++) {
            Variables.declare(frame, variables[i], Closure.argument(values, i));
          }
        } else {
          Variables.declare(frame, variables[0], result);
          for (int i = 1; i < variables.length; i++) {
            Variables.declare(frame, variables[i], Nil.NIL);
          }
        }
        int signal = body.execute(frame);
        if (signal != NEXT) {
          return signal == BREAK ? NEXT : signal;
        }
      }
    }

    private static Object call(LuaState state, Object iterator, Object subject, Object control) {
      Object[] args = {subject, control};
      if (iterator instanceof LuaFunction function) {
        return function.call(state, args);
      }
      try {
        return Operations.callObject(state, iterator, args);
      } catch (Operations.OperandError e) {
        throw e.named(state, null);
      }
    }
  }
}
