package io.varve.server.lua.code;

import io.varve.server.lua.value.Frame;
import io.varve.server.lua.value.Operations;

/// Nodes that compare, and those that combine truth values.
final class Comparisons {

  private Comparisons() {}

  /// A node whose value is true or false.
  abstract static class Test extends Expression {
    final Expression left;
    final Expression right;

    Test(int line, Expression left, Expression right) {
      super(line);
      this.left = left;
      this.right = right;
    }

    @Override
    final Object eval(Frame frame) {
      return test(frame);
    }
  }

  static final class Equal extends Test {
    private final boolean wanted;

    /// @param wanted false for `~=`
    Equal(int line, Expression left, Expression right, boolean wanted) {
      super(line, left, right);
      this.wanted = wanted;
    }

    @Override
    boolean test(Frame frame) {
      Object a = left.eval(frame);
      Object b = right.eval(frame);
      if (a instanceof Double x && b instanceof Double y) {
        return ((double) x == (double) y) == wanted;
      }
      frame.site = this;
      return Operations.equals(frame.state, a, b) == wanted;
    }
  }

  static final class Less extends Test {
    Less(int line, Expression left, Expression right) {
      super(line, left, right);
    }

    @Override
    boolean test(Frame frame) {
      Object a = left.eval(frame);
      Object b = right.eval(frame);
      if (a instanceof Double x && b instanceof Double y) {
        return x < y;
      }
      frame.site = this;
      return Operations.less(frame.state, a, b);
    }
  }

  static final class LessOrEqual extends Test {
    LessOrEqual(int line, Expression left, Expression right) {
      super(line, left, right);
    }

    @Override
    boolean test(Frame frame) {
      Object a = left.eval(frame);
      Object b = right.eval(frame);
      if (a instanceof Double x && b instanceof Double y) {
        return x <= y;
      }
      frame.site = this;
      return Operations.lessOrEqual(frame.state, a, b);
    }
  }

  /// `a > b` and `a >= b`: the operands are evaluated from the left and compared the other way round.
  static final class Greater extends Test {
    private final boolean orEqual;

    Greater(int line, Expression left, Expression right, boolean orEqual) {
      super(line, left, right);
      this.orEqual = orEqual;
    }

    @Override
    boolean test(Frame frame) {
      Object a = left.eval(frame);
      Object b = right.eval(frame);
      if (a instanceof Double x && b instanceof Double y) {
        return orEqual ? x >= y : x > y;
      }
      frame.site = this;
      return orEqual
          ? Operations.lessOrEqual(frame.state, b, a)
          : Operations.less(frame.state, b, a);
    }
  }

  static final class Not extends Expression {
    private final Expression operand;

    Not(int line, Expression operand) {
      super(line);
      this.operand = operand;
    }

    @Override
    Object eval(Frame frame) {
      return !operand.test(frame);
    }

    @Override
    boolean test(Frame frame) {
      return !operand.test(frame);
    }
  }

  static final class And extends Expression {
    private final Expression left;
    private final Expression right;

    And(int line, Expression left, Expression right) {
      super(line);
      this.left = left;
      this.right = right;
    }

    @Override
    Object eval(Frame frame) {
      Object value = left.eval(frame);
      return Operations.isTrue(value) ? right.eval(frame) : value;
    }

    @Override
    boolean test(Frame frame) {
      return left.test(frame) && right.test(frame);
    }
  }

  static final class Or extends Expression {
    private final Expression left;
    private final Expression right;

    Or(int line, Expression left, Expression right) {
      super(line);
      this.left = left;
      this.right = right;
    }

    @Override
    Object eval(Frame frame) {
      Object value = left.eval(frame);
      return Operations.isTrue(value) ? value : right.eval(frame);
    }

    @Override
    boolean test(Frame frame) {
      return left.test(frame) || right.test(frame);
    }
  }
}
