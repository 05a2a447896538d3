package io.varve.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Keeps the pages in the repository equal to the table; `-Dvarve.update.pages` rewrites them.
class ConfigurationPagesTest {

  private static void upToDate(Path page, String wanted) throws IOException {
    if (System.getProperty("varve.update.pages") != null) {
      Files.writeString(page, wanted);
    }
    assertEquals(
        wanted,
        Files.readString(page),
        page + " is not up to date: run this test with -Dvarve.update.pages");
  }

  @Test
  void documentationIsUpToDate() throws IOException {
    upToDate(Path.of("../docs/configuration.md"), ConfigurationPages.markdown());
  }

  @Test
  void sampleFileIsUpToDate() throws IOException {
    upToDate(Path.of("../varve.conf"), ConfigurationPages.sample());
  }

  @Test
  void sampleFileWithoutItsCommentSignsMeansTheDefaults(@TempDir Path folder) throws IOException {
    String active = ConfigurationPages.sample().replaceAll("(?m)^#(?=[a-z])", "");
    Path file = Files.writeString(folder.resolve("varve.conf"), active);
    Configuration read = Configuration.load(file, List.of());
    assertEquals(Configuration.defaults().match(List.of("*")), read.match(List.of("*")));
    assertEquals(Directives.all().size(), active.lines().filter(l -> l.matches("[a-z].*")).count());
  }
}
