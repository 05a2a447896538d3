package io.varve.server.keyspace;

import io.varve.engine.bytes.Slice;

/// A pattern as KEYS and SCAN take it: `*`, `?`, `[a-z]`, `[^a]`, and `\` before a literal.
///
/// Matched without recursion: a failed match goes back to the last star only, which is enough because
/// an earlier star could not do better. That bounds the work by pattern length times text length, and
/// a budget bounds it again for hostile pairs. Immutable.
public final class Glob {

  /// Steps that one match may take before the pattern is refused.
  private static final int STEPS_MAX = 1 << 22;

  private final byte[] pattern;
  private final byte[] prefix;
  private final boolean literal;

  public Glob(Slice pattern) {
    this.pattern = pattern.toByteArray();
    byte[] text = new byte[this.pattern.length];
    int length = 0;
    int at = 0;
    while (at < this.pattern.length && !isSpecial(this.pattern[at])) {
      if (this.pattern[at] == '\\' && at + 1 < this.pattern.length) {
        at++;
      }
      text[length++] = this.pattern[at++];
    }
    this.literal = at == this.pattern.length;
    this.prefix = java.util.Arrays.copyOf(text, length);
  }

  /// What every match begins with.
  public Slice prefix() {
    return Slice.of(prefix);
  }

  /// Whether only the prefix itself matches.
  public boolean isLiteral() {
    return literal;
  }

  /// Whether every text matches.
  public boolean matchesAll() {
    return pattern.length == 1 && pattern[0] == '*';
  }

  /// @throws RefusedException if the pair takes too many steps to decide
  public boolean matches(Slice text) {
    byte[] glob = pattern;
    int length = text.length();
    int at = 0;
    int textAt = 0;
    int starAt = -1;
    int starTextAt = 0;
    int steps = 0;
    while (textAt < length) {
      if (++steps > STEPS_MAX) {
        throw new RefusedException("ERR pattern takes too long to match");
      }
      if (at < glob.length && glob[at] == '*') {
        starAt = at++;
        starTextAt = textAt;
        continue;
      }
      int next = at < glob.length ? matchOne(at, text.get(textAt)) : -1;
      if (next >= 0) {
        at = next;
        textAt++;
      } else if (starAt >= 0) {
        at = starAt + 1;
        textAt = ++starTextAt;
      } else {
        return false;
      }
    }
    while (at < glob.length && glob[at] == '*') {
      at++;
    }
    return at == glob.length;
  }

  /// Matches one byte at a place of the pattern; returns the place behind, or -1.
  private int matchOne(int at, byte value) {
    byte special = pattern[at];
    if (special == '?') {
      return at + 1;
    }
    if (special == '[') {
      return matchClass(at + 1, value);
    }
    int literalAt = special == '\\' && at + 1 < pattern.length ? at + 1 : at;
    return pattern[literalAt] == value ? literalAt + 1 : -1;
  }

  /// Matches one byte against a class; an unclosed one ends with the pattern, as in Redis.
  private int matchClass(int from, byte value) {
    byte[] glob = pattern;
    int at = from;
    boolean negated = at < glob.length && glob[at] == '^';
    if (negated) {
      at++;
    }
    boolean found = false;
    int c = value & 0xff;
    while (at < glob.length && glob[at] != ']') {
      if (glob[at] == '\\' && at + 1 < glob.length) {
        at++;
        found |= glob[at] == value;
      } else if (at + 2 < glob.length && glob[at + 1] == '-') {
        int low = glob[at] & 0xff;
        int high = glob[at + 2] & 0xff;
        found |= c >= Math.min(low, high) && c <= Math.max(low, high);
        at += 2;
      } else {
        found |= glob[at] == value;
      }
      at++;
    }
    int behind = Math.min(at + 1, glob.length);
    return found != negated ? behind : -1;
  }

  private static boolean isSpecial(byte b) {
    return b == '*' || b == '?' || b == '[';
  }
}
