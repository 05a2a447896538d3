package io.varve.server.lua.lib;

import io.varve.server.lua.code.Parser;
import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.Builtin;
import io.varve.server.lua.value.Frame;
import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Nil;
import io.varve.server.lua.value.Operations;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// The functions that are globals themselves.
final class BaseLibrary {

  private static final LuaString METATABLE = LuaString.of("__metatable");
  private static final LuaString ERR = LuaString.of("err");
  private static final LuaString TO_STRING = LuaString.of("__tostring");
  private static final Builtin NEXT = new Builtin("next", BaseLibrary::next);
  private static final Builtin IPAIRS_STEP = new Builtin("ipairs", BaseLibrary::ipairsStep);
  private static final int NAME_BYTES_MAX = 79;
  private static final int PROGRAM_BYTES_MAX = 16 << 20;

  private BaseLibrary() {}

  static void addTo(Module module) {
    module
        .add("assert", BaseLibrary::assertTrue)
        .add("collectgarbage", BaseLibrary::collectGarbage)
        .add("error", BaseLibrary::error)
        .add("gcinfo", args -> (double) (args.state().allocatedBytes() >> 10))
        .add("getmetatable", BaseLibrary::getMetatable)
        .add("ipairs", args -> new Object[] {IPAIRS_STEP, args.table(1), 0.0})
        .add("load", BaseLibrary::load)
        .add("loadstring", BaseLibrary::loadString)
        .set("next", NEXT)
        .add("pairs", args -> new Object[] {NEXT, args.table(1), Nil.NIL})
        .add("pcall", BaseLibrary::protectedCall)
        .add("rawequal", args -> Operations.rawEquals(args.any(1), args.any(2)))
        .add("rawget", args -> args.table(1).get(args.any(2)))
        .add("rawset", BaseLibrary::rawSet)
        .add("select", BaseLibrary::select)
        .add("setmetatable", BaseLibrary::setMetatable)
        .add("tonumber", BaseLibrary::toNumber)
        .add("tostring", BaseLibrary::toText)
        .add("type", args -> LuaString.of(Operations.typeName(args.any(1))))
        .add("unpack", BaseLibrary::unpack)
        .add("xpcall", BaseLibrary::protectedCallWithHandler)
        .set("_VERSION", LuaString.of("Lua 5.1"));
  }

  private static Object assertTrue(Args args) {
    if (!Operations.isTrue(args.any(1))) {
      LuaString message = args.optionalString(2);
      throw args.error(message == null ? "assertion failed!" : message.text());
    }
    return args.all();
  }

  private static Object collectGarbage(Args args) {
    LuaString option = args.optionalString(1);
    String what = option == null ? "collect" : option.text();
    return switch (what) {
      case "count" -> args.state().allocatedBytes() / 1024.0;
      case "collect", "stop", "restart" -> 0.0;
      case "step" -> true;
      case "setpause", "setstepmul" -> 200.0;
      default -> throw args.error(1, "invalid option '" + what + "'");
    };
  }

  private static Object error(Args args) {
    int level = args.int32(2, 1);
    Object value = args.get(1);
    LuaString text = Operations.toConcat(value);
    if (text != null && level > 0) {
      value = LuaString.of(args.state().where(level) + text.text());
    }
    throw LuaError.of(args.state(), value);
  }

  private static Object getMetatable(Args args) {
    LuaTable meta = args.state().metatable(args.any(1));
    if (meta == null) {
      return Nil.NIL;
    }
    Object shown = meta.get(METATABLE);
    return shown == Nil.NIL ? meta : shown;
  }

  private static Object setMetatable(Args args) {
    LuaTable table = args.table(1);
    Object meta = args.get(2);
    if (args.isNone(2) || !(meta == Nil.NIL || meta instanceof LuaTable)) {
      throw args.error(2, "nil or table expected");
    }
    LuaTable before = table.metatable();
    if (before != null && before.get(METATABLE) != Nil.NIL) {
      throw args.error("cannot change a protected metatable");
    }
    if (table.isReadOnly()) {
      throw LuaError.of(args.state(), LuaString.of("Attempt to modify a readonly table"));
    }
    table.metatable(meta instanceof LuaTable m ? m : null);
    return table;
  }

  private static Object rawSet(Args args) {
    LuaTable table = args.table(1);
    args.any(2);
    args.any(3);
    if (table.isReadOnly()) {
      throw LuaError.of(args.state(), LuaString.of("Attempt to modify a readonly table"));
    }
    Operations.rawSet(args.state(), table, args.get(2), args.get(3));
    return table;
  }

  private static Object next(Args args) {
    LuaTable table = args.table(1);
    int position = table.nextPosition(args.get(2));
    if (position == -2) {
      throw LuaError.of(args.state(), LuaString.of("invalid key to 'next'"));
    }
    return position < 0 ? Nil.NIL : new Object[] {table.keyAt(position), table.valueAt(position)};
  }

  private static Object ipairsStep(Args args) {
    int index = args.int32(2) + 1;
    Object value = args.table(1).get(index);
    return value == Nil.NIL ? LuaState.NO_VALUES : new Object[] {(double) index, value};
  }

  private static Object select(Args args) {
    if (args.get(1) instanceof LuaString s && s.length() > 0 && s.at(0) == '#') {
      return (double) (args.count() - 1);
    }
    int index = args.int32(1);
    if (index < 0) {
      index += args.count();
    } else if (index > args.count()) {
      index = args.count();
    }
    if (index < 1) {
      throw args.error(1, "index out of range");
    }
    return Arrays.copyOfRange(args.all(), index, Math.max(index, args.count()));
  }

  private static Object unpack(Args args) {
    LuaTable table = args.table(1);
    int from = args.int32(2, 1);
    int to = args.isNil(3) ? table.length() : args.int32(3);
    if (from > to) {
      return LuaState.NO_VALUES;
    }
    long count = (long) to - from + 1;
    if (count >= LuaState.VALUES_MAX) {
      throw args.error("too many results to unpack");
    }
    Object[] values = new Object[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = table.get(from + i);
    }
    return values;
  }

  private static Object toNumber(Args args) {
    int base = args.int32(2, 10);
    if (base == 10) {
      Double number = Operations.toNumber(args.any(1));
      return number == null ? Nil.NIL : number;
    }
    String text = args.string(1).text();
    if (base < 2 || base > 36) {
      throw args.error(2, "base out of range");
    }
    return parse(text.strip(), base);
  }

  /// What `strtoul` makes of a text, nil if not all of it is a number.
  private static Object parse(String text, int base) {
    int at = 0;
    boolean negative = text.startsWith("-");
    if (negative || text.startsWith("+")) {
      at++;
    }
    if (base == 16 && text.regionMatches(true, at, "0x", 0, 2)) {
      at += 2;
    }
    if (at == text.length()) {
      return Nil.NIL;
    }
    long value = 0;
    boolean overflow = false;
    for (; at < text.length(); at++) {
      int digit = text.charAt(at) < 128 ? Character.digit(text.charAt(at), base) : -1;
      if (digit < 0) {
        return Nil.NIL;
      }
      overflow |= Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, base)) > 0;
      value = value * base + digit;
    }
    long result = overflow ? -1L : negative ? -value : value;
    return result >= 0 ? (double) result : ((result >>> 1) | (result & 1)) * 2.0;
  }

  private static Object toText(Args args) {
    Object value = args.any(1);
    LuaState state = args.state();
    Object handler = Operations.metamethod(state, value, TO_STRING);
    if (handler != Nil.NIL) {
      return LuaState.first(Operations.callBack(state, handler, value));
    }
    return Operations.toText(state, value);
  }

  // Protected calls.

  private static Object protectedCall(Args args) {
    LuaState state = args.state();
    // Without arguments Redis calls the true that it has put there for the result.
    Object function = args.count() == 0 ? (Object) true : args.get(1);
    Frame frame = state.frame();
    int depth = state.depth();
    Object[] rest = Arrays.copyOfRange(args.all(), Math.min(1, args.count()), args.count());
    try {
      return prepended(true, Operations.callBack(state, function, rest));
    } catch (LuaError e) {
      state.restore(frame, depth);
      return failed(state, e.value());
    } catch (StackOverflowError _) {
      state.restore(frame, depth);
      return new Object[] {false, LuaString.of("stack overflow")};
    }
  }

  /// An error of a command is a table with its text in `err`; programs get the text, as they did when
  /// errors were texts. Of other tables the field comes along.
  private static Object[] failed(LuaState state, Object error) {
    if (!(error instanceof LuaTable)) {
      return new Object[] {false, error};
    }
    Object text = Operations.index(state, error, ERR);
    return Operations.toConcat(text) != null
        ? new Object[] {false, text}
        : new Object[] {false, error, text};
  }

  private static Object protectedCallWithHandler(Args args) {
    Object handler = args.any(2);
    LuaState state = args.state();
    Frame frame = state.frame();
    int depth = state.depth();
    Object error;
    try {
      return prepended(true, Operations.callBack(state, args.get(1)));
    } catch (LuaError e) {
      error = e.value();
    } catch (StackOverflowError _) {
      error = LuaString.of("stack overflow");
    }
    state.restore(frame, depth);
    return prepended(false, Operations.callBack(state, handler, error));
  }

  static Object[] prepended(Object first, Object result) {
    Object[] values = LuaState.all(result);
    Object[] all = new Object[values.length + 1];
    all[0] = first;
    System.arraycopy(values, 0, all, 1, values.length);
    return all;
  }

  // Programs from strings.

  private static Object loadString(Args args) {
    LuaString source = args.string(1);
    LuaString name = args.optionalString(2);
    return compile(args, source, name == null ? source : name);
  }

  private static Object load(Args args) {
    LuaFunction reader = args.function(1);
    LuaString name = args.optionalString(2);
    ByteArrayOutputStream source = new ByteArrayOutputStream();
    while (true) {
      Object piece = LuaState.first(args.state().callBack(reader));
      if (piece == Nil.NIL) {
        break;
      }
      LuaString text = Operations.toConcat(piece);
      if (text == null) {
        return new Object[] {Nil.NIL, LuaString.of("reader function must return a string")};
      }
      if (text.length() == 0) {
        break;
      }
      args.state().charge(text.length());
      source.writeBytes(text.bytes());
    }
    return compile(
        args, LuaString.of(source.toByteArray()), name == null ? LuaString.of("=(load)") : name);
  }

  private static Object compile(Args args, LuaString source, LuaString name) {
    if (source.length() > PROGRAM_BYTES_MAX) {
      return new Object[] {Nil.NIL, LuaString.of("not enough memory")};
    }
    // The tree takes a multiple of its text.
    args.state().charge(64L * source.length());
    args.state().steps(source.length());
    if (source.length() > 0 && source.at(0) == 27) {
      return new Object[] {
        Nil.NIL, LuaString.of(chunkName(name) + ": bad header in precompiled chunk")
      };
    }
    try {
      return Parser.parse(source, chunkName(name));
    } catch (LuaError e) {
      return new Object[] {Nil.NIL, e.value()};
    }
  }

  /// What errors show of a chunk's name: `=name` and `@file` as they are, a text by its first line.
  static String chunkName(LuaString name) {
    String text = name.text();
    int zero = text.indexOf('\0');
    if (zero >= 0) {
      text = text.substring(0, zero);
    }
    if (text.startsWith("=")) {
      return text.substring(1, Math.min(text.length(), NAME_BYTES_MAX));
    }
    if (text.startsWith("@")) {
      String file = text.substring(1);
      int max = NAME_BYTES_MAX - " '...' ".length();
      return file.length() > max ? "..." + file.substring(file.length() - max) : file;
    }
    int end = 0;
    while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
      end++;
    }
    int max = NAME_BYTES_MAX - " [string \"...\"] ".length();
    boolean cut = end < text.length() || end > max;
    return "[string \"" + text.substring(0, Math.min(end, max)) + (cut ? "...\"]" : "\"]");
  }
}
