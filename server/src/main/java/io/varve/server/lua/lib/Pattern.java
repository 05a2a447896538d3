package io.varve.server.lua.lib;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import java.io.ByteArrayOutputStream;

/// Matches a Lua pattern against a subject, by backtracking.
///
/// Each try is a step of the run, so a pattern that backtracks without end can be killed; the depth of
/// recursion is bounded.
final class Pattern {

  private static final int CAPTURES_MAX = 32;
  private static final int DEPTH_MAX = 220;
  private static final int OPEN = -1;
  private static final int POSITION = -2;
  private static final int NO_MATCH = -1;
  private static final String SPECIALS = "^$*+?.([%-";

  private final Args args;
  private final LuaState state;
  private final byte[] subject;
  private final byte[] pattern;
  private final int[] starts = new int[CAPTURES_MAX];
  private final int[] lengths = new int[CAPTURES_MAX];
  private int start;
  private int level;
  private int depth;

  Pattern(Args args, LuaString subject, LuaString pattern) {
    this.args = args;
    this.state = args.state();
    this.subject = subject.bytes();
    this.pattern = pattern.bytes();
    this.start = this.pattern.length > 0 && this.pattern[0] == '^' ? 1 : 0;
  }

  /// Whether a pattern is nothing but itself.
  static boolean isPlain(LuaString pattern) {
    for (int i = 0; i < pattern.length(); i++) {
      if (SPECIALS.indexOf(pattern.at(i)) >= 0) {
        return false;
      }
    }
    return true;
  }

  boolean isAnchored() {
    return start == 1;
  }

  /// For gmatch, to which `^` is a character like others.
  void ignoreAnchor() {
    start = 0;
  }

  /// @return where the match that begins here ends, -1 if there is none
  int match(int at) {
    level = 0;
    depth = 0;
    return match(at, start);
  }

  /// Captures; the whole match if there are none and it is wanted.
  Object[] captures(int from, int to, boolean wholeIfNone) {
    int count = level == 0 && wholeIfNone ? 1 : level;
    Object[] all = new Object[count];
    for (int i = 0; i < count; i++) {
      all[i] = capture(i, from, to);
    }
    return all;
  }

  Object capture(int index, int from, int to) {
    if (index >= level) {
      if (index != 0) {
        throw args.error("invalid capture index");
      }
      return slice(from, to);
    }
    int length = lengths[index];
    if (length == OPEN) {
      throw args.error("unfinished capture");
    }
    return length == POSITION
        ? (Object) (double) (starts[index] + 1)
        : slice(starts[index], starts[index] + length);
  }

  void appendMatch(ByteArrayOutputStream out, int from, int to) {
    out.write(subject, from, to - from);
  }

  private LuaString slice(int from, int to) {
    return state.string(java.util.Arrays.copyOfRange(subject, from, to));
  }

  private int match(int from, int patternFrom) {
    if (++depth > DEPTH_MAX) {
      throw args.error("pattern too complex");
    }
    int result = tryMatch(from, patternFrom);
    depth--;
    return result;
  }

  private int tryMatch(int from, int patternFrom) {
    int at = from;
    int p = patternFrom;
    while (true) {
      state.step();
      if (p == pattern.length) {
        return at;
      }
      switch (pattern[p]) {
        case '(' -> {
          return p + 1 < pattern.length && pattern[p + 1] == ')'
              ? openCapture(at, p + 2, POSITION)
              : openCapture(at, p + 1, OPEN);
        }
        case ')' -> {
          return closeCapture(at, p + 1);
        }
        case '%' -> {
          int next = p + 1 < pattern.length ? pattern[p + 1] : 0;
          if (next == 'b') {
            at = matchBalance(at, p + 2);
            if (at == NO_MATCH) {
              return NO_MATCH;
            }
            p += 4;
            continue;
          }
          if (next == 'f') {
            p += 2;
            if (p >= pattern.length || pattern[p] != '[') {
              throw args.error("missing '[' after '%f' in pattern");
            }
            int end = classEnd(p);
            int before = at == 0 ? 0 : subject[at - 1] & 0xff;
            int here = at < subject.length ? subject[at] & 0xff : 0;
            if (inSet(before, p, end - 1) || !inSet(here, p, end - 1)) {
              return NO_MATCH;
            }
            p = end;
            continue;
          }
          if (next >= '0' && next <= '9') {
            at = matchCapture(at, next);
            if (at == NO_MATCH) {
              return NO_MATCH;
            }
            p += 2;
            continue;
          }
        }
        case '$' -> {
          if (p + 1 == pattern.length) {
            return at == subject.length ? at : NO_MATCH;
          }
        }
        default -> {}
      }
      int end = classEnd(p);
      boolean matches = at < subject.length && matchesSingle(subject[at] & 0xff, p, end);
      int quantifier = end < pattern.length ? pattern[end] : 0;
      switch (quantifier) {
        case '?' -> {
          if (matches) {
            int result = match(at + 1, end + 1);
            if (result != NO_MATCH) {
              return result;
            }
          }
          p = end + 1;
        }
        case '*' -> {
          return expandMost(at, p, end);
        }
        case '+' -> {
          return matches ? expandMost(at + 1, p, end) : NO_MATCH;
        }
        case '-' -> {
          return expandLeast(at, p, end);
        }
        default -> {
          if (!matches) {
            return NO_MATCH;
          }
          at++;
          p = end;
        }
      }
    }
  }

  private int expandMost(int from, int p, int end) {
    int count = 0;
    while (from + count < subject.length && matchesSingle(subject[from + count] & 0xff, p, end)) {
      count++;
    }
    state.steps(count >> 3);
    for (; count >= 0; count--) {
      int result = match(from + count, end + 1);
      if (result != NO_MATCH) {
        return result;
      }
    }
    return NO_MATCH;
  }

  private int expandLeast(int from, int p, int end) {
    int at = from;
    while (true) {
      int result = match(at, end + 1);
      if (result != NO_MATCH) {
        return result;
      }
      if (at >= subject.length || !matchesSingle(subject[at] & 0xff, p, end)) {
        return NO_MATCH;
      }
      at++;
    }
  }

  private int openCapture(int at, int p, int kind) {
    if (level >= CAPTURES_MAX) {
      throw args.error("too many captures");
    }
    starts[level] = at;
    lengths[level] = kind;
    level++;
    int result = match(at, p);
    if (result == NO_MATCH) {
      level--;
    }
    return result;
  }

  private int closeCapture(int at, int p) {
    int open = level - 1;
    while (open >= 0 && lengths[open] != OPEN) {
      open--;
    }
    if (open < 0) {
      throw args.error("invalid pattern capture");
    }
    lengths[open] = at - starts[open];
    int result = match(at, p);
    if (result == NO_MATCH) {
      lengths[open] = OPEN;
    }
    return result;
  }

  private int matchCapture(int at, int digit) {
    int index = digit - '1';
    if (index < 0 || index >= level || lengths[index] == OPEN) {
      throw args.error("invalid capture index");
    }
    int length = lengths[index];
    if (length == POSITION || subject.length - at < length) {
      return NO_MATCH;
    }
    for (int i = 0; i < length; i++) {
      if (subject[starts[index] + i] != subject[at + i]) {
        return NO_MATCH;
      }
    }
    return at + length;
  }

  private int matchBalance(int at, int p) {
    if (p + 1 >= pattern.length) {
      throw args.error("unbalanced pattern");
    }
    if (at >= subject.length || subject[at] != pattern[p]) {
      return NO_MATCH;
    }
    int nested = 1;
    for (int i = at + 1; i < subject.length; i++) {
      if (subject[i] == pattern[p + 1]) {
        if (--nested == 0) {
          state.steps((i - at) >> 3);
          return i + 1;
        }
      } else if (subject[i] == pattern[p]) {
        nested++;
      }
    }
    return NO_MATCH;
  }

  private int classEnd(int from) {
    int p = from;
    int c = pattern[p++];
    if (c == '%') {
      if (p == pattern.length) {
        throw args.error("malformed pattern (ends with '%')");
      }
      return p + 1;
    }
    if (c == '[') {
      if (p < pattern.length && pattern[p] == '^') {
        p++;
      }
      do {
        if (p >= pattern.length) {
          throw missingBracket();
        }
        if (pattern[p++] == '%') {
          p++;
        }
        if (p >= pattern.length) {
          throw missingBracket();
        }
      } while (pattern[p] != ']');
      return p + 1;
    }
    return p;
  }

  private LuaError missingBracket() {
    return args.error("malformed pattern (missing ']')");
  }

  private boolean matchesSingle(int c, int p, int end) {
    return switch (pattern[p]) {
      case '.' -> true;
      case '%' -> inClass(c, pattern[p + 1]);
      case '[' -> inSet(c, p, end - 1);
      default -> (pattern[p] & 0xff) == c;
    };
  }

  /// @param from of the opening bracket
  /// @param last of the closing one
  private boolean inSet(int c, int from, int last) {
    int p = from + 1;
    boolean wanted = true;
    if (pattern[p] == '^') {
      wanted = false;
      p++;
    }
    for (; p < last; p++) {
      if (pattern[p] == '%') {
        p++;
        if (inClass(c, pattern[p])) {
          return wanted;
        }
      } else if (p + 2 < last && pattern[p + 1] == '-') {
        if ((pattern[p] & 0xff) <= c && c <= (pattern[p + 2] & 0xff)) {
          return wanted;
        }
        p += 2;
      } else if ((pattern[p] & 0xff) == c) {
        return wanted;
      }
    }
    return !wanted;
  }

  private static boolean inClass(int c, int letter) {
    boolean in;
    switch (letter | 0x20) {
      case 'a' -> in = isLetter(c);
      case 'c' -> in = c < 32 || c == 127;
      case 'd' -> in = c >= '0' && c <= '9';
      case 'l' -> in = c >= 'a' && c <= 'z';
      case 'p' -> in = c > 32 && c < 127 && !isLetter(c) && !(c >= '0' && c <= '9');
      case 's' -> in = c == ' ' || (c >= '\t' && c <= '\r');
      case 'u' -> in = c >= 'A' && c <= 'Z';
      case 'w' -> in = isLetter(c) || (c >= '0' && c <= '9');
      case 'x' -> in = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
      case 'z' -> in = c == 0;
      default -> {
        return (letter & 0xff) == c;
      }
    }
    boolean isLetter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
    if (!isLetter) {
      return (letter & 0xff) == c;
    }
    return (letter & 0x20) != 0 ? in : !in;
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
