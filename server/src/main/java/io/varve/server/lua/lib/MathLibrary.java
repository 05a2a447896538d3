package io.varve.server.lua.lib;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Numbers;
import io.varve.server.lua.value.Rand48;
import java.util.function.DoubleUnaryOperator;

/// `math`.
final class MathLibrary {

  private static final double DEGREE = Math.PI / 180;

  private MathLibrary() {}

  static LuaTable table() {
    Module module = new Module();
    one(module, "abs", Math::abs);
    one(module, "atan", Math::atan);
    one(module, "ceil", Math::ceil);
    one(module, "cos", Math::cos);
    one(module, "cosh", Math::cosh);
    one(module, "deg", x -> x / DEGREE);
    one(module, "exp", Math::exp);
    one(module, "floor", Math::floor);
    one(module, "log", Math::log);
    one(module, "log10", Math::log10);
    one(module, "rad", x -> x * DEGREE);
    one(module, "sin", Math::sin);
    one(module, "sinh", Math::sinh);
    one(module, "sqrt", Math::sqrt);
    one(module, "tan", Math::tan);
    one(module, "tanh", Math::tanh);
    return module
        // Out of their range these two give a NaN without the sign.
        .add("acos", args -> unsigned(Math.acos(args.number(1))))
        .add("asin", args -> unsigned(Math.asin(args.number(1))))
        .add("atan2", args -> Math.atan2(args.number(1), args.number(2)))
        .add("fmod", MathLibrary::remainder)
        .add("frexp", MathLibrary::split)
        .add("ldexp", args -> scale(args.number(1), args.int32(2)))
        .add("max", MathLibrary::max)
        .add("min", MathLibrary::min)
        .add("mod", MathLibrary::remainder)
        .add("modf", MathLibrary::fraction)
        .add("pow", args -> power(args.number(1), args.number(2)))
        .add("random", MathLibrary::random)
        .add("randomseed", MathLibrary::seed)
        .set("pi", Math.PI)
        .set("huge", Double.POSITIVE_INFINITY)
        .sealed();
  }

  private static void one(Module module, String name, DoubleUnaryOperator function) {
    module.add(
        name,
        args -> {
          double x = args.number(1);
          return Numbers.orNan(function.applyAsDouble(x), x, x);
        });
  }

  private static double unsigned(double result) {
    return Double.isNaN(result) ? Double.NaN : result;
  }

  private static double power(double a, double b) {
    // C says that one to any power, and minus one to an infinite one, is one.
    return a == 1 || (a == -1 && Double.isInfinite(b)) ? 1 : Numbers.orNan(Math.pow(a, b), a, b);
  }

  private static Object remainder(Args args) {
    double a = args.number(1);
    double b = args.number(2);
    return Numbers.orNan(a % b, a, b);
  }

  private static Object split(Args args) {
    double x = args.number(1);
    if (x == 0 || Double.isNaN(x) || Double.isInfinite(x)) {
      return new Object[] {x, 0.0};
    }
    int exponent = Math.getExponent(x) + 1;
    if (Math.abs(x) < Double.MIN_NORMAL) {
      exponent = Math.getExponent(x * 0x1p54) + 1 - 54;
    }
    return new Object[] {scale(x, -exponent), (double) exponent};
  }

  private static double scale(double x, int exponent) {
    return Math.scalb(x, exponent);
  }

  private static Object fraction(Args args) {
    double x = args.number(1);
    if (Double.isInfinite(x)) {
      return new Object[] {x, Math.copySign(0.0, x)};
    }
    double whole = x < 0 ? Math.ceil(x) : Math.floor(x);
    return new Object[] {whole, Math.copySign(x - whole, x)};
  }

  private static Object max(Args args) {
    double max = args.number(1);
    for (int i = 2; i <= args.count(); i++) {
      double x = args.number(i);
      if (x > max) {
        max = x;
      }
    }
    return max;
  }

  private static Object min(Args args) {
    double min = args.number(1);
    for (int i = 2; i <= args.count(); i++) {
      double x = args.number(i);
      if (x < min) {
        min = x;
      }
    }
    return min;
  }

  @SuppressWarnings("RefactorSwitch") // Some branches are several statements long.
  private static Object random(Args args) {
    double drawn = (args.state().random().next() % Rand48.MAX) / (double) Rand48.MAX;
    switch (args.count()) {
      case 0 -> {
        return drawn;
      }
      case 1 -> {
        int to = args.int32(1);
        if (to < 1) {
          throw args.error(1, "interval is empty");
        }
        return Math.floor(drawn * to) + 1;
      }
      case 2 -> {
        int from = args.int32(1);
        int to = args.int32(2);
        if (from > to) {
          throw args.error(2, "interval is empty");
        }
        return Math.floor(drawn * ((double) to - from + 1)) + from;
      }
      default -> throw args.error("wrong number of arguments");
    }
  }

  private static Object seed(Args args) {
    args.state().random().seed(args.int32(1));
    return io.varve.server.lua.value.LuaState.NO_VALUES;
  }
}
