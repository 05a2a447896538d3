package io.varve.server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.Engine;
import io.varve.engine.EngineOptions;
import io.varve.engine.EngineStats;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.server.command.Command;
import io.varve.server.command.CommandStatistics;
import io.varve.server.command.CommandTable;
import io.varve.server.keyspace.DatabaseStatistics;
import io.varve.server.session.SessionRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsPageTest {

  private static final CommandTable COMMANDS =
      new CommandTable(
          List.of(
              Command.define("get", 2, in -> {}).build(),
              Command.define("set", -3, in -> {}).build()));

  private final CommandStatistics statistics = new CommandStatistics(COMMANDS);
  private final SessionRegistry sessions = new SessionRegistry();

  private MetricsSource source(Engine engine) {
    return new MetricsSource() {
      @Override
      public EngineStats engine() {
        return engine.stats();
      }

      @Override
      public CommandTable commands() {
        return COMMANDS;
      }

      @Override
      public CommandStatistics statistics() {
        return statistics;
      }

      @Override
      public SessionRegistry sessions() {
        return sessions;
      }

      @Override
      public List<DatabaseStatistics> databases() {
        return List.of(new DatabaseStatistics(3, 42, 0, 7));
      }

      @Override
      public ServerFigures server() {
        return new ServerFigures("1.2.3", 61_500, false, 10, 20, 1, 2, 3, 4, 5, 6);
      }
    };
  }

  private String scrape(Path folder) {
    statistics.newCounters().countReadIos(0, 5);
    try (Engine engine = Engine.open(folder, EngineOptions.defaults());
        MetricsPage page = new MetricsPage(source(engine))) {
      WriteBatch batch = new WriteBatch();
      batch.put(Slice.of("key"), Slice.of("value"));
      engine.write(batch);
      engine.commit();
      engine.sealMemtable();
      engine.awaitFlushed();
      return page.scrape();
    }
  }

  @Test
  void everyDocumentedMetricIsInTheText(@TempDir Path folder) {
    String text = scrape(folder);
    for (Metric metric : Metric.values()) {
      String type =
          "# TYPE " + metric.metricName() + " " + metric.kind().name().toLowerCase(Locale.ROOT);
      if (metric != Metric.ERROR_REPLIES) {
        assertTrue(text.contains(type + "\n"), () -> type + " is missing in\n" + text);
      }
    }
    assertTrue(text.contains("\njvm_memory_used_bytes{"), text);
  }

  @Test
  void numbersStandUnderTheirLabels(@TempDir Path folder) {
    List<String> lines = scrape(folder).lines().toList();
    for (String wanted :
        List.of(
            "varve_command_read_ios_total{command=\"get\"} 5.0",
            "varve_command_duration_seconds_count{command=\"get\"} 0",
            "varve_keys{db=\"3\"} 42.0",
            "varve_keys_with_expiry{db=\"3\"} 7.0",
            "varve_uptime_seconds 61.5",
            "varve_build_info{version=\"1.2.3\"} 1.0",
            "varve_level_tables{level=\"0\"} 1.0",
            "varve_flushes_total 1.0",
            "varve_poisoned 0.0",
            "varve_read_ios_total{level=\"0\",reason=\"data\"} 0.0")) {
      assertTrue(lines.contains(wanted), () -> wanted + " is not in\n" + lines);
    }
    assertTrue(lines.stream().noneMatch(line -> line.contains("command=\"set\"")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grafana/dashboards/varve.json",
        "prometheus/varve-rules.yml",
        "prometheus/varve-rules-test.yml"
      })
  void dashboardsAndAlertsAskOnlyForMetricsThatThereAre(String file, @TempDir Path folder)
      throws IOException {
    Set<String> asked = namesIn(Files.readString(Path.of("../docker", file)));
    assertTrue(asked.size() > 10, asked::toString);
    asked.removeAll(namesIn(scrape(folder)));
    // Appears with the first error.
    asked.remove(Metric.ERROR_REPLIES.metricName());
    assertEquals(Set.of(), asked, "there are no such metrics");
  }

  private static Set<String> namesIn(String text) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = Pattern.compile("\\b(varve|jvm)_[a-z_]+").matcher(text);
    while (matcher.find()) {
      names.add(matcher.group());
    }
    return names;
  }

  @Test
  void documentationIsUpToDate() throws IOException {
    Path page = Path.of("../docs/metrics.md");
    if (System.getProperty("varve.update.pages") != null) {
      Files.writeString(page, Metric.markdown());
    }
    assertEquals(
        Metric.markdown(),
        Files.readString(page),
        page + " is not up to date: run this test with -Dvarve.update.pages");
  }
}
