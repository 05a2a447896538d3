package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.ReadIoCurve.Curve;
import io.varve.engine.ReadIoCurve.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What reads pay for cheap writes: a cold GET costs more with every run, a merge makes it cheap
/// again, and filters make it cheap meanwhile. Chapter: `docs/internals/read-path.md`, whose picture is
/// drawn from the figures that this test writes with `-Dvarve.update.pages`.
class ReadIoCurveTest {

  private static final Path FIGURES = Path.of("../docs/internals/read-io-curve.csv");

  /// What the design promises at up to 30 runs, in data blocks per GET.
  private static final double HIT_MAX = 1.02;

  private static final double MISS_MAX = 0.05;

  private static Curve unfiltered;
  private static Curve filtered;

  @BeforeAll
  static void measure(@TempDir Path directory) {
    unfiltered = ReadIoCurve.measure(directory.resolve("unfiltered"), 0);
    filtered = ReadIoCurve.measure(directory.resolve("filtered"), 10);
  }

  @Test
  void withoutFiltersEveryRunMakesAColdGetDearer() {
    List<Point> rising = unfiltered.rising();
    for (int i = 0; i < rising.size(); i++) {
      assertEquals(i + 1, rising.get(i).runs());
      assertTrue(i == 0 || rising.get(i).data() > rising.get(i - 1).data(), rising.toString());
    }
    assertEquals(1, unfiltered.first().data());
    assertTrue(unfiltered.last().data() > 0.7 * ReadIoCurve.RUNS_MAX, rising.toString());
  }

  @Test
  void aMissingKeyAsksEveryRunWhoseRangeHoldsIt() {
    assertTrue(unfiltered.last().missing() > 0.95 * ReadIoCurve.RUNS_MAX);
    assertTrue(unfiltered.last().missing() <= ReadIoCurve.RUNS_MAX);
  }

  @Test
  void aMergeBringsAColdGetBackToOneRead() {
    assertEquals(1, unfiltered.merged().runs());
    assertEquals(1, unfiltered.merged().data());
    assertEquals(1, filtered.merged().runs());
    assertEquals(1, filtered.merged().data());
  }

  @Test
  void withFiltersAColdGetReadsOneBlockHoweverManyRunsThereAre() {
    for (Point point : filtered.rising()) {
      assertTrue(point.data() <= HIT_MAX, point.toString());
      assertTrue(point.missing() <= MISS_MAX, point.toString());
    }
    assertTrue(filtered.merged().missing() <= MISS_MAX, filtered.merged().toString());
  }

  @Test
  void theFiltersThemselvesAreReadsAsLongAsNothingIsCached() {
    Point last = filtered.last();
    assertTrue(last.all() > last.data() + 0.7 * ReadIoCurve.RUNS_MAX, last.toString());
    assertEquals(2, filtered.merged().all());
  }

  @Test
  void theStoresTotalsAreTheSumOfItsReads() {
    assertEquals(unfiltered.counted(), unfiltered.total());
    assertEquals(filtered.counted(), filtered.total());
  }

  @Test
  void thePublishedFiguresAreTheMeasuredOnes() throws IOException {
    String measured = figures();
    if (System.getProperty("varve.update.pages") != null) {
      Files.writeString(FIGURES, measured);
    }
    assertEquals(
        measured,
        Files.readString(FIGURES),
        FIGURES + " is not up to date: run this test with -Dvarve.update.pages, then draw anew");
  }

  private static String figures() {
    StringBuilder out =
        new StringBuilder("phase,runs,without_filters,with_filters,with_filters_uncached\n");
    for (int i = 0; i < unfiltered.rising().size(); i++) {
      line(out, "paused", unfiltered.rising().get(i), filtered.rising().get(i));
    }
    line(out, "merged", unfiltered.merged(), filtered.merged());
    return out.toString();
  }

  private static void line(StringBuilder out, String phase, Point without, Point with) {
    out.append(
        String.format(
            Locale.ROOT,
            "%s,%d,%.3f,%.3f,%.3f\n",
            phase,
            without.runs(),
            without.data(),
            with.data(),
            with.all()));
  }
}
