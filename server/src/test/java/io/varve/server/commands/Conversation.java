package io.varve.server.commands;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A script of requests and the replies they should get, made to be read.
///
/// ```
/// # A comment.
/// > SET key "a value with \x00 and \r\n in it"
/// < +OK
/// 2> GET key
/// < $2
/// < ab
/// ! advance 100
/// ```
/// `>` is a request of client 1, `2>` of client 2. Arguments are split at blanks; double quotes hold
/// blanks, `\xHH`, `\r`, `\n`, `\"` and `\\`. Each `<` line is a line of the raw reply, other than
/// printable bytes escaped in the same way; a request without one gets no reply. `< /` and a regular
/// expression stands for one line of a kind. `! advance 100` lets 100 ms pass.
record Conversation(List<Step> steps) {

  /// @param before lines above it, for rewriting
  /// @param client 0 if no request but time passing
  record Step(
      List<String> before, String line, int client, List<String> request, List<String> expected) {

    boolean isAdvance() {
      return client == 0;
    }
  }

  static Conversation parse(List<String> lines) {
    List<Step> steps = new ArrayList<>();
    List<String> before = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank() || line.startsWith("#")) {
        before.add(line);
        continue;
      }
      int client = 0;
      int arrow = line.startsWith("! ") ? 0 : line.indexOf('>');
      if (arrow < 0 || arrow > 2) {
        throw new IllegalArgumentException("line " + (i + 1) + " is no step: " + line);
      }
      if (line.charAt(0) != '!') {
        client = arrow == 0 ? 1 : Integer.parseInt(line.substring(0, arrow));
      }
      List<String> expected = new ArrayList<>();
      while (i + 1 < lines.size() && lines.get(i + 1).startsWith("<")) {
        i++;
        expected.add(lines.get(i).substring(Math.min(2, lines.get(i).length())));
      }
      List<String> request = words(line.substring(arrow + 1));
      steps.add(new Step(List.copyOf(before), line, client, request, expected));
      before.clear();
    }
    return new Conversation(steps);
  }

  /// The lines of a raw reply (one character per byte) as they stand in a script.
  static List<String> lines(String reply) {
    List<String> lines = new ArrayList<>();
    int from = 0;
    while (from < reply.length()) {
      int end = reply.indexOf("\r\n", from);
      lines.add(escaped(reply.substring(from, end)));
      from = end + 2;
    }
    return lines;
  }

  /// Whether the lines of a reply are those of a step.
  static boolean matches(List<String> expected, List<String> actual) {
    if (expected.size() != actual.size()) {
      return false;
    }
    for (int i = 0; i < expected.size(); i++) {
      String wanted = expected.get(i);
      boolean same =
          wanted.startsWith("/")
              ? actual.get(i).matches(wanted.substring(1))
              : actual.get(i).equals(wanted);
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /// The bytes of a word, one per character.
  static byte[] bytes(String word) {
    return word.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String escaped(String line) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      switch (c) {
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\\' -> text.append("\\\\");
        default -> {
          if (c < ' ' || c > '~') {
            text.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    return text.toString();
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      if (text.charAt(at) == ' ') {
        at++;
        continue;
      }
      StringBuilder word = new StringBuilder();
      boolean quoted = text.charAt(at) == '"';
      at += quoted ? 1 : 0;
      while (at < text.length() && text.charAt(at) != (quoted ? '"' : ' ')) {
        char c = text.charAt(at++);
        if (!quoted || c != '\\') {
          word.append(c);
          continue;
        }
        char escape = text.charAt(at++);
        switch (escape) {
          case 'r' -> word.append('\r');
          case 'n' -> word.append('\n');
          case 'x' -> {
            word.append((char) Integer.parseInt(text.substring(at, at + 2), 16));
            at += 2;
          }
          default -> word.append(escape);
        }
      }
      at += quoted ? 1 : 0;
      words.add(word.toString());
    }
    return words;
  }
}
