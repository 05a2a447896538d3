package io.varve.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.varve.bench.figures.Machine;
import io.varve.bench.figures.Target;
import io.varve.bench.load.PhaseFigures.ActionFigures;
import io.varve.bench.records.KeyChoice;
import io.varve.protocol.RespClient;
import io.varve.server.Server;
import io.varve.server.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Small loads on a real server.
class LoadRunTest {

  private static final int KEYS = 2000;
  private static final int PER_SECOND = 1000;
  private static final String PASSWORD = "secret";
  private static final Timing SHORT =
      new Timing(
          Duration.ZERO, Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(60));

  @TempDir private Path directory;
  private Server server;

  @BeforeEach
  void start() {
    server =
        Server.start(
            Configuration.of(
                "port",
                "0",
                "admin-port",
                "0",
                "appendfsync",
                "no",
                "requirepass",
                PASSWORD,
                "dir",
                directory.resolve("store").toString()));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void eachWorkloadSendsAsManyRequestsAsAreDueAndGetsRightReplies() throws Exception {
    for (Preset preset : Preset.values()) {
      LoadOptions options = options(preset.mix(), 2);
      List<PhaseFigures> phases = run(options, new Goal.Constant(PER_SECOND), 0);

      PhaseFigures measured = phases.getLast();
      assertNull(measured.firstFailure(), preset.name());
      assertEquals(PER_SECOND, measured.actions().getLast().count(), preset.name());
      assertEquals(0, measured.unanswered(), preset.name());
      assertEquals(0, misses(measured), preset.name());
      assertEquals(KEYS, phases.getFirst().actions().getLast().count());
      dropAll();
    }
  }

  /// Inserts are on their way while their neighbours are asked for already.
  private static long misses(PhaseFigures figures) {
    return figures.actions().stream().anyMatch(action -> action.action().equals("insert"))
        ? 0
        : figures.actions().getLast().misses();
  }

  @Test
  void aPartOfTheHighestRateIsMeasuredAfterIt() throws Exception {
    LoadOptions options = options(Preset.GET_SET.mix(), 1);
    List<PhaseFigures> phases = run(options, new Goal.PartOfHighest(0.1), 50);

    PhaseFigures highest = phases.get(1);
    PhaseFigures measured = phases.get(2);
    assertNull(highest.intendedPerSecond());
    assertEquals(0.1 * highest.perSecond(), measured.intendedPerSecond(), 1e-6);
    ActionFigures ping = measured.ping();
    assertEquals(50, ping == null ? 0 : ping.count());
  }

  @Test
  void recordsThatAreNotThereAreCounted() throws Exception {
    LoadOptions options = options(Mix.of(Action.READ), 1);
    try (Progress progress = progress(null)) {
      LoadRun run = new LoadRun(target(), options, SHORT, KEYS, progress);
      run.measure(new Goal.Constant(PER_SECOND), 1, 0);
      assertEquals(PER_SECOND, run.figures().getLast().actions().getLast().misses());
    }
  }

  @Test
  void errorRepliesAreFailures() throws Exception {
    try (RespClient client = target().connect()) {
      client.call("SET", Requests.INDEX, "no sorted set");
    }
    LoadOptions options = options(Mix.parse("scan=1,read=1"), 1);
    try (Progress progress = progress(null)) {
      LoadRun run = new LoadRun(target(), options, SHORT, KEYS, progress);
      run.measure(new Goal.Constant(PER_SECOND), 1, 0);
      PhaseFigures figures = run.figures().getLast();
      assertTrue(String.valueOf(figures.firstFailure()).startsWith("-WRONGTYPE"));
      long scans =
          figures.actions().stream()
              .filter(action -> action.action().equals("scan"))
              .findFirst()
              .orElseThrow()
              .count();
      assertEquals(scans, figures.failures());
    }
  }

  @Test
  void aWrongPasswordEndsIt() {
    Target stranger = new Target("127.0.0.1", server.port(), "guessed");
    assertThrows(IOException.class, stranger::describe);
  }

  @Test
  void theReportAndTheLogOfHistogramsHoldAllOfIt() throws Exception {
    LoadOptions options = options(Preset.A.mix(), 1);
    Path log = directory.resolve("latencies.hlog");
    try (Progress progress = progress(log)) {
      LoadRun run = new LoadRun(target(), options, SHORT, 0, progress);
      run.load();
      run.measure(new Goal.Constant(PER_SECOND), 1, 100);
      LoadReport report =
          new LoadReport(
              "now",
              Machine.here(),
              "Varve",
              "a",
              options.mix().toString(),
              options,
              run.figures());

      assertEquals(0, report.failures());
      String text = report.toText();
      for (String line : text.split("\n", -1)) {
        assertTrue(line.length() <= 100, line);
      }
      assertTrue(text.contains("of 1,000 intended"), text);
      JsonNode measured = new ObjectMapper().readTree(report.toJson()).get("phases").get(1);
      assertEquals(1000, measured.get("intendedPerSecond").asInt());
      assertEquals("read", measured.get("actions").get(0).get("action").asText());
      assertEquals(100, measured.get("ping").get("count").asInt());
    }
    String logged = Files.readString(log);
    for (String tag : List.of("Tag=insert,", "Tag=read,", "Tag=update,", "Tag=ping-probe,")) {
      assertTrue(logged.contains(tag), tag);
    }
  }

  private static LoadOptions options(Mix mix, int threads) {
    return new LoadOptions(mix, KeyChoice.ZIPFIAN, KEYS, 100, 5, threads, 1000, 10, 1);
  }

  private List<PhaseFigures> run(LoadOptions options, Goal goal, double ping) throws Exception {
    try (Progress progress = progress(null)) {
      LoadRun run = new LoadRun(target(), options, SHORT, 0, progress);
      run.load();
      run.measure(goal, 1, ping);
      return run.figures();
    }
  }

  private void dropAll() throws IOException {
    try (RespClient client = target().connect()) {
      client.call("FLUSHALL");
    }
  }

  private Target target() {
    return new Target("127.0.0.1", server.port(), PASSWORD);
  }

  private static Progress progress(@Nullable Path log) throws IOException {
    return new Progress(_ -> {}, log);
  }
}
