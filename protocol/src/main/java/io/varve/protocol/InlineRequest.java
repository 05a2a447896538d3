package io.varve.protocol;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/// A request typed by hand: words divided by blanks, with quotes as Redis' `sdssplitargs` reads them.
///
/// Within double quotes `\n \r \t \b \a \xHH` and any escaped character, within single quotes `\'`.
/// A quote may begin in the middle of a word, but behind a closing quote there must be a blank or
/// nothing. A zero byte ends the line. Words are unescaped where they stand: no escape is shorter
/// than what it stands for.
final class InlineRequest {

  private InlineRequest() {}

  /// Adds the words of a line as arguments.
  ///
  /// @param from offset of the line's first byte
  /// @param to offset behind its last byte, line end excluded
  /// @return false if quotes are not balanced
  static boolean split(MemorySegment line, int from, int to, RequestBatch into) {
    int at = from;
    while (true) {
      while (at < to && isBlank(line.get(JAVA_BYTE, at))) {
        at++;
      }
      if (at == to || line.get(JAVA_BYTE, at) == 0) {
        return true;
      }
      at = word(line, at, to, into);
      if (at < 0) {
        return false;
      }
    }
  }

  /// Adds the word at `from`; returns the offset behind it, -1 if its quotes are not balanced.
  private static int word(MemorySegment line, int from, int to, RequestBatch into) {
    int out = from;
    int at = from;
    byte quote = 0;
    for (; at < to; at++) {
      byte b = line.get(JAVA_BYTE, at);
      if (b == 0) {
        break;
      }
      if (quote == 0) {
        if (endsWord(b)) {
          break;
        }
        if (b == '"' || b == '\'') {
          quote = b;
          continue;
        }
      } else if (b == quote) {
        if (!isBlank(peek(line, at + 1, to)) && peek(line, at + 1, to) != 0) {
          return -1;
        }
        quote = 0;
        at++;
        break;
      } else if (b == '\\') {
        byte next = peek(line, at + 1, to);
        if (quote == '\'' && next == '\'') {
          b = next;
          at++;
        } else if (quote == '"' && next == 'x' && isHexPair(line, at + 2, to)) {
          b = (byte) (hex(line, at + 2) << 4 | hex(line, at + 3));
          at += 3;
        } else if (quote == '"' && next != 0) {
          b = unescape(next);
          at++;
        }
      }
      line.set(JAVA_BYTE, out++, b);
    }
    if (quote != 0) {
      return -1;
    }
    into.addArgument(from, out - from);
    return at;
  }

  /// The byte at an offset, 0 behind the line's end.
  private static byte peek(MemorySegment line, int at, int to) {
    return at < to ? line.get(JAVA_BYTE, at) : 0;
  }

  private static byte unescape(byte letter) {
    return switch (letter) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'a' -> 7;
      default -> letter;
    };
  }

  private static boolean isHexPair(MemorySegment line, int at, int to) {
    return at + 1 < to && hex(line, at) >= 0 && hex(line, at + 1) >= 0;
  }

  private static int hex(MemorySegment line, int at) {
    return Character.digit(line.get(JAVA_BYTE, at), 16);
  }

  /// What C's `isspace` calls space.
  private static boolean isBlank(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }

  /// An unquoted word may contain vertical tabs and form feeds.
  private static boolean endsWord(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }
}
