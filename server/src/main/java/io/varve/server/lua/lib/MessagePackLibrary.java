package io.varve.server.lua.lib;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Nil;
import io.varve.server.lua.value.Operations;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// `cmsgpack`. The format: github.com/msgpack/msgpack/blob/master/spec.md.
final class MessagePackLibrary {

  /// Tables nested deeper are written as nil.
  private static final int NESTING_MAX = 16;

  /// Arrays and maps that are read may be nested so deeply.
  private static final int DECODE_NESTING_MAX = 1000;

  private MessagePackLibrary() {}

  static LuaTable table() {
    return new Module()
        .add("pack", MessagePackLibrary::pack)
        .add("unpack", args -> unpack(args, 0, 0))
        .add("unpack_one", args -> unpack(args, 1, args.int32(2, 0)))
        .add("unpack_limit", args -> unpack(args, args.int32(2), args.int32(3, 0)))
        .set("_NAME", LuaString.of("cmsgpack"))
        .set("_VERSION", LuaString.of("lua-cmsgpack 0.4.0"))
        .set("_COPYRIGHT", LuaString.of("Copyright (C) 2012, Salvatore Sanfilippo"))
        .set("_DESCRIPTION", LuaString.of("MessagePack C implementation for Lua"))
        .sealed();
  }

  private static Object pack(Args args) {
    if (args.count() == 0) {
      throw args.error(0, "MessagePack pack needs input.");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 1; i <= args.count(); i++) {
      encode(args.state(), out, args.get(i), 0);
    }
    return args.state().string(out.toByteArray());
  }

  private static void encode(LuaState state, ByteArrayOutputStream out, Object value, int level) {
    state.step();
    state.charge(1);
    switch (value) {
      case LuaString s -> {
        lengths(out, s.length(), 0xa0, 31, 0xd9);
        state.charge(s.length());
        state.stringSize((long) out.size() + s.length());
        out.writeBytes(s.bytes());
      }
      case Boolean b -> out.write(b ? 0xc3 : 0xc2);
      case Double d -> number(out, d);
      case LuaTable table when level < NESTING_MAX -> table(state, out, table, level);
      default -> out.write(0xc0);
    }
  }

  /// The head of what has a length.
  ///
  /// @param fixed code of those whose length is part of it, up to `fixedMax`
  /// @param code of a length of one byte if there is such a form (strings), else the one before that of
  ///     two bytes
  private static void lengths(
      ByteArrayOutputStream out, int length, int fixed, int fixedMax, int code) {
    if (length <= fixedMax) {
      out.write(fixed | length);
    } else if (length <= 0xff && code == 0xd9) {
      out.write(code);
      out.write(length);
    } else if (length <= 0xffff) {
      out.write(code + 1);
      big(out, length, 2);
    } else {
      out.write(code + 2);
      big(out, length, 4);
    }
  }

  private static void big(ByteArrayOutputStream out, long value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) {
      out.write((int) (value >>> (8 * i)));
    }
  }

  private static void number(ByteArrayOutputStream out, double d) {
    long whole = (long) d;
    if (whole == d && whole != Long.MAX_VALUE) {
      integer(out, whole);
    } else if ((double) (float) d == d) {
      out.write(0xca);
      big(out, Float.floatToRawIntBits((float) d) & 0xffffffffL, 4);
    } else {
      out.write(0xcb);
      big(out, Double.doubleToRawLongBits(d), 8);
    }
  }

  private static void integer(ByteArrayOutputStream out, long n) {
    if (n >= -32 && n <= 127) {
      out.write((int) n);
    } else if (n >= 0) {
      int size = n <= 0xff ? 0 : n <= 0xffff ? 1 : n <= 0xffffffffL ? 2 : 3;
      out.write(0xcc + size);
      big(out, n, 1 << size);
    } else {
      int size = n >= -128 ? 0 : n >= -32768 ? 1 : n >= Integer.MIN_VALUE ? 2 : 3;
      out.write(0xd0 + size);
      big(out, n, 1 << size);
    }
  }

  private static void table(LuaState state, ByteArrayOutputStream out, LuaTable table, int level) {
    if (isArray(state, table)) {
      int length = table.length();
      lengths(out, length, 0x90, 15, 0xdb);
      for (int i = 1; i <= length; i++) {
        encode(state, out, table.get(i), level + 1);
      }
      return;
    }
    int count = 0;
    for (int at = table.firstFrom(0); at >= 0; at = table.firstFrom(at + 1)) {
      count++;
    }
    lengths(out, count, 0x80, 15, 0xdd);
    for (int at = table.firstFrom(0); at >= 0; at = table.firstFrom(at + 1)) {
      encode(state, out, table.keyAt(at), level + 1);
      encode(state, out, table.valueAt(at), level + 1);
    }
  }

  private static boolean isArray(LuaState state, LuaTable table) {
    int max = 0;
    int count = 0;
    for (int at = table.firstFrom(0); at >= 0; at = table.firstFrom(at + 1)) {
      state.step();
      if (!(table.keyAt(at) instanceof Double index)
          || index <= 0
          || (int) (double) index != index) {
        return false;
      }
      max = Math.max(max, (int) (double) index);
      count++;
    }
    return max == count;
  }

  private static Object unpack(Args args, int limit, int offset) {
    LuaString data = args.string(1);
    if (offset < 0 || limit < 0) {
      throw args.error(
          "Invalid request to unpack with offset of " + offset + " and limit of " + limit + ".");
    }
    if (offset > data.length()) {
      throw args.error(
          "Start offset " + offset + " greater than input length " + data.length() + ".");
    }
    boolean all = limit == 0 && offset == 0;
    int max = all ? Integer.MAX_VALUE : limit;
    Decoder decoder = new Decoder(args, data, offset);
    List<Object> values = new ArrayList<>();
    while (decoder.at < data.length() && values.size() < max) {
      if (values.size() >= LuaState.VALUES_MAX) {
        throw args.error("stack overflow (in function mp_unpack_full)");
      }
      values.add(decoder.value(0));
    }
    if (!all) {
      values.addFirst(decoder.at == data.length() ? -1.0 : (double) decoder.at);
    }
    return values.toArray();
  }

  /// Reads values one after the other.
  private static final class Decoder {
    private final Args args;
    private final LuaString data;
    private int at;

    Decoder(Args args, LuaString data, int at) {
      this.args = args;
      this.data = data;
      this.at = at;
    }

    Object value(int level) {
      args.state().step();
      if (level > DECODE_NESTING_MAX) {
        throw args.error("stack overflow (in function mp_decode_to_lua_type)");
      }
      int code = (int) unsigned(1);
      if (code <= 0x7f) {
        return (double) code;
      }
      if (code >= 0xe0) {
        return (double) (byte) code;
      }
      if (code <= 0x8f) {
        return map(code & 15, level);
      }
      if (code <= 0x9f) {
        return array(code & 15, level);
      }
      if (code <= 0xbf) {
        return string(code & 31);
      }
      return switch (code) {
        case 0xc0 -> Nil.NIL;
        case 0xc2 -> false;
        case 0xc3 -> true;
        case 0xd9 -> string(unsigned(1));
        case 0xda -> string(unsigned(2));
        case 0xdb -> string(unsigned(4));
        case 0xca -> (double) Float.intBitsToFloat((int) unsigned(4));
        case 0xcb -> Double.longBitsToDouble(unsigned(8));
        case 0xcc -> (double) unsigned(1);
        case 0xcd -> (double) unsigned(2);
        case 0xce -> (double) unsigned(4);
        case 0xcf -> {
          long bits = unsigned(8);
          yield bits >= 0 ? (double) bits : ((bits >>> 1) | (bits & 1)) * 2.0;
        }
        case 0xd0 -> (double) (byte) unsigned(1);
        case 0xd1 -> (double) (short) unsigned(2);
        case 0xd2 -> (double) (int) unsigned(4);
        case 0xd3 -> (double) unsigned(8);
        case 0xdc -> array(unsigned(2), level);
        case 0xdd -> array(unsigned(4), level);
        case 0xde -> map(unsigned(2), level);
        case 0xdf -> map(unsigned(4), level);
        default -> throw args.error("Bad data format in input.");
      };
    }

    private LuaTable array(long count, int level) {
      LuaTable table = new LuaTable(args.state());
      for (long i = 1; i <= count; i++) {
        table.set((int) i, value(level + 1));
      }
      return table;
    }

    private LuaTable map(long count, int level) {
      LuaTable table = new LuaTable(args.state());
      for (long i = 0; i < count; i++) {
        Object key = value(level + 1);
        Object value = value(level + 1);
        Operations.rawSet(args.state(), table, key, value);
      }
      return table;
    }

    private LuaString string(long length) {
      need(length);
      args.state().charge(length + 40);
      LuaString s = data.slice(at, at + (int) length);
      at += (int) length;
      return s;
    }

    private long unsigned(int bytes) {
      need(bytes);
      long value = 0;
      for (int i = 0; i < bytes; i++) {
        value = (value << 8) | data.at(at++);
      }
      return value;
    }

    private void need(long bytes) {
      if (bytes > data.length() - at) {
        throw args.error("Missing bytes in input.");
      }
    }
  }
}
