package io.varve.server.lua.lib;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.LightUserdata;
import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Nil;
import io.varve.server.lua.value.Numbers;
import io.varve.server.lua.value.Operations;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/// Writes a value as JSON: tables whose keys are 1 to n as arrays, all others as objects.
final class JsonEncoder {

  private static final @Nullable String[] ESCAPES = new String[128];

  static {
    for (int i = 0; i < 32; i++) {
      ESCAPES[i] = "\\u00" + Character.forDigit(i >> 4, 16) + Character.forDigit(i & 15, 16);
    }
    ESCAPES['\b'] = "\\b";
    ESCAPES['\t'] = "\\t";
    ESCAPES['\n'] = "\\n";
    ESCAPES['\f'] = "\\f";
    ESCAPES['\r'] = "\\r";
    ESCAPES['"'] = "\\\"";
    ESCAPES['/'] = "\\/";
    ESCAPES['\\'] = "\\\\";
    ESCAPES[127] = "\\u007f";
  }

  private final Args args;
  private final JsonSettings settings;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int charged;

  JsonEncoder(Args args, JsonSettings settings) {
    this.args = args;
    this.settings = settings;
  }

  LuaString encode(Object value) {
    append(value, 0);
    return LuaString.of(out.toByteArray());
  }

  private void append(Object value, int depth) {
    args.state().step();
    if (out.size() - charged > 4096) {
      args.state().stringSize(out.size());
      args.state().charge(out.size() - charged);
      charged = out.size();
    }
    switch (value) {
      case LuaString s -> string(s);
      case Double d -> number(d, value);
      case Boolean b -> text(b ? "true" : "false");
      case Nil _ -> text("null");
      case LuaTable table -> table(table, depth + 1);
      case LightUserdata _ -> text("null");
      default -> throw error(value, "type not supported");
    }
  }

  private void table(LuaTable table, int depth) {
    if (depth > JsonLibrary.bounded(settings.encodeDepthMax)) {
      throw args.error("Cannot serialise, excessive nesting (" + depth + ")");
    }
    int length = arrayLength(table);
    if (length > 0) {
      out.write('[');
      for (int i = 1; i <= length; i++) {
        if (i > 1) {
          out.write(',');
        }
        append(table.get(i), depth);
      }
      out.write(']');
      return;
    }
    out.write('{');
    boolean first = true;
    for (int at = table.firstFrom(0); at >= 0; at = table.firstFrom(at + 1)) {
      if (!first) {
        out.write(',');
      }
      first = false;
      key(table.keyAt(at));
      append(table.valueAt(at), depth);
    }
    out.write('}');
  }

  /// The greatest index if all keys are indices, else -1.
  private int arrayLength(LuaTable table) {
    long max = 0;
    long items = 0;
    for (int at = table.firstFrom(0); at >= 0; at = table.firstFrom(at + 1)) {
      args.state().step();
      if (!(table.keyAt(at) instanceof Double d) || !(d >= 1) || Math.floor(d) != d) {
        return -1;
      }
      max = Math.max(max, (long) (double) d);
      items++;
    }
    if (settings.sparseRatio > 0
        && max > items * settings.sparseRatio
        && max > settings.sparseSafe) {
      if (!settings.sparseAsObject) {
        throw error(table, "excessively sparse array");
      }
      return -1;
    }
    return (int) Math.min(max, Integer.MAX_VALUE);
  }

  private void key(Object key) {
    switch (key) {
      case Double d -> {
        out.write('"');
        number(d, key);
        text("\":");
      }
      case LuaString s -> {
        string(s);
        out.write(':');
      }
      default -> throw error(key, "table key must be a number or string");
    }
  }

  private void number(double d, Object value) {
    if (Double.isNaN(d) || Double.isInfinite(d)) {
      switch (settings.encodeInvalid) {
        case OFF -> throw error(value, "must not be NaN or Inf");
        case NULL -> {
          text("null");
          return;
        }
        case ON -> {
          text(Double.isNaN(d) ? "nan" : d > 0 ? "inf" : "-inf");
          return;
        }
      }
    }
    text(
        settings.precision == 14 ? Numbers.text(d) : Numbers.general(d, settings.precision, false));
  }

  private void string(LuaString s) {
    out.write('"');
    for (byte b : s.bytes()) {
      String escaped = b >= 0 ? ESCAPES[b] : null;
      if (escaped != null) {
        text(escaped);
      } else {
        out.write(b);
      }
    }
    out.write('"');
  }

  private void text(String ascii) {
    for (int i = 0; i < ascii.length(); i++) {
      out.write(ascii.charAt(i));
    }
  }

  private LuaError error(Object value, String reason) {
    return args.error("Cannot serialise " + Operations.typeName(value) + ": " + reason);
  }
}
