package io.varve.server.lua.lib;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import java.util.function.IntBinaryOperator;

/// `bit`: operations on 32 bits, with the numbers of Mike Pall's BitOp.
final class BitLibrary {

  /// Adding it leaves the number modulo 2^32 in the low bits of the sum.
  private static final double ROUNDER = 6755399441055744.0;

  private BitLibrary() {}

  static LuaTable table() {
    Module module = new Module();
    fold(module, "band", (a, b) -> a & b);
    fold(module, "bor", (a, b) -> a | b);
    fold(module, "bxor", (a, b) -> a ^ b);
    shift(module, "lshift", (a, n) -> a << n);
    shift(module, "rshift", (a, n) -> a >>> n);
    shift(module, "arshift", (a, n) -> a >> n);
    shift(module, "rol", Integer::rotateLeft);
    shift(module, "ror", Integer::rotateRight);
    return module
        .add("tobit", args -> (double) bits(args, 1))
        .add("bnot", args -> (double) ~bits(args, 1))
        .add("bswap", args -> (double) Integer.reverseBytes(bits(args, 1)))
        .add("tohex", BitLibrary::toHex)
        .sealed();
  }

  private static int bits(Args args, int position) {
    return (int) Double.doubleToRawLongBits(args.number(position) + ROUNDER);
  }

  private static void fold(Module module, String name, IntBinaryOperator operator) {
    module.add(
        name,
        args -> {
          int result = bits(args, 1);
          for (int i = 2; i <= args.count(); i++) {
            result = operator.applyAsInt(result, bits(args, i));
          }
          return (double) result;
        });
  }

  private static void shift(Module module, String name, IntBinaryOperator operator) {
    module.add(name, args -> (double) operator.applyAsInt(bits(args, 1), bits(args, 2) & 31));
  }

  private static Object toHex(Args args) {
    int value = bits(args, 1);
    int digits = args.isNone(2) ? 8 : bits(args, 2);
    boolean upper = digits < 0;
    int count = Math.min(8, digits == Integer.MIN_VALUE ? 8 : Math.abs(digits));
    StringBuilder text = new StringBuilder();
    for (int i = count - 1; i >= 0; i--) {
      text.append(Character.forDigit(value >>> (4 * i) & 15, 16));
    }
    String hex = text.toString();
    return LuaString.of(upper ? hex.toUpperCase(java.util.Locale.ROOT) : hex);
  }
}
