package io.varve.engine.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreExamplesTest {

  private static final Path PAGE = Path.of("../docs/embedding.md");
  private static final Path SOURCE =
      Path.of("src/test/java/io/varve/engine/examples/StoreExamples.java");

  /// An example on the page: its name in a comment, then the code.
  private static final Pattern ON_PAGE =
      Pattern.compile("<!-- example: (\\w+) -->\n```java\n(.*?)```\n", Pattern.DOTALL);

  private static final Pattern IN_SOURCE =
      Pattern.compile("( *)// example: (\\w+)\n(.*?) *// end\n", Pattern.DOTALL);

  @TempDir private Path directory;

  @Test
  void everyExampleDoesWhatThePageSays() {
    assertEquals("Uppsala", StoreExamples.first(directory.resolve("first")));
    assertEquals("130", StoreExamples.batch(directory.resolve("batch")));
    assertEquals(
        "2026-01-01: note of 2026-01-01\n2026-01-02: note of 2026-01-02\n",
        StoreExamples.scan(directory.resolve("scan")));
    assertEquals("10", StoreExamples.snapshot(directory.resolve("snapshot")));
    assertEquals("Ada", StoreExamples.expiry(directory.resolve("expiry")));
    assertEquals("v", StoreExamples.checkpoint(directory.resolve("checkpoint")));
    assertEquals("value 99999", StoreExamples.bulk(directory.resolve("bulk")));
  }

  /// With `-Dvarve.update.pages` the page is written instead.
  @Test
  void thePageShowsTheCodeThatRuns() throws IOException {
    Map<String, String> examples = examplesOfSource();
    String page = Files.readString(PAGE);
    Matcher matcher = ON_PAGE.matcher(page);
    StringBuilder expected = new StringBuilder();
    int shown = 0;
    while (matcher.find()) {
      String code = examples.get(matcher.group(1));
      String block = "<!-- example: " + matcher.group(1) + " -->\n```java\n" + code + "```\n";
      matcher.appendReplacement(expected, Matcher.quoteReplacement(block));
      shown++;
    }
    matcher.appendTail(expected);
    if (Boolean.getBoolean("varve.update.pages")) {
      Files.writeString(PAGE, expected);
    } else {
      assertEquals(expected.toString(), page);
    }
    assertEquals(examples.size(), shown, "examples on the page");
  }

  private static Map<String, String> examplesOfSource() throws IOException {
    Map<String, String> examples = new LinkedHashMap<>();
    Matcher matcher = IN_SOURCE.matcher(Files.readString(SOURCE));
    while (matcher.find()) {
      examples.put(matcher.group(2), matcher.group(3).replaceAll("(?m)^" + matcher.group(1), ""));
    }
    return examples;
  }
}
