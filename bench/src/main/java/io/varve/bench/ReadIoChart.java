package io.varve.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.text.DecimalFormat;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// The picture of what reads pay for runs.
///
/// Without a ground of its own and in middle tones, so that it can be read on a light page and on a
/// dark one.
final class ReadIoChart {

  private static final Color CLEAR = new Color(255, 255, 255, 0);
  private static final Color INK = new Color(0x80, 0x88, 0x92);
  private static final Color GRID = new Color(0x80, 0x88, 0x92, 70);
  private static final Color ORANGE = new Color(0xe0, 0x6c, 0x2c);
  private static final Color BLUE = new Color(0x2f, 0x8a, 0xd8);
  private static final BasicStroke SOLID = new BasicStroke(2.5f);
  private static final BasicStroke DASHED = dashed(6, 5);
  private static final BasicStroke DOTTED = dashed(2, 4);

  /// Blocks read per GET at one number of runs.
  ///
  /// @param runs sorted runs in the store
  /// @param without data blocks, without filters
  /// @param with data blocks, with filters
  /// @param uncached blocks of all kinds, with filters of which none is in memory
  record Point(int runs, double without, double with, double uncached) {}

  private static BasicStroke dashed(float on, float off) {
    float[] pattern = {on, off};
    return new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, pattern, 0);
  }

  private final List<Point> rising;
  private final Point merged;

  ReadIoChart(List<Point> rising, Point merged) {
    this.rising = rising;
    this.merged = merged;
  }

  byte[] toSvg() throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(820)
            .height(480)
            .xAxisTitle(
                "sorted runs in the store, merges held back; on the right after all have been merged")
            .yAxisTitle("blocks read from disk per GET")
            .build();
    style(chart.getStyler());
    draw(chart, "without filters", Point::without, ORANGE, SOLID);
    draw(chart, "with filters, nothing in memory", Point::uncached, BLUE, DASHED);
    draw(chart, "with filters in memory", Point::with, BLUE, SOLID);
    Point last = rising.getLast();
    chart.addAnnotation(
        new AnnotationText("merge", mergedAt() + 0.1, last.without() * 0.62, false));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
    return out.toByteArray();
  }

  /// The rise, and the fall to what it costs after the merge, which has a place of its own on the right.
  private void draw(
      XYChart chart, String name, ToDoubleFunction<Point> cost, Color color, BasicStroke stroke) {
    XYSeries rise =
        chart.addSeries(
            name,
            rising.stream().mapToDouble(Point::runs).toArray(),
            rising.stream().mapToDouble(cost).toArray());
    paint(rise, color, stroke, SeriesMarkers.CIRCLE);
    Point last = rising.getLast();
    XYSeries fall =
        chart.addSeries(
            name + ", merged",
            new double[] {last.runs(), mergedAt()},
            new double[] {cost.applyAsDouble(last), cost.applyAsDouble(merged)});
    fall.setShowInLegend(false);
    paint(fall, color, DOTTED, SeriesMarkers.CIRCLE);
  }

  private double mergedAt() {
    return rising.getLast().runs() + 2;
  }

  /// Labels must differ from each other, or the library leaves all of them out: even the empty ones.
  private String runsLabel(double position) {
    if (position == mergedAt()) {
      return merged.runs() + " again";
    }
    return position < 1 || position > rising.getLast().runs()
        ? " ".repeat(1 + (int) Math.abs(2 * position))
        : new DecimalFormat("0.#").format(position);
  }

  private static void paint(XYSeries series, Color color, BasicStroke stroke, Marker marker) {
    series.setLineColor(color);
    series.setLineStyle(stroke);
    series.setMarker(marker);
    series.setMarkerColor(color);
  }

  private void style(XYStyler style) {
    Font text = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    style.setChartBackgroundColor(CLEAR);
    style.setPlotBackgroundColor(CLEAR);
    style.setLegendBackgroundColor(CLEAR);
    style.setLegendBorderColor(CLEAR);
    style.setPlotBorderVisible(false);
    style.setChartFontColor(INK);
    style.setAxisTickLabelsColor(INK);
    style.setAxisTickMarksColor(INK);
    style.setPlotGridLinesColor(GRID);
    style.setPlotGridLinesStroke(new BasicStroke(1));
    style.setAnnotationTextFontColor(INK);
    style.setBaseFont(text);
    style.setAxisTitleFont(text);
    style.setAxisTickLabelsFont(text);
    style.setLegendFont(text);
    style.setAnnotationTextFont(text);
    style.setLegendPosition(LegendPosition.InsideNW);
    style.setLegendLayout(LegendLayout.Vertical);
    style.setMarkerSize(5);
    style.setXAxisMin(0.0);
    style.setYAxisMin(0.0);
    style.setXAxisTickMarkSpacingHint(56);
    style.setYAxisDecimalPattern("0");
    style.setxAxisTickLabelsFormattingFunction(this::runsLabel);
    style.setXAxisMax(mergedAt() + 1.0);
    style.setPlotGridVerticalLinesVisible(false);
  }
}
