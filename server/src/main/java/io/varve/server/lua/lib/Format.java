package io.varve.server.lua.lib;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.Numbers;
import java.io.ByteArrayOutputStream;
import java.util.Locale;

/// `string.format`: the conversions of C's printf, done here, since Java's differ in many details.
@SuppressWarnings("IncrementInForLoopAndHeader") // A conversion is several characters long.
final class Format {

  private static final String FLAGS = "-+ #0";

  /// One conversion: `%-+ #0<width>.<precision><letter>`.
  private record Spec(String flags, int width, int precision, int end) {
    boolean has(char flag) {
      return flags.indexOf(flag) >= 0;
    }
  }

  private Format() {}

  static Object format(Args args) {
    LuaString template = args.string(1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LuaState state = args.state();
    int arg = 1;
    for (int i = 0; i < template.length(); i++) {
      int c = template.at(i);
      if (c != '%') {
        out.write(c);
        continue;
      }
      i++;
      if (i < template.length() && template.at(i) == '%') {
        out.write('%');
        continue;
      }
      arg++;
      if (args.isNone(arg)) {
        throw args.error(arg, "no value");
      }
      Spec spec = parse(args, template, i);
      i = spec.end;
      int before = out.size();
      convert(args, arg, spec, i < template.length() ? (char) template.at(i) : 0, out);
      state.charge(out.size() - before);
      state.stringSize(out.size());
    }
    return state.string(out.toByteArray());
  }

  private static Spec parse(Args args, LuaString template, int from) {
    int at = from;
    while (at < template.length() && FLAGS.indexOf(template.at(at)) >= 0) {
      at++;
    }
    if (at - from > FLAGS.length()) {
      throw args.error("invalid format (repeated flags)");
    }
    String flags = template.slice(from, at).text();
    int widthFrom = at;
    at = digits(template, at);
    int width = number(template, widthFrom, at);
    int precision = -1;
    if (at < template.length() && template.at(at) == '.') {
      at++;
      int precisionFrom = at;
      at = digits(template, at);
      precision = number(template, precisionFrom, at);
    }
    if (at < template.length() && template.at(at) >= '0' && template.at(at) <= '9') {
      throw args.error("invalid format (width or precision too long)");
    }
    return new Spec(flags, width, precision, at);
  }

  /// Behind at most two digits.
  private static int digits(LuaString template, int from) {
    int at = from;
    while (at < template.length()
        && at < from + 2
        && template.at(at) >= '0'
        && template.at(at) <= '9') {
      at++;
    }
    return at;
  }

  private static int number(LuaString template, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      value = 10 * value + template.at(i) - '0';
    }
    return value;
  }

  private static void convert(
      Args args, int arg, Spec spec, char letter, ByteArrayOutputStream out) {
    switch (letter) {
      case 'c' -> {
        byte[] one = {(byte) args.integer(arg)};
        // C prints up to a zero byte.
        pad(out, one[0] == 0 ? new byte[0] : one, spec);
      }
      case 'd', 'i' -> number(out, signed(args.integer(arg), spec), spec, spec.precision < 0);
      case 'u' -> {
        String digits = Long.toUnsignedString(Numbers.toLong(args.number(arg)));
        number(out, padZeros(digits, spec), spec, spec.precision < 0);
      }
      case 'o' -> {
        String digits = padZeros(Long.toOctalString(Numbers.toLong(args.number(arg))), spec);
        boolean prefixed = spec.has('#') && !digits.startsWith("0");
        number(out, prefixed ? "0" + digits : digits, spec, spec.precision < 0);
      }
      case 'x', 'X' -> hex(out, Numbers.toLong(args.number(arg)), spec, letter == 'X');
      case 'e', 'E', 'f', 'g', 'G' -> floating(out, args.number(arg), spec, letter);
      case 'q' -> quote(out, args.string(arg));
      case 's' -> {
        LuaString s = args.string(arg);
        byte[] bytes = s.bytes();
        if (spec.precision < 0 && s.length() >= 100) {
          out.writeBytes(bytes);
          return;
        }
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
          end++;
        }
        pad(
            out,
            s.slice(0, spec.precision < 0 ? end : Math.min(end, spec.precision)).bytes(),
            spec);
      }
      default ->
          throw args.error(
              "invalid option '%" + (letter == 0 ? "" : String.valueOf(letter)) + "' to 'format'");
    }
  }

  private static String signed(long value, Spec spec) {
    String digits =
        padZeros(value < 0 ? Long.toString(value).substring(1) : Long.toString(value), spec);
    return value < 0 ? "-" + digits : plus(spec) + digits;
  }

  private static String plus(Spec spec) {
    return spec.has('+') ? "+" : spec.has(' ') ? " " : "";
  }

  private static String padZeros(String digits, Spec spec) {
    if (spec.precision == 0 && digits.equals("0")) {
      return "";
    }
    return digits.length() >= spec.precision
        ? digits
        : "0".repeat(spec.precision - digits.length()) + digits;
  }

  private static void hex(ByteArrayOutputStream out, long value, Spec spec, boolean upper) {
    String digits = padZeros(Long.toHexString(value), spec);
    String text = spec.has('#') && value != 0 ? "0x" + digits : digits;
    number(out, upper ? text.toUpperCase(Locale.ROOT) : text, spec, spec.precision < 0);
  }

  private static void floating(ByteArrayOutputStream out, double value, Spec spec, char letter) {
    int precision = spec.precision < 0 ? 6 : spec.precision;
    String text =
        switch (letter) {
          case 'e', 'E' -> Numbers.scientific(value, precision);
          case 'f' -> Numbers.fixed(value, precision);
          default -> Numbers.general(value, precision, spec.has('#'));
        };
    if (spec.has('#')
        && text.indexOf('.') < 0
        && !Double.isNaN(value)
        && !Double.isInfinite(value)) {
      int exponent = text.indexOf('e');
      text =
          exponent < 0 ? text + "." : text.substring(0, exponent) + "." + text.substring(exponent);
    }
    if (!text.startsWith("-")) {
      text = plus(spec) + text;
    }
    boolean finite = !Double.isNaN(value) && !Double.isInfinite(value);
    boolean upper = letter == 'E' || letter == 'G';
    number(out, upper ? text.toUpperCase(Locale.ROOT) : text, spec, finite);
  }

  /// Pads with zeros behind sign and prefix if that is asked for.
  private static void number(ByteArrayOutputStream out, String text, Spec spec, boolean zeros) {
    String padded = text;
    if (zeros && spec.has('0') && !spec.has('-') && text.length() < spec.width) {
      int digitsFrom = 0;
      if (!text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0) {
        digitsFrom = 1;
      }
      if (text.startsWith("0x", digitsFrom) || text.startsWith("0X", digitsFrom)) {
        digitsFrom += 2;
      }
      padded =
          text.substring(0, digitsFrom)
              + "0".repeat(spec.width - text.length())
              + text.substring(digitsFrom);
    }
    pad(out, LuaString.of(padded).bytes(), spec);
  }

  private static void pad(ByteArrayOutputStream out, byte[] bytes, Spec spec) {
    int missing = spec.width - bytes.length;
    if (!spec.has('-')) {
      blanks(out, missing);
    }
    out.writeBytes(bytes);
    if (spec.has('-')) {
      blanks(out, missing);
    }
  }

  private static void blanks(ByteArrayOutputStream out, int count) {
    for (int i = 0; i < count; i++) {
      out.write(' ');
    }
  }

  private static void quote(ByteArrayOutputStream out, LuaString text) {
    out.write('"');
    for (byte b : text.bytes()) {
      switch (b) {
        case '"', '\\', '\n' -> {
          out.write('\\');
          out.write(b);
        }
        case '\r' -> out.writeBytes(new byte[] {'\\', 'r'});
        case 0 -> out.writeBytes(new byte[] {'\\', '0', '0', '0'});
        default -> out.write(b);
      }
    }
    out.write('"');
  }
}
