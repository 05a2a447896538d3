package io.varve.server.config;

import java.util.Locale;

/// Patterns of CONFIG GET: `*`, `?`, `[a-c]`, `[^x]`, `\` before a character meant as it is; letters
/// match in both cases. Names are short, so trying again behind the last star is cheap enough.
final class Glob {

  private Glob() {}

  static boolean matches(String pattern, String name) {
    String wanted = pattern.toLowerCase(Locale.ROOT);
    int p = 0;
    int n = 0;
    int star = -1;
    int starName = 0;
    while (n < name.length()) {
      if (p < wanted.length() && wanted.charAt(p) == '*') {
        star = p++;
        starName = n;
        continue;
      }
      int next = p < wanted.length() ? matchOne(wanted, p, name.charAt(n)) : -1;
      if (next >= 0) {
        p = next;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++starName;
      } else {
        return false;
      }
    }
    while (p < wanted.length() && wanted.charAt(p) == '*') {
      p++;
    }
    return p == wanted.length();
  }

  /// Index behind the element at `p` if it matches the character, -1 if not.
  private static int matchOne(String pattern, int p, char c) {
    return switch (pattern.charAt(p)) {
      case '?' -> p + 1;
      case '[' -> matchClass(pattern, p + 1, c);
      case '\\' -> {
        int literal = p + 1 < pattern.length() ? p + 1 : p;
        yield pattern.charAt(literal) == c ? literal + 1 : -1;
      }
      default -> pattern.charAt(p) == c ? p + 1 : -1;
    };
  }

  private static int matchClass(String pattern, int from, char c) {
    int at = from;
    boolean negated = at < pattern.length() && pattern.charAt(at) == '^';
    if (negated) {
      at++;
    }
    boolean found = false;
    for (; at < pattern.length() && pattern.charAt(at) != ']'; at++) {
      char low = pattern.charAt(at);
      if (low == '\\' && at + 1 < pattern.length()) {
        low = pattern.charAt(++at);
        found |= low == c;
      } else if (at + 2 < pattern.length() && pattern.charAt(at + 1) == '-') {
        char high = pattern.charAt(at + 2);
        found |= c >= Math.min(low, high) && c <= Math.max(low, high);
        at += 2;
      } else {
        found |= low == c;
      }
    }
    // As in Redis, a class that is not closed ends with the pattern.
    return found == negated ? -1 : Math.min(at + 1, pattern.length());
  }
}
