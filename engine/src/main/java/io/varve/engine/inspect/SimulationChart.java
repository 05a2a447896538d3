package io.varve.engine.inspect;

import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/// Draws what a simulation has shown: four small charts over time as one SVG, a line per mode.
///
/// Written by hand, since the runtime of the image has neither fonts nor the desktop module that chart
/// libraries draw with (`docs/dependencies.md`).
public final class SimulationChart {

  private static final int WIDTH = 880;
  private static final int HEIGHT = 600;
  private static final int LEGEND_HEIGHT = 40;
  private static final int CHART_WIDTH = 360;
  private static final int CHART_HEIGHT = 190;
  private static final int MARGIN_LEFT = 55;
  private static final int MARGIN_TOP = 30;
  private static final int STEPS = 4;

  /// Told apart by eyes that see no red or no green, too.
  private static final List<String> COLORS =
      List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#555555");

  /// One of the four.
  private enum Measure {
    WRITES("Write amplification"),
    SPACE("Space amplification, with temporary"),
    RUNS("Runs, most"),
    READS("Read I/Os per miss");

    private final String title;

    Measure(String title) {
      this.title = title;
    }

    double of(SimulationSample sample) {
      return switch (this) {
        case WRITES -> sample.writeAmplification();
        case SPACE -> sample.spaceMax();
        case RUNS -> sample.runsMax();
        case READS -> sample.readsPerMiss();
      };
    }
  }

  private final List<SimulationResult> results;
  private final StringBuilder svg = new StringBuilder();
  private final Formatter out = new Formatter(svg, Locale.ROOT);

  private SimulationChart(List<SimulationResult> results) {
    this.results = results;
  }

  /// The picture as text.
  ///
  /// @param results one per mode, at least one
  public static String svg(List<SimulationResult> results) {
    return new SimulationChart(results).draw();
  }

  private String draw() {
    out.format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
            + " font-family=\"sans-serif\" font-size=\"12\">\n",
        WIDTH, HEIGHT, WIDTH, HEIGHT);
    out.format("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", WIDTH, HEIGHT);
    drawLegend();
    for (Measure measure : Measure.values()) {
      int column = measure.ordinal() % 2;
      int row = measure.ordinal() / 2;
      drawChart(measure, column * WIDTH / 2, LEGEND_HEIGHT + row * (HEIGHT - LEGEND_HEIGHT) / 2);
    }
    out.format("</svg>\n");
    return svg.toString();
  }

  private void drawLegend() {
    int x = MARGIN_LEFT;
    for (int i = 0; i < results.size(); i++) {
      out.format(
          "<line class=\"key\" x1=\"%d\" y1=\"22\" x2=\"%d\" y2=\"22\" stroke=\"%s\""
              + " stroke-width=\"2\"/>\n",
          x, x + 24, colorOf(i));
      out.format("<text x=\"%d\" y=\"26\">%s</text>\n", x + 30, nameOf(i));
      x += 160;
    }
  }

  private void drawChart(Measure measure, int left, int top) {
    double greatest = 0;
    double end = 0;
    for (SimulationResult result : results) {
      for (SimulationSample sample : result.samples()) {
        greatest = Math.max(greatest, measure.of(sample));
        end = Math.max(end, sample.written());
      }
    }
    double step = niceStep(greatest / STEPS);
    double most = step * Math.max(1, Math.ceil(greatest / step));
    int x = left + MARGIN_LEFT;
    int y = top + MARGIN_TOP;
    out.format(
        "<text x=\"%d\" y=\"%d\" font-size=\"13\" font-weight=\"bold\">%s</text>\n",
        x, y - 10, measure.title);
    for (double mark = 0; mark <= most + step / 2; mark += step) {
      double height = y + CHART_HEIGHT * (1 - mark / most);
      out.format(
          "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#dddddd\"/>\n",
          x, height, x + CHART_WIDTH, height);
      out.format(
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
          x - 6, height + 4, number(mark));
    }
    double across = niceStep(end / STEPS);
    for (double mark = 0; mark <= end * 1.0001; mark += across) {
      out.format(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
          x + CHART_WIDTH * mark / end, y + CHART_HEIGHT + 16, number(mark));
    }
    out.format(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"#555555\">memtables written</text>\n",
        x + CHART_WIDTH / 2, y + CHART_HEIGHT + 32);
    for (int i = 0; i < results.size(); i++) {
      drawLine(measure, i, x, y, end, most);
    }
  }

  private void drawLine(Measure measure, int index, int x, int y, double end, double most) {
    StringBuilder points = new StringBuilder();
    for (SimulationSample sample : results.get(index).samples()) {
      points.append(
          String.format(
              Locale.ROOT,
              "%s%.1f,%.1f",
              points.isEmpty() ? "" : " ",
              x + CHART_WIDTH * sample.written() / end,
              y + CHART_HEIGHT * (1 - measure.of(sample) / most)));
    }
    out.format(
        "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"><title>%s</title>"
            + "</polyline>\n",
        colorOf(index), points, nameOf(index));
  }

  private String nameOf(int index) {
    return SimulationResult.nameOf(results.get(index).mode());
  }

  private static String colorOf(int index) {
    return COLORS.get(index % COLORS.size());
  }

  /// The least of 1, 2, 5 times a power of ten that is not below.
  private static double niceStep(double least) {
    if (!(least > 0)) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (int factor : new int[] {1, 2, 5}) {
      if (factor * power >= least) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.4f", value);
    return text.replaceAll("\\.?0+$", "");
  }
}
