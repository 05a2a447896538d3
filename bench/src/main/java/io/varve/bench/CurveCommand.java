package io.varve.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `bench curve`: draws what `ReadIoCurveTest` has counted.
@Command(
    name = "curve",
    mixinStandardHelpOptions = true,
    description = "Draws the read I/Os of a cold GET against the number of runs.")
final class CurveCommand implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "CSV",
      description = "The figures: docs/internals/read-io-curve.csv.")
  private @Nullable Path figures;

  @Parameters(index = "1", paramLabel = "SVG", description = "The picture to write.")
  private @Nullable Path picture;

  @Override
  public Integer call() throws IOException {
    if (figures == null || picture == null) {
      throw new IllegalStateException("both are required parameters");
    }
    List<ReadIoChart.Point> rising = new ArrayList<>();
    ReadIoChart.Point merged = null;
    List<String> lines = Files.readAllLines(figures);
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      ReadIoChart.Point point =
          new ReadIoChart.Point(
              Integer.parseInt(cells[1]),
              Double.parseDouble(cells[2]),
              Double.parseDouble(cells[3]),
              Double.parseDouble(cells[4]));
      if (cells[0].equals("merged")) {
        merged = point;
      } else {
        rising.add(point);
      }
    }
    if (merged == null || rising.isEmpty()) {
      throw new IOException(figures + " does not hold the figures of before and after a merge");
    }
    Files.write(picture, new ReadIoChart(rising, merged).toSvg());
    return 0;
  }
}
