package io.varve.server.config;

import io.varve.server.config.Directive.Change;
import io.varve.server.config.Directive.Section;
import java.util.ArrayList;
import java.util.List;

/// The documentation page and the sample file, written from the table.
///
/// A test compares both with what lies in the repository, and rewrites them on demand.
public final class ConfigurationPages {

  private static final int COMMENT_WIDTH = 98;

  private ConfigurationPages() {}

  /// `docs/configuration.md`
  public static String markdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # Configuration

            A directive stands in a file in the syntax of redis.conf (`varve serve varve.conf`; the sample
            is [varve.conf](../varve.conf)), or on the command line as `--name value`, which wins. Those
            that say so may be changed while the server runs, by `CONFIG SET`; `CONFIG REWRITE` writes the
            changes back to the file. Memory sizes take units: `1k` is 1000 bytes, `1kb` is 1024 bytes,
            likewise `m`, `mb`, `g`, `gb`.

            Directives of Redis that mean nothing here are read over with a warning; unknown ones stop the
            server from starting. This page is written from the table in `Directives.java`.
            """);
    for (Section section : Section.values()) {
      page.append("\n## ").append(section.title()).append("\n\n");
      page.append("| Directive | Default | Values | Changes | |\n|---|---|---|---|---|\n");
      for (Directive<?> directive : Directives.all()) {
        if (directive.section() == section) {
          row(directive, page);
        }
      }
    }
    return page.toString();
  }

  /// `varve.conf`
  public static String sample() {
    StringBuilder file =
        new StringBuilder(
            """
            # Varve: all directives with their defaults. Remove the # in front of those that you change.
            # docs/configuration.md says which of them may be changed while the server runs.
            """);
    for (Section section : Section.values()) {
      file.append("\n\n# ").append(section.title()).append("\n# ");
      file.append("=".repeat(section.title().length())).append('\n');
      for (Directive<?> directive : Directives.all()) {
        if (directive.section() == section) {
          file.append('\n');
          for (String line : wrap(directive.doc() + " Values: " + directive.values() + ".")) {
            file.append("# ").append(line).append('\n');
          }
          file.append("#").append(directive.name()).append(' ');
          file.append(initialForFile(directive)).append('\n');
        }
      }
    }
    return file.toString();
  }

  private static void row(Directive<?> directive, StringBuilder page) {
    String aliases =
        directive.aliases().isEmpty()
            ? ""
            : " Also read as `" + String.join("`, `", directive.aliases()) + "`.";
    page.append("| `").append(directive.name()).append("` | `");
    page.append(initialForFile(directive)).append("` | ").append(directive.values());
    page.append(" | ");
    page.append(directive.change() == Change.RUNTIME ? "at runtime" : "with a restart");
    page.append(" | ").append(directive.doc()).append(aliases).append(" |\n");
  }

  private static <T> String initialForFile(Directive<T> directive) {
    return directive.type().formatForFile(directive.initial());
  }

  private static List<String> wrap(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.replace("`", "").split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > COMMENT_WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
