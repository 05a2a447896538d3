package io.varve.server.lua.lib;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// `struct`: numbers and strings to and from the layouts of C structures.
///
/// ```
/// > < big or little endian     ! [n] alignment       x a byte of padding
/// b B  h H  l L  T  i[n] I[n]  integers              f d floating point
/// s a string that ends with a zero byte              c[n] n bytes
/// ```
final class StructLibrary {

  private static final int INTEGER_BYTES_MAX = 32;
  private static final int NATIVE_ALIGNMENT = 8;

  /// Reads a format from left to right.
  private static final class Layout {
    private final Args args;
    private final LuaString format;
    private int at;
    private boolean little = true;
    private int alignment = 1;

    Layout(Args args) {
      this.args = args;
      this.format = args.string(1);
    }

    boolean hasNext() {
      return at < format.length();
    }

    char next() {
      return (char) format.at(at++);
    }

    /// A number in the format.
    int number(int otherwise) {
      if (!isDigit()) {
        return otherwise;
      }
      int value = 0;
      while (isDigit()) {
        int digit = format.at(at++) - '0';
        if (value > (Integer.MAX_VALUE - digit) / 10) {
          throw args.error("integral size overflow");
        }
        value = value * 10 + digit;
      }
      return value;
    }

    private boolean isDigit() {
      return at < format.length() && format.at(at) >= '0' && format.at(at) <= '9';
    }

    /// Bytes of an option; 0 of one that is of no fixed size.
    int size(char option) {
      return switch (option) {
        case 'B', 'b', 'x' -> 1;
        case 'H', 'h' -> 2;
        case 'L', 'l', 'T', 'd' -> 8;
        case 'f' -> 4;
        case 'c' -> number(1);
        case 'i', 'I' -> {
          int size = number(4);
          if (size > INTEGER_BYTES_MAX) {
            throw args.error(
                "integral size " + size + " is larger than limit of " + INTEGER_BYTES_MAX);
          }
          yield size;
        }
        default -> 0;
      };
    }

    int padding(int size, char option, long offset) {
      if (size == 0 || option == 'c') {
        return 0;
      }
      int to = Math.min(size, alignment);
      return to > 1 ? (int) ((to - (offset & (to - 1))) & (to - 1)) : 0;
    }

    void control(char option) {
      switch (option) {
        case ' ' -> {}
        case '>' -> little = false;
        case '<' -> little = true;
        case '!' -> {
          int to = number(NATIVE_ALIGNMENT);
          if (to == 0 || (to & (to - 1)) != 0) {
            throw args.error("alignment " + to + " is not a power of 2");
          }
          alignment = to;
        }
        default -> throw args.error(1, "invalid format option '" + option + "'");
      }
    }
  }

  private StructLibrary() {}

  static LuaTable table() {
    return new Module()
        .add("pack", StructLibrary::pack)
        .add("size", StructLibrary::size)
        .add("unpack", StructLibrary::unpack)
        .sealed();
  }

  private static Object pack(Args args) {
    Layout layout = new Layout(args);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LuaState state = args.state();
    int arg = 2;
    while (layout.hasNext()) {
      char option = layout.next();
      int size = layout.size(option);
      state.stringSize((long) out.size() + size);
      state.charge(size + 1L);
      for (int i = layout.padding(size, option, out.size()); i > 0; i--) {
        out.write(0);
      }
      switch (option) {
        case 'b', 'B', 'h', 'H', 'l', 'L', 'T', 'i', 'I' ->
            writeInteger(out, args.number(arg++), layout.little, size);
        case 'x' -> out.write(0);
        case 'f' ->
            writeBits(out, Float.floatToRawIntBits((float) args.number(arg++)), layout.little, 4);
        case 'd' ->
            writeBits(out, Double.doubleToRawLongBits(args.number(arg++)), layout.little, 8);
        case 'c', 's' -> {
          LuaString s = args.string(arg++);
          int length = size == 0 ? s.length() : size;
          if (s.length() < length) {
            throw args.error(arg, "string too short");
          }
          state.charge(length);
          out.write(s.bytes(), 0, length);
          if (option == 's') {
            out.write(0);
          }
        }
        default -> layout.control(option);
      }
    }
    return state.string(out.toByteArray());
  }

  private static Object size(Args args) {
    Layout layout = new Layout(args);
    long total = 0;
    while (layout.hasNext()) {
      char option = layout.next();
      int size = layout.size(option);
      int padding = layout.padding(size, option, total);
      if (option == 's' || (option == 'c' && size == 0)) {
        throw args.error(1, "option '" + (option == 's' ? "s" : "c0") + "' has no fixed size");
      }
      if ("bBhHlLTiIfdxc".indexOf(option) < 0) {
        layout.control(option);
      }
      total += padding + size;
    }
    return (double) total;
  }

  private static Object unpack(Args args) {
    Layout layout = new Layout(args);
    LuaString data = args.string(2);
    long position = args.integer(3, 1) - 1;
    if (position < 0) {
      throw args.error(3, "offset must be 1 or greater");
    }
    List<Object> values = new ArrayList<>();
    while (layout.hasNext()) {
      char option = layout.next();
      int size = layout.size(option);
      position += layout.padding(size, option, position);
      if (position + size > data.length()) {
        throw args.error(2, "data string too short");
      }
      if (values.size() >= LuaState.VALUES_MAX) {
        throw args.error("too many results");
      }
      int at = (int) position;
      switch (option) {
        case 'b', 'B', 'h', 'H', 'l', 'L', 'T', 'i', 'I' ->
            values.add(readInteger(data, at, layout.little, size, Character.isLowerCase(option)));
        case 'x' -> {}
        case 'f' ->
            values.add((double) Float.intBitsToFloat((int) readBits(data, at, layout.little, 4)));
        case 'd' -> values.add(Double.longBitsToDouble(readBits(data, at, layout.little, 8)));
        case 'c' -> {
          if (size == 0) {
            if (values.isEmpty() || !(values.getLast() instanceof Double length)) {
              throw args.error("format 'c0' needs a previous size");
            }
            values.removeLast();
            double wanted = length;
            if (!(wanted >= 0 && position + wanted <= data.length())) {
              throw args.error(2, "data string too short");
            }
            size = (int) wanted;
          }
          values.add(data.slice(at, at + size));
        }
        case 's' -> {
          int end = at;
          while (end < data.length() && data.at(end) != 0) {
            end++;
          }
          if (end >= data.length()) {
            throw args.error("unfinished string in data");
          }
          values.add(data.slice(at, end));
          size = end - at + 1;
        }
        default -> layout.control(option);
      }
      position += size;
    }
    values.add((double) (position + 1));
    return values.toArray();
  }

  private static void writeInteger(
      ByteArrayOutputStream out, double number, boolean little, int size) {
    long value;
    if (number < 0) {
      value = (long) number;
    } else {
      value = number >= 0x1p63 ? (long) (number - 0x1p63) ^ Long.MIN_VALUE : (long) number;
    }
    writeBits(out, value, little, size);
  }

  private static void writeBits(ByteArrayOutputStream out, long bits, boolean little, int size) {
    for (int i = 0; i < size; i++) {
      int index = little ? i : size - 1 - i;
      // The machine that Redis was written on fills what is beyond 64 bits with zeros.
      out.write(index < 8 ? (int) (bits >>> (8 * index)) : 0);
    }
  }

  private static double readInteger(
      LuaString data, int at, boolean little, int size, boolean signed) {
    long bits = readBits(data, at, little, size);
    if (!signed) {
      return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
    }
    if (size < 8 && size > 0) {
      int shift = 64 - 8 * size;
      bits = (bits << shift) >> shift;
    }
    return bits;
  }

  private static long readBits(LuaString data, int at, boolean little, int size) {
    long bits = 0;
    for (int i = 0; i < size; i++) {
      int index = little ? size - 1 - i : i;
      bits = (bits << 8) | data.at(at + index);
    }
    return bits;
  }
}
