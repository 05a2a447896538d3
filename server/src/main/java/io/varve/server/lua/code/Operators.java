package io.varve.server.lua.code;

import io.varve.server.lua.value.Frame;
import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Numbers;
import io.varve.server.lua.value.Operations;
import io.varve.server.lua.value.Operations.Arithmetic;
import io.varve.server.lua.value.Operations.OperandError;

/// Nodes of arithmetic, concatenation and length.
final class Operators {

  private Operators() {}

  abstract static class Binary extends Expression {
    final Expression left;
    final Expression right;

    Binary(int line, Expression left, Expression right) {
      super(line);
      this.left = left;
      this.right = right;
    }

    final LuaError named(Frame frame, OperandError e) {
      return e.named(frame.state, (e.isSecond() ? right : left).describe());
    }

    final Object slow(Frame frame, Arithmetic operator, Object a, Object b) {
      frame.site = this;
      try {
        return Operations.arithmetic(frame.state, operator, a, b);
      } catch (OperandError e) {
        throw named(frame, e);
      }
    }
  }

  static final class Add extends Binary {
    Add(int line, Expression left, Expression right) {
      super(line, left, right);
    }

    @Override
    Object eval(Frame frame) {
      Object a = left.eval(frame);
      Object b = right.eval(frame);
      if (a instanceof Double x && b instanceof Double y) {
        return Numbers.orNan(x + y, x, y);
      }
      return slow(frame, Arithmetic.ADD, a, b);
    }
  }

  static final class Subtract extends Binary {
    Subtract(int line, Expression left, Expression right) {
      super(line, left, right);
    }

    @Override
    Object eval(Frame frame) {
      Object a = left.eval(frame);
      Object b = right.eval(frame);
      if (a instanceof Double x && b instanceof Double y) {
        return Numbers.orNan(x - y, x, y);
      }
      return slow(frame, Arithmetic.SUB, a, b);
    }
  }

  static final class Multiply extends Binary {
    Multiply(int line, Expression left, Expression right) {
      super(line, left, right);
    }

    @Override
    Object eval(Frame frame) {
      Object a = left.eval(frame);
      Object b = right.eval(frame);
      if (a instanceof Double x && b instanceof Double y) {
        return Numbers.orNan(x * y, x, y);
      }
      return slow(frame, Arithmetic.MUL, a, b);
    }
  }

  static final class Divide extends Binary {
    Divide(int line, Expression left, Expression right) {
      super(line, left, right);
    }

    @Override
    Object eval(Frame frame) {
      Object a = left.eval(frame);
      Object b = right.eval(frame);
      if (a instanceof Double x && b instanceof Double y) {
        return Numbers.orNan(x / y, x, y);
      }
      return slow(frame, Arithmetic.DIV, a, b);
    }
  }

  /// `%` and `^`.
  static final class Other extends Binary {
    private final Arithmetic operator;

    Other(int line, Arithmetic operator, Expression left, Expression right) {
      super(line, left, right);
      this.operator = operator;
    }

    @Override
    Object eval(Frame frame) {
      Object a = left.eval(frame);
      Object b = right.eval(frame);
      return slow(frame, operator, a, b);
    }
  }

  static final class Negate extends Expression {
    private final Expression operand;

    Negate(int line, Expression operand) {
      super(line);
      this.operand = operand;
    }

    @Override
    Object eval(Frame frame) {
      Object a = operand.eval(frame);
      if (a instanceof Double x) {
        return Numbers.negate(x);
      }
      frame.site = this;
      try {
        return Operations.arithmetic(frame.state, Arithmetic.UNM, a, a);
      } catch (OperandError e) {
        throw e.named(frame.state, operand.describe());
      }
    }
  }

  static final class Length extends Expression {
    private final Expression operand;

    Length(int line, Expression operand) {
      super(line);
      this.operand = operand;
    }

    @Override
    Object eval(Frame frame) {
      Object a = operand.eval(frame);
      if (a instanceof LuaTable table) {
        return (double) table.length();
      }
      frame.site = this;
      try {
        return Operations.length(a);
      } catch (OperandError e) {
        throw e.named(frame.state, operand.describe());
      }
    }
  }

  /// A chain `a .. b .. c`: joined from the right, strings and numbers in one go.
  static final class Concat extends Expression {
    private final Expression[] operands;

    Concat(int line, Expression[] operands) {
      super(line);
      this.operands = operands;
    }

    Expression[] operands() {
      return operands;
    }

    @Override
    Object eval(Frame frame) {
      int count = operands.length;
      Object[] values = new Object[count];
      for (int i = 0; i < count; i++) {
        values[i] = operands[i].eval(frame);
      }
      frame.site = this;
      int end = count;
      while (end > 1) {
        int from = end;
        long bytes = 0;
        while (from > 0) {
          LuaString text = Operations.toConcat(values[from - 1]);
          if (text == null) {
            break;
          }
          values[from - 1] = text;
          bytes += text.length();
          from--;
        }
        if (end - from > 1) {
          values[from] = join(frame, values, from, end, bytes);
          end = from + 1;
        } else {
          values[end - 2] = joinTwo(frame, values[end - 2], values[end - 1], end - 2);
          end--;
        }
      }
      return values[0];
    }

    private static LuaString join(Frame frame, Object[] values, int from, int end, long bytes) {
      int size = frame.state.stringSize(bytes);
      frame.state.charge(size + 40L);
      byte[] all = new byte[size];
      int at = 0;
      for (int i = from; i < end; i++) {
        byte[] part = ((LuaString) values[i]).bytes();
        System.arraycopy(part, 0, all, at, part.length);
        at += part.length;
      }
      return LuaString.of(all);
    }

    private Object joinTwo(Frame frame, Object a, Object b, int index) {
      try {
        return Operations.concat(frame.state, a, b);
      } catch (OperandError e) {
        Expression culprit = operands[e.isSecond() ? index + 1 : index];
        throw e.named(frame.state, culprit.describe());
      }
    }
  }
}
