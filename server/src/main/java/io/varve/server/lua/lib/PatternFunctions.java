package io.varve.server.lua.lib;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.Builtin;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Nil;
import io.varve.server.lua.value.Operations;
import java.io.ByteArrayOutputStream;

/// `find`, `match`, `gmatch` and `gsub`.
@SuppressWarnings("IncrementInForLoopAndHeader") // What follows a percent sign belongs to it.
final class PatternFunctions {

  private PatternFunctions() {}

  static Object find(Args args) {
    return search(args, true);
  }

  static Object match(Args args) {
    return search(args, false);
  }

  private static Object search(Args args, boolean positions) {
    LuaString subject = args.string(1);
    LuaString pattern = args.string(2);
    long given = args.integer(3, 1);
    long from = given < 0 ? Math.max(0, given + subject.length()) : Math.max(0, given - 1);
    int start = (int) Math.min(from, subject.length());
    if (positions && (args.isTrue(4) || Pattern.isPlain(pattern))) {
      int at = indexOf(args.state(), subject.bytes(), pattern.bytes(), start);
      return at < 0 ? Nil.NIL : new Object[] {(double) (at + 1), (double) (at + pattern.length())};
    }
    Pattern matcher = new Pattern(args, subject, pattern);
    boolean anchored = matcher.isAnchored();
    for (int at = start; at <= subject.length(); at++) {
      int end = matcher.match(at);
      if (end >= 0) {
        if (!positions) {
          return matcher.captures(at, end, true);
        }
        Object[] captures = matcher.captures(at, end, false);
        Object[] all = new Object[captures.length + 2];
        all[0] = (double) (at + 1);
        all[1] = (double) end;
        System.arraycopy(captures, 0, all, 2, captures.length);
        return all;
      }
      if (anchored) {
        break;
      }
    }
    return Nil.NIL;
  }

  private static int indexOf(LuaState state, byte[] text, byte[] wanted, int from) {
    int last = text.length - wanted.length;
    for (int at = from; at <= last; at++) {
      state.step();
      int i = 0;
      while (i < wanted.length && text[at + i] == wanted[i]) {
        i++;
      }
      state.steps(i >> 4);
      if (i == wanted.length) {
        return at;
      }
    }
    return -1;
  }

  static Object matches(Args args) {
    LuaString subject = args.string(1);
    LuaString pattern = args.string(2);
    int[] next = {0};
    return new Builtin("gmatch_aux", inner -> nextMatch(inner, subject, pattern, next));
  }

  private static Object nextMatch(Args args, LuaString subject, LuaString pattern, int[] next) {
    Pattern matcher = new Pattern(args, subject, pattern);
    matcher.ignoreAnchor();
    for (int at = next[0]; at <= subject.length(); at++) {
      int end = matcher.match(at);
      if (end >= 0) {
        next[0] = end == at ? end + 1 : end;
        return matcher.captures(at, end, true);
      }
    }
    next[0] = subject.length() + 1;
    return Nil.NIL;
  }

  static Object substitute(Args args) {
    LuaString subject = args.string(1);
    LuaString pattern = args.string(2);
    Object replacement = args.get(3);
    if (!(replacement instanceof LuaString
        || replacement instanceof Double
        || replacement instanceof LuaFunction
        || replacement instanceof LuaTable)) {
      throw args.error(3, "string/function/table expected");
    }
    long countMax = args.integer(4, subject.length() + 1L);
    LuaState state = args.state();
    Pattern matcher = new Pattern(args, subject, pattern);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    long count = 0;
    while (count < countMax) {
      int end = matcher.match(at);
      if (end >= 0) {
        count++;
        int before = out.size();
        addReplacement(args, matcher, out, replacement, at, end);
        state.charge(out.size() - before);
        state.stringSize(out.size());
      }
      if (end > at) {
        at = end;
      } else if (at < subject.length()) {
        out.write(subject.at(at++));
      } else {
        break;
      }
      if (matcher.isAnchored()) {
        break;
      }
    }
    if (at < subject.length()) {
      out.write(subject.bytes(), at, subject.length() - at);
    }
    return new Object[] {state.string(out.toByteArray()), (double) count};
  }

  private static void addReplacement(
      Args args, Pattern matcher, ByteArrayOutputStream out, Object replacement, int from, int to) {
    LuaState state = args.state();
    Object value;
    switch (replacement) {
      case LuaTable table -> value = index(args, table, matcher.captures(from, to, true)[0]);
      case LuaFunction function ->
          value = LuaState.first(state.callBack(function, matcher.captures(from, to, true)));
      default -> {
        addTemplate(matcher, out, args.string(3), from, to);
        return;
      }
    }
    if (!Operations.isTrue(value)) {
      matcher.appendMatch(out, from, to);
      return;
    }
    LuaString text = Operations.toConcat(value);
    if (text == null) {
      throw args.error("invalid replacement value (a " + Operations.typeName(value) + ")");
    }
    out.writeBytes(text.bytes());
  }

  private static Object index(Args args, LuaTable table, Object key) {
    try {
      return Operations.index(args.state(), table, key);
    } catch (Operations.OperandError e) {
      throw e.named(args.state(), null);
    }
  }

  private static void addTemplate(
      Pattern matcher, ByteArrayOutputStream out, LuaString template, int from, int to) {
    for (int i = 0; i < template.length(); i++) {
      int c = template.at(i);
      if (c != '%') {
        out.write(c);
        continue;
      }
      i++;
      int next = i < template.length() ? template.at(i) : 0;
      if (next < '0' || next > '9') {
        out.write(next);
      } else if (next == '0') {
        matcher.appendMatch(out, from, to);
      } else {
        Object capture = matcher.capture(next - '1', from, to);
        LuaString text = Operations.toConcat(capture);
        out.writeBytes(text == null ? new byte[0] : text.bytes());
      }
    }
  }
}
