package io.varve.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;

class SimulateCommandTest {

  private record Outcome(int code, String out, String err) {}

  @TempDir Path folder;

  private static Outcome simulate(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    ServerStarter none =
        _ -> {
          throw new AssertionError("nothing to start");
        };
    String[] all = new String[arguments.length + 1];
    all[0] = "simulate";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    int code = VarveMain.run(none, new PrintWriter(out), new PrintWriter(err), all);
    return new Outcome(code, out.toString(), err.toString());
  }

  @Test
  void aTableShowsADozenMomentsAndASummary() {
    Outcome outcome = simulate("--memtables", "10");
    assertEquals(0, outcome.code(), outcome.err());
    List<String> lines = outcome.out().lines().toList();
    for (String column :
        List.of("written", "write amp", "space", "with temporary", "runs", "reads/hit")) {
      assertTrue(lines.getFirst().contains(column), lines.getFirst());
    }
    assertTrue(lines.getFirst().endsWith("reads/miss"), lines.getFirst());
    assertEquals(13, lines.stream().filter(line -> line.startsWith("tiered ")).count());
    assertTrue(lines.get(12).contains(" 60.0 "), "ten memtables six times: " + lines.get(12));
  }

  @Test
  void levelingWritesMoreForLessSpace() {
    Outcome outcome = simulate("--memtables", "40", "--mode", "tiered", "--mode", "leveled");
    assertEquals(0, outcome.code(), outcome.err());
    List<String> lines = outcome.out().lines().toList();
    String[] tiered = lines.get(lines.size() - 2).split(" +", -1);
    String[] leveled = lines.getLast().split(" +", -1);
    assertEquals("tiered", tiered[0]);
    assertEquals("leveled", leveled[0]);
    assertTrue(Double.parseDouble(leveled[2]) > Double.parseDouble(tiered[2]), outcome.out());
    assertTrue(Double.parseDouble(leveled[3]) < Double.parseDouble(tiered[3]), outcome.out());
  }

  @Test
  void jsonIsOneObjectPerMomentAndOnePerMode() {
    Outcome outcome = simulate("--memtables", "4", "--samples", "3", "--compare", "--json");
    assertEquals(0, outcome.code(), outcome.err());
    List<String> lines = outcome.out().lines().toList();
    assertEquals(4 * 3 + 4, lines.size(), outcome.out());
    assertTrue(
        lines
            .getFirst()
            .matches(
                "\\{\"kind\":\"sample\",\"mode\":\"tiered\",\"written_memtables\":8\\.0,"
                    + "\"write_amplification\":[0-9.]+,\"space_amplification\":[0-9.]+,"
                    + "\"space_amplification_temporary\":[0-9.]+,\"runs\":[0-9]+,"
                    + "\"reads_per_hit\":[0-9.]+,\"reads_per_miss\":[0-9.]+}"),
        lines.getFirst());
    assertTrue(lines.getLast().startsWith("{\"kind\":\"summary\",\"mode\":\"time-window\""));
  }

  @Test
  void thePictureHasFourChartsWithALinePerMode() throws Exception {
    Path picture = folder.resolve("modes.svg");
    Outcome outcome = simulate("--memtables", "4", "--compare", "--svg", picture.toString());
    assertEquals(0, outcome.code(), outcome.err());
    String svg = Files.readString(picture);
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertEquals("svg", document.getDocumentElement().getTagName());
    assertEquals(4 * 4, document.getElementsByTagName("polyline").getLength());
    for (String mode : List.of("tiered", "lazy-leveled", "leveled", "time-window")) {
      assertTrue(svg.contains(">" + mode + "</text>"), mode + " in the legend");
    }
    assertTrue(!svg.contains("NaN") && !svg.contains("Infinity"), svg);
  }

  @Test
  void theSameSeedShowsTheSameAndAnotherSomethingElse() {
    String first = simulate("--memtables", "10", "--seed", "7").out();
    assertEquals(first, simulate("--memtables", "10", "--seed", "7").out());
    assertTrue(!first.equals(simulate("--memtables", "10", "--seed", "8").out()));
  }

  @Test
  void ofATimeSeriesWholeTablesExpireInTheTimeWindowMode() {
    Outcome outcome =
        simulate("--memtables", "50", "--keys", "time-series", "--mode", "time-window");
    String[] summary = outcome.out().lines().toList().getLast().split(" +", -1);
    assertTrue(Double.parseDouble(summary[2]) < 3.5, "write amplification: " + outcome.out());
    assertTrue(Double.parseDouble(summary[4]) < 1.5, "space: " + outcome.out());
  }

  @Test
  void aFileOfSettingsMeansWhatTheOptionsMeanAndOptionsWin() throws IOException {
    Path file = folder.resolve("load.txt");
    Files.writeString(
        file,
        "# deletes here and there\n\nmode leveled, tiered\nmemtables = 8\nkeys zipf\ndeletes 0.2\n");
    Outcome outcome = simulate("--workload", file.toString(), "--memtables", "6");
    assertEquals(0, outcome.code(), outcome.err());
    assertEquals(
        simulate(
                "--mode",
                "tiered",
                "--mode",
                "leveled",
                "--memtables",
                "6",
                "--keys",
                "zipf",
                "--deletes",
                "0.2")
            .out(),
        outcome.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "memtable 8     | unknown setting 'memtable'",
        "memtables      | 'memtables' has no value",
        "memtables many | memtables 'many' is no whole number",
        "memtables 0    | memtables must be between 1 and 10000 inclusive",
        "keys odd       | keys 'odd' are unknown; there are uniform, zipf, sequential, time-series",
        "mode flat      | mode 'flat' is unknown; there are tiered, leveled, lazy-leveled, time-window",
        "deletes half   | deletes 'half' is no number",
        "fan-out 8      | 'fan-out' stands here twice"
      })
  void aBadLineIsToldWithFileAndLine(String line, String why) throws IOException {
    Path file = folder.resolve("load.txt");
    Files.writeString(file, "fan-out 4\n" + line + "\n");
    Outcome outcome = simulate("--workload", file.toString());
    assertEquals(2, outcome.code());
    assertEquals("varve: " + file + " line 2: " + why, outcome.err().strip());
    assertEquals("", outcome.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--deletes=1        | deletes must be between 0 and 0.99 inclusive",
        "--memtable-bytes=x | memtable-bytes 'x' is no size like 64mb",
        "--mode=flat        | mode 'flat' is unknown",
        "--rounds=1         | rounds must be between 2 and 100 inclusive",
        "--workload=nowhere | no such file: nowhere",
        "--speed=9          | Unknown option: '--speed=9'"
      })
  void aBadOptionIsWrongUsage(String option, String why) {
    Outcome outcome = simulate(option);
    assertEquals(2, outcome.code());
    assertTrue(outcome.err().contains(why), outcome.err());
    assertEquals("", outcome.out());
  }
}
