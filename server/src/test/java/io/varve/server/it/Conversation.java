package io.varve.server.it;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A conversation with the server, written as text.
///
/// ```
/// # comment
/// === a sentence that names the conversation; each has connections of its own and empty databases
/// > SET key "a \x00 value"      request; words are quoted as in redis-cli
/// OK                            the reply, as ReplyText shows it
/// other> GET key                request on another connection
/// ?> GET key                    repeated until the reply is the one below
/// %> KEYS *                     elements of the reply are sorted first
/// ~ \(integer\) (99|100)        a regular expression for the whole reply
/// 2| (nil)                      the reply under RESP2 only
/// 3| (null)                     the reply under RESP3 only
/// ```
/// In requests `{ms+100}` and `{s+100}` are times from now, `{a*100}` is `a` repeated 100 times.
///
/// @param name its sentence
/// @param line where it begins in its file, counted from 1
record Conversation(String name, int line, List<Step> steps) {

  /// How a reply is awaited and looked at.
  enum Mode {
    ONCE,
    UNTIL,
    SORTED
  }

  /// A request and what is expected of it.
  ///
  /// @param line its place in the file, counted from 1
  /// @param connection name, empty for the first
  /// @param expected the lines as written, `2| ` and `3| ` included
  record Step(int line, String connection, Mode mode, String request, List<String> expected) {

    /// The line for a version of the protocol, without its prefix; null if none was written.
    String expectation(int version) {
      for (String text : expected) {
        if (text.startsWith(version + "| ")) {
          return text.substring(3);
        }
        if (!text.startsWith("2| ") && !text.startsWith("3| ")) {
          return text;
        }
      }
      return null;
    }

    static boolean matches(String expectation, String reply) {
      return expectation.startsWith("~ ")
          ? reply.matches("(?s)" + expectation.substring(2))
          : reply.equals(expectation);
    }
  }

  /// Reads the conversations of a file.
  static List<Conversation> parse(List<String> lines) {
    List<Conversation> conversations = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("=== ")) {
        steps = new ArrayList<>();
        conversations.add(new Conversation(line.substring(4), i + 1, steps));
        continue;
      }
      int prompt = promptOf(line);
      if (prompt >= 0) {
        steps.add(step(i + 1, line, prompt));
      } else if (steps.isEmpty()) {
        throw new IllegalArgumentException("line " + (i + 1) + ": a reply without a request");
      } else {
        steps.getLast().expected().add(line);
      }
    }
    return conversations;
  }

  /// Cuts a request into arguments, as redis-cli does.
  static List<byte[]> words(String request, long nowMillis) {
    List<byte[]> words = new ArrayList<>();
    int at = 0;
    while (at < request.length()) {
      if (request.charAt(at) == ' ') {
        at++;
        continue;
      }
      ByteArrayOutputStream word = new ByteArrayOutputStream();
      at =
          request.charAt(at) == '"'
              ? quotedWord(request, at + 1, word)
              : plainWord(request, at, nowMillis, word);
      words.add(word.toByteArray());
    }
    return words;
  }

  /// The index of the `>` of a request, -1 if the line is none.
  private static int promptOf(String line) {
    int prompt = line.indexOf("> ");
    return prompt >= 0 && line.substring(0, prompt).matches("[a-z]*[?%]?") ? prompt : -1;
  }

  private static Step step(int number, String line, int prompt) {
    String head = line.substring(0, prompt);
    Mode mode = head.endsWith("?") ? Mode.UNTIL : head.endsWith("%") ? Mode.SORTED : Mode.ONCE;
    String connection = mode == Mode.ONCE ? head : head.substring(0, head.length() - 1);
    return new Step(number, connection, mode, line.substring(prompt + 2), new ArrayList<>());
  }

  private static int quotedWord(String request, int from, ByteArrayOutputStream word) {
    int at = from;
    while (request.charAt(at) != '"') {
      char c = request.charAt(at++);
      if (c == '\\') {
        char escape = request.charAt(at++);
        switch (escape) {
          case 'n' -> word.write('\n');
          case 'r' -> word.write('\r');
          case 't' -> word.write('\t');
          case 'x' -> {
            word.write(Integer.parseInt(request.substring(at, at + 2), 16));
            at += 2;
          }
          default -> word.write(escape);
        }
      } else {
        word.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    return at + 1;
  }

  private static int plainWord(
      String request, int from, long nowMillis, ByteArrayOutputStream word) {
    int space = request.indexOf(' ', from);
    int end = space < 0 ? request.length() : space;
    word.writeBytes(
        expanded(request.substring(from, end), nowMillis).getBytes(StandardCharsets.UTF_8));
    return end;
  }

  private static String expanded(String word, long nowMillis) {
    int open = word.indexOf('{');
    int close = word.indexOf('}', open + 1);
    if (open < 0 || close < 0) {
      return word;
    }
    String inner = word.substring(open + 1, close);
    String value;
    if (inner.matches("ms[+-]\\d+")) {
      value = Long.toString(nowMillis + Long.parseLong(inner.substring(2)));
    } else if (inner.matches("s[+-]\\d+")) {
      value = Long.toString(nowMillis / 1000 + Long.parseLong(inner.substring(1)));
    } else if (inner.matches(".\\*\\d+")) {
      value = inner.substring(0, 1).repeat(Integer.parseInt(inner.substring(2)));
    } else {
      return word;
    }
    return word.substring(0, open) + value + word.substring(close + 1);
  }
}
