package io.varve.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class InlineRequestTest {

  private static List<String> words(String line) {
    List<List<String>> requests = Requests.decode(line + "\r\n");
    return requests.isEmpty() ? List.of() : requests.getFirst();
  }

  @Test
  void wordsAreDividedByBlanks() {
    assertEquals(List.of("SET", "a", "b"), words("  SET\ta   b  "));
    assertEquals(List.of(), words(" \t "));
    assertEquals(List.of("a\u000bb"), words("\u000ba\u000bb"));
  }

  @Test
  void doubleQuotesKnowEscapes() {
    assertEquals(
        List.of("a b", "\n\r\t\b\u0007", "A\u00ff", "\\\"z"),
        words("\"a b\" \"\\n\\r\\t\\b\\a\" \"\\x41\\xfF\" \"\\\\\\\"\\z\""));
    assertEquals(List.of("xg1"), words("\"\\xg1\""));
    assertEquals(List.of("", ""), words("\"\" ''"));
  }

  @Test
  void singleQuotesKnowOnlyTheirOwnEscape() {
    assertEquals(List.of("it's", "a\\nb"), words("'it\\'s' 'a\\nb'"));
  }

  @Test
  void quotesMayBeginWithinAWordButMustEndIt() {
    assertEquals(List.of("foobar"), words("foo\"bar\""));
    List<String> unbalanced = List.of("!", "Protocol error: unbalanced quotes in request");
    assertEquals(unbalanced, words("\"foo\"bar"));
    assertEquals(unbalanced, words("'foo'bar"));
    assertEquals(unbalanced, words("'foo"));
    assertEquals(unbalanced, words("\"foo\\\""));
    assertEquals(unbalanced, words("\"foo\\"));
    assertEquals(unbalanced, words("\"a\0\""));
  }

  @Test
  void zeroByteEndsTheLine() {
    assertEquals(List.of("a"), words("a\0b c"));
    assertEquals(List.of("a"), words("a \0b"));
  }

  @Test
  void unescapingOneWordLeavesTheNextAlone() {
    assertEquals(List.of("SET", "k\n", "next", "q"), words("SET \"k\\n\" next 'q'"));
  }
}
