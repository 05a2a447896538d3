package io.varve.bench.load;

import io.varve.protocol.ProtocolException;

/// Finds where replies begin and end in bytes that come in pieces, without making objects of them.
final class ReplyScanner {

  /// The reply has not come whole.
  static final int INCOMPLETE = -1;

  private ReplyScanner() {}

  /// @param from where a reply begins
  /// @param to where the bytes end
  /// @return where the reply ends, or [#INCOMPLETE]
  /// @throws ProtocolException if it is none
  static int end(byte[] bytes, int from, int to) {
    int at = from;
    long pending = 1;
    while (pending > 0) {
      int lineEnd = lineEnd(bytes, at, to);
      if (lineEnd == INCOMPLETE) {
        return INCOMPLETE;
      }
      pending--;
      switch (bytes[at]) {
        case '+', '-', ':', '_', '#', ',', '(' -> at = lineEnd;
        case '$', '=' -> {
          long length = number(bytes, at + 1);
          at = length < 0 ? lineEnd : Math.toIntExact(Math.min(to + 1L, lineEnd + length + 2));
        }
        case '*', '~', '>' -> {
          pending += Math.max(0, number(bytes, at + 1));
          at = lineEnd;
        }
        case '%' -> {
          pending += 2 * number(bytes, at + 1);
          at = lineEnd;
        }
        default -> throw new ProtocolException("no reply begins with byte " + bytes[at]);
      }
      if (at > to) {
        return INCOMPLETE;
      }
    }
    return at;
  }

  /// Whether the reply that begins here says that there is nothing.
  static boolean isNull(byte[] bytes, int from) {
    return bytes[from] == '_'
        || ((bytes[from] == '$' || bytes[from] == '*') && bytes[from + 1] == '-');
  }

  static boolean isError(byte[] bytes, int from) {
    return bytes[from] == '-';
  }

  /// Where the line that begins here ends, its CR LF included, or [#INCOMPLETE].
  static int lineEnd(byte[] bytes, int from, int to) {
    for (int i = from + 1; i + 1 < to; i++) {
      if (bytes[i] == '\r') {
        return i + 2;
      }
    }
    return INCOMPLETE;
  }

  /// The number that begins here and ends with a CR.
  static long number(byte[] bytes, int from) {
    boolean negative = bytes[from] == '-';
    long number = 0;
    for (int i = negative ? from + 1 : from; bytes[i] != '\r'; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        throw new ProtocolException("no number in a reply");
      }
      number = number * 10 + digit;
    }
    return negative ? -number : number;
  }
}
