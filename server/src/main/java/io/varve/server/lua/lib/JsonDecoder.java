package io.varve.server.lua.lib;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.LightUserdata;
import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Nil;
import io.varve.server.lua.value.Numbers;
import java.io.ByteArrayOutputStream;

/// Reads JSON. As lax as lua-cjson is: control characters in strings, numbers in C's notations.
final class JsonDecoder {

  private enum Kind {
    T_OBJ_BEGIN,
    T_OBJ_END,
    T_ARR_BEGIN,
    T_ARR_END,
    T_STRING,
    T_NUMBER,
    T_BOOLEAN,
    T_NULL,
    T_COLON,
    T_COMMA,
    T_END,
    T_ERROR
  }

  private final Args args;
  private final JsonSettings settings;
  private final byte[] text;
  private int at;
  private int depth;

  private Kind kind = Kind.T_END;
  private int index;
  private Object value = Nil.NIL;
  private String problem = "";

  JsonDecoder(Args args, JsonSettings settings, LuaString text) {
    this.args = args;
    this.settings = settings;
    this.text = text.bytes();
  }

  Object decode() {
    if (text.length >= 2 && (text[0] == 0 || text[1] == 0)) {
      throw args.error("JSON parser does not support UTF-16 or UTF-32");
    }
    next();
    Object result = value();
    next();
    if (kind != Kind.T_END) {
      throw unexpected("the end");
    }
    return result;
  }

  private Object value() {
    args.state().step();
    return switch (kind) {
      case T_STRING, T_NUMBER, T_BOOLEAN -> value;
      case T_NULL -> LightUserdata.NULL;
      case T_OBJ_BEGIN -> object();
      case T_ARR_BEGIN -> array();
      default -> throw unexpected("value");
    };
  }

  private LuaTable object() {
    descend();
    LuaTable table = new LuaTable(args.state());
    next();
    if (kind != Kind.T_OBJ_END) {
      while (true) {
        if (kind != Kind.T_STRING) {
          throw unexpected("object key string");
        }
        Object key = value;
        next();
        if (kind != Kind.T_COLON) {
          throw unexpected("colon");
        }
        next();
        table.set(key, value());
        next();
        if (kind == Kind.T_OBJ_END) {
          break;
        }
        if (kind != Kind.T_COMMA) {
          throw unexpected("comma or object end");
        }
        next();
      }
    }
    depth--;
    return table;
  }

  private LuaTable array() {
    descend();
    LuaTable table = new LuaTable(args.state());
    next();
    if (kind != Kind.T_ARR_END) {
      for (int i = 1; ; i++) {
        table.set(i, value());
        next();
        if (kind == Kind.T_ARR_END) {
          break;
        }
        if (kind != Kind.T_COMMA) {
          throw unexpected("comma or array end");
        }
        next();
      }
    }
    depth--;
    return table;
  }

  private void descend() {
    depth++;
    if (depth > JsonLibrary.bounded(settings.decodeDepthMax)) {
      throw args.error("Found too many nested data structures (" + depth + ") at character " + at);
    }
  }

  private LuaError unexpected(String expected) {
    String found = kind == Kind.T_ERROR ? problem : kind.name();
    return args.error(
        "Expected " + expected + " but found " + found + " at character " + (index + 1));
  }

  private int peek(int offset) {
    return at + offset < text.length ? text[at + offset] & 0xff : 0;
  }

  private void next() {
    while (true) {
      int c = peek(0);
      if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
        break;
      }
      at++;
    }
    index = at;
    int c = peek(0);
    switch (c) {
      case 0 -> kind = Kind.T_END;
      case '{' -> single(Kind.T_OBJ_BEGIN);
      case '}' -> single(Kind.T_OBJ_END);
      case '[' -> single(Kind.T_ARR_BEGIN);
      case ']' -> single(Kind.T_ARR_END);
      case ',' -> single(Kind.T_COMMA);
      case ':' -> single(Kind.T_COLON);
      case '"' -> string();
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
        if (!settings.decodeInvalid && isInvalidNumber()) {
          error("invalid number");
        } else {
          number();
        }
      }
      default -> word();
    }
  }

  private void single(Kind token) {
    kind = token;
    at++;
  }

  private void error(String what) {
    kind = Kind.T_ERROR;
    index = at;
    problem = what;
  }

  private void word() {
    if (isWord("true") || isWord("false")) {
      kind = Kind.T_BOOLEAN;
      value = peek(0) == 't';
      at += peek(0) == 't' ? 4 : 5;
    } else if (isWord("null")) {
      kind = Kind.T_NULL;
      at += 4;
    } else if (settings.decodeInvalid && isInvalidNumber()) {
      number();
    } else {
      error("invalid token");
    }
  }

  private boolean isWord(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (peek(i) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Whether what begins here is a number to C but not to JSON.
  private boolean isInvalidNumber() {
    int p = peek(0) == '+' || peek(0) == '-' ? 1 : 0;
    if (peek(0) == '+') {
      return true;
    }
    int first = peek(p);
    if (first == '0') {
      int second = peek(p + 1);
      return (second | 0x20) == 'x' || (second >= '0' && second <= '9');
    }
    if (first >= '0' && first <= '9') {
      return false;
    }
    String three =
        "" + (char) (first | 0x20) + (char) (peek(p + 1) | 0x20) + (char) (peek(p + 2) | 0x20);
    return three.equals("inf") || three.equals("nan");
  }

  /// The longest beginning that is a number to C.
  private void number() {
    int end = at;
    while (end < text.length && isNumberByte(text[end])) {
      end++;
    }
    for (int to = end; to > at; to--) {
      Double parsed = Numbers.parse(LuaString.of(text).slice(at, to));
      if (parsed != null) {
        kind = Kind.T_NUMBER;
        value = parsed;
        at = to;
        return;
      }
    }
    error("invalid number");
  }

  private static boolean isNumberByte(byte b) {
    return (b >= '0' && b <= '9')
        || b == '+'
        || b == '-'
        || b == '.'
        || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');
  }

  private void string() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    at++;
    while (true) {
      int c = peek(0);
      if (c == '"') {
        at++;
        kind = Kind.T_STRING;
        value = args.state().string(out.toByteArray());
        return;
      }
      if (c == 0) {
        error("unexpected end of string");
        return;
      }
      if (c == '\\') {
        int escaped = escape(peek(1));
        if (escaped == 'u') {
          if (!unicode(out)) {
            error("invalid unicode escape code");
            return;
          }
          continue;
        }
        if (escaped == 0) {
          error("invalid escape code");
          return;
        }
        c = escaped;
        at++;
      }
      out.write(c);
      at++;
    }
  }

  private static int escape(int letter) {
    return switch (letter) {
      case '"', '\\', '/', 'u' -> letter;
      case 'b' -> '\b';
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'f' -> '\f';
      case 'r' -> '\r';
      default -> 0;
    };
  }

  /// Reads an escaped code point, of one or two escapes.
  private boolean unicode(ByteArrayOutputStream out) {
    int point = hex(2);
    if (point < 0) {
      return false;
    }
    int length = 6;
    if ((point & 0xF800) == 0xD800) {
      int low = peek(6) == '\\' && peek(7) == 'u' ? hex(8) : -1;
      if ((point & 0x400) != 0 || low < 0 || (low & 0xFC00) != 0xDC00) {
        return false;
      }
      point = (((point & 0x3FF) << 10) | (low & 0x3FF)) + 0x10000;
      length = 12;
    }
    if (point < 0x80) {
      out.write(point);
    } else if (point < 0x800) {
      out.write((point >> 6) | 0xC0);
      out.write((point & 0x3F) | 0x80);
    } else if (point < 0x10000) {
      out.write((point >> 12) | 0xE0);
      out.write(((point >> 6) & 0x3F) | 0x80);
      out.write((point & 0x3F) | 0x80);
    } else {
      out.write((point >> 18) | 0xF0);
      out.write(((point >> 12) & 0x3F) | 0x80);
      out.write(((point >> 6) & 0x3F) | 0x80);
      out.write((point & 0x3F) | 0x80);
    }
    at += length;
    return true;
  }

  private int hex(int offset) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int c = peek(offset + i);
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return -1;
      }
      value = (value << 4) | digit;
    }
    return value;
  }
}
