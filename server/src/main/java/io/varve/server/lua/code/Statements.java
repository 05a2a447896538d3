package io.varve.server.lua.code;

import io.varve.server.lua.code.Variables.Assignable;
import io.varve.server.lua.code.Variables.Index;
import io.varve.server.lua.value.Frame;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.Nil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All statements but loops.
final class Statements {

  private Statements() {}

  static final class Block extends Statement {
    private final Statement[] statements;

    Block(List<Statement> statements) {
      this.statements = statements.toArray(new Statement[0]);
    }

    @Override
    int execute(Frame frame) {
      Statement[] all = statements;
      for (int i = 0; i < all.length; i++) {
        int signal = all[i].execute(frame);
        if (signal != NEXT) {
          return signal;
        }
      }
      return NEXT;
    }
  }

  static final class If extends Statement {
    private final Expression[] conditions;
    private final Statement[] branches;
    private final @Nullable Statement otherwise;

    If(List<Expression> conditions, List<Statement> branches, @Nullable Statement otherwise) {
      this.conditions = conditions.toArray(new Expression[0]);
      this.branches = branches.toArray(new Statement[0]);
      this.otherwise = otherwise;
    }

    @Override
    int execute(Frame frame) {
      for (int i = 0; i < conditions.length; i++) {
        if (conditions[i].test(frame)) {
          return branches[i].execute(frame);
        }
      }
      Statement last = otherwise;
      return last == null ? NEXT : last.execute(frame);
    }
  }

  static final class CallStatement extends Statement {
    private final Expression call;

    CallStatement(Expression call) {
      this.call = call;
    }

    @Override
    int execute(Frame frame) {
      call.evalMany(frame);
      return NEXT;
    }
  }

  /// `local a = x`.
  static final class LocalOne extends Statement {
    private final Variable variable;
    private final Expression value;

    LocalOne(Variable variable, Expression value) {
      this.variable = variable;
      this.value = value;
    }

    @Override
    int execute(Frame frame) {
      Variables.declare(frame, variable, value.eval(frame));
      return NEXT;
    }
  }

  /// `local a, b = x, y`.
  static final class LocalMany extends Statement {
    private final Variable[] variables;
    private final Expression[] values;

    LocalMany(List<Variable> variables, List<Expression> values) {
      this.variables = variables.toArray(new Variable[0]);
      this.values = values.toArray(new Expression[0]);
    }

    @Override
    int execute(Frame frame) {
      Object[] results = evalList(frame, values);
      for (int i = 0; i < variables.length; i++) {
        Variables.declare(frame, variables[i], Closure.argument(results, i));
      }
      return NEXT;
    }
  }

  /// `local function f`: the function sees itself.
  static final class LocalFunction extends Statement {
    private final Variable variable;
    private final Expression function;
    private final Assignable target;

    LocalFunction(int line, Variable variable, Expression function) {
      this.variable = variable;
      this.function = function;
      this.target = new Variables.Local(line, variable);
    }

    @Override
    int execute(Frame frame) {
      Variables.declare(frame, variable, Nil.NIL);
      target.assign(frame, function.eval(frame));
      return NEXT;
    }
  }

  /// `a = x`.
  static final class AssignOne extends Statement {
    private final Assignable target;
    private final Expression value;

    AssignOne(Assignable target, Expression value) {
      this.target = target;
      this.value = value;
    }

    @Override
    int execute(Frame frame) {
      if (target instanceof Index index) {
        Object object = index.evalObject(frame);
        Object key = index.evalKey(frame);
        index.assign(frame, object, key, value.eval(frame));
      } else {
        target.assign(frame, value.eval(frame));
      }
      return NEXT;
    }
  }

  /// `a, b = x, y`: everything is evaluated first, then assigned from the right.
  static final class AssignMany extends Statement {
    private final Assignable[] targets;
    private final Expression[] values;

    AssignMany(List<Assignable> targets, List<Expression> values) {
      this.targets = targets.toArray(new Assignable[0]);
      this.values = values.toArray(new Expression[0]);
    }

    @Override
    int execute(Frame frame) {
      int count = targets.length;
      Object[] objects = new Object[count];
      Object[] keys = new Object[count];
      for (int i = 0; i < count; i++) {
        if (targets[i] instanceof Index index) {
          objects[i] = index.evalObject(frame);
          keys[i] = index.evalKey(frame);
        }
      }
      Object[] results = evalList(frame, values);
      for (int i = count - 1; i >= 0; i--) {
        Object value = Closure.argument(results, i);
        if (targets[i] instanceof Index index) {
          index.assign(frame, objects[i], keys[i], value);
        } else {
          targets[i].assign(frame, value);
        }
      }
      return NEXT;
    }
  }

  static final class Return extends Statement {
    private final Expression[] values;

    Return(List<Expression> values) {
      this.values = values.toArray(new Expression[0]);
    }

    @Override
    int execute(Frame frame) {
      if (values.length == 0) {
        frame.result = LuaState.NO_VALUES;
      } else if (values.length > 1) {
        frame.result = evalList(frame, values);
      } else if (values[0] instanceof Call call) {
        call.tailCall(frame);
      } else {
        frame.result = values[0].evalMany(frame);
      }
      return RETURN;
    }
  }

  static final class Break extends Statement {
    @Override
    int execute(Frame frame) {
      return BREAK;
    }
  }

  /// Values of a list, of which the last expression gives all it has.
  private static Object[] evalList(Frame frame, Expression[] list) {
    int count = list.length;
    if (count > 0 && list[count - 1].isMany()) {
      return Call.evalAll(frame, list, 0);
    }
    Object[] results = new Object[count];
    for (int i = 0; i < count; i++) {
      results[i] = list[i].eval(frame);
    }
    return results;
  }
}
