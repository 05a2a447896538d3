package io.varve.server.config;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Words divided by blanks, with quotes: the syntax of redis.conf and of inline requests.
///
/// Within double quotes `\n \r \t \b \a \xHH` and any escaped character, within single quotes `\'`.
/// Behind a closing quote there must be a blank or nothing.
final class QuotedWords {

  private QuotedWords() {}

  /// @throws ConfigurationException if quotes are not balanced
  static List<String> split(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    List<String> words = new ArrayList<>();
    ByteArrayOutputStream word = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      while (at < bytes.length && isBlank(bytes[at])) {
        at++;
      }
      if (at == bytes.length) {
        return words;
      }
      word.reset();
      at = word(bytes, at, word);
      words.add(word.toString(StandardCharsets.UTF_8));
    }
  }

  private static int word(byte[] bytes, int from, ByteArrayOutputStream word) {
    int at = from;
    byte quote = 0;
    for (; at < bytes.length; at++) {
      byte b = bytes[at];
      if (quote == 0 && isBlank(b)) {
        break;
      }
      if (quote == 0 && (b == '"' || b == '\'')) {
        quote = b;
      } else if (quote != 0 && b == quote) {
        if (at + 1 < bytes.length && !isBlank(bytes[at + 1])) {
          throw unbalanced();
        }
        return at + 1;
      } else if (quote != 0 && b == '\\' && at + 1 < bytes.length) {
        at += escape(bytes, at, quote, word);
      } else {
        word.write(b);
      }
    }
    if (quote != 0) {
      throw unbalanced();
    }
    return at;
  }

  /// Writes what the escape at `at` stands for; returns how many bytes follow its backslash.
  private static int escape(byte[] bytes, int at, byte quote, ByteArrayOutputStream word) {
    byte letter = bytes[at + 1];
    if (quote == '\'') {
      if (letter == '\'') {
        word.write('\'');
        return 1;
      }
      word.write('\\');
      return 0;
    }
    if (letter == 'x' && at + 3 < bytes.length) {
      int high = Character.digit(bytes[at + 2], 16);
      int low = Character.digit(bytes[at + 3], 16);
      if (high >= 0 && low >= 0) {
        word.write(high << 4 | low);
        return 3;
      }
    }
    word.write(
        switch (letter) {
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'b' -> '\b';
          case 'a' -> 7;
          default -> letter;
        });
    return 1;
  }

  /// A word as it must be written to be read back: quoted only where needed.
  static String quote(String word) {
    boolean plain = !word.isEmpty();
    for (int i = 0; i < word.length() && plain; i++) {
      char c = word.charAt(i);
      plain = c > ' ' && c != '"' && c != '\'' && c != '\\' && c != '#' && c != 0x7f;
    }
    if (plain) {
      return word;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7f) {
            quoted.append("\\x").append(Character.forDigit(c >> 4, 16));
            quoted.append(Character.forDigit(c & 15, 16));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }

  private static ConfigurationException unbalanced() {
    return new ConfigurationException("unbalanced quotes");
  }
}
