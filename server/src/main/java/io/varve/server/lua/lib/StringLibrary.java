package io.varve.server.lua.lib;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;

/// `string`, apart from patterns and `format`.
final class StringLibrary {

  private StringLibrary() {}

  static LuaTable table() {
    return new Module()
        .add("byte", StringLibrary::bytes)
        .add("char", StringLibrary::fromBytes)
        .add(
            "dump",
            args -> {
              args.function(1);
              throw args.error("unable to dump given function");
            })
        .add("find", PatternFunctions::find)
        .add("format", Format::format)
        .add("gfind", PatternFunctions::matches)
        .add("gmatch", PatternFunctions::matches)
        .add("gsub", PatternFunctions::substitute)
        .add("len", args -> (double) args.string(1).length())
        .add("lower", args -> cased(args, 'A', 'Z'))
        .add("match", PatternFunctions::match)
        .add("rep", StringLibrary::repeat)
        .add("reverse", StringLibrary::reverse)
        .add("sub", StringLibrary::sub)
        .add("upper", args -> cased(args, 'a', 'z'))
        .sealed();
  }

  /// A position that counts from the end if it is negative, as one from the beginning; 0 if before it.
  static long absolute(long position, int length) {
    long at = position < 0 ? position + length + 1 : position;
    return Math.max(at, 0);
  }

  private static Object bytes(Args args) {
    LuaString s = args.string(1);
    long from = absolute(args.integer(2, 1), s.length());
    long to = Math.min(absolute(args.integer(3, from), s.length()), s.length());
    from = Math.max(from, 1);
    if (from > to) {
      return LuaState.NO_VALUES;
    }
    if (to - from + 1 >= LuaState.VALUES_MAX) {
      throw args.error("string slice too long");
    }
    Object[] values = new Object[(int) (to - from + 1)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (double) s.at((int) from - 1 + i);
    }
    return values;
  }

  private static Object fromBytes(Args args) {
    byte[] bytes = new byte[args.count()];
    for (int i = 0; i < bytes.length; i++) {
      int value = args.int32(i + 1);
      if ((value & 0xff) != value) {
        throw args.error(i + 1, "invalid value");
      }
      bytes[i] = (byte) value;
    }
    return args.state().string(bytes);
  }

  private static Object cased(Args args, char from, char to) {
    LuaString s = args.string(1);
    byte[] bytes = s.bytes().clone();
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] >= from && bytes[i] <= to) {
        bytes[i] ^= 0x20;
      }
    }
    return args.state().string(bytes);
  }

  private static Object repeat(Args args) {
    byte[] unit = args.string(1).bytes();
    long count = args.integer(2);
    if (count <= 0 || unit.length == 0) {
      return LuaString.EMPTY;
    }
    if (count > Integer.MAX_VALUE) {
      count = Integer.MAX_VALUE;
    }
    LuaState state = args.state();
    int size = state.stringSize(unit.length * count);
    state.charge(size + 40L);
    state.steps(size >> 6);
    byte[] all = new byte[size];
    for (int at = 0; at < size; at += unit.length) {
      System.arraycopy(unit, 0, all, at, unit.length);
    }
    return LuaString.of(all);
  }

  private static Object reverse(Args args) {
    byte[] bytes = args.string(1).bytes();
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return args.state().string(reversed);
  }

  private static Object sub(Args args) {
    LuaString s = args.string(1);
    long from = Math.max(absolute(args.integer(2), s.length()), 1);
    long to = Math.min(absolute(args.integer(3, -1), s.length()), s.length());
    if (from > to) {
      return LuaString.EMPTY;
    }
    args.state().charge(40 + to - from);
    return s.slice((int) from - 1, (int) to);
  }
}
