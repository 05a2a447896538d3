package io.varve.bench.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.jspecify.annotations.Nullable;

/// Tells what goes on: a line every ten seconds, and each second into an HdrHistogram log if there is one.
final class Progress implements Observer, AutoCloseable {

  private static final int SECONDS_OF_LINE = 10;
  private static final double NANOS_PER_MILLI = 1e6;

  private final Consumer<String> out;
  private final @Nullable PrintStream logFile;
  private final @Nullable HistogramLogWriter log;
  private final long base = System.currentTimeMillis();
  private final Histogram since = Recording.newHistogram();
  private long start;
  private long last;
  private int seconds;

  /// @param out is told lines
  /// @param logFile to write the histograms of each second to, one line for each action; null for none
  Progress(Consumer<String> out, @Nullable Path logFile) throws IOException {
    this.out = out;
    this.logFile = logFile == null ? null : new PrintStream(logFile.toFile());
    this.log = this.logFile == null ? null : new HistogramLogWriter(this.logFile);
    if (log != null) {
      log.outputComment("[latencies in nanoseconds; tags are actions]");
      log.outputLogFormatVersion();
      log.outputStartTime(base);
      log.outputBaseTime(base);
      log.outputLegend();
    }
  }

  void phase(String name) {
    out.accept(name + " …");
  }

  @Override
  public void begins(long startNanos) {
    start = startNanos;
    last = startNanos;
    seconds = 0;
    since.reset();
  }

  @Override
  public void second(Map<String, Histogram> latencies) {
    latencies.forEach(
        (action, histogram) -> {
          if (!action.equals(Tally.PROBE)) {
            since.add(histogram);
          }
          if (log != null) {
            histogram.setTag(action.replace(' ', '-'));
            log.outputIntervalHistogram(
                (histogram.getStartTimeStamp() - base) / 1e3,
                (histogram.getEndTimeStamp() - base) / 1e3,
                histogram,
                NANOS_PER_MILLI);
          }
        });
    seconds++;
    if (seconds % SECONDS_OF_LINE == 0) {
      long now = System.nanoTime();
      out.accept(
          String.format(
              Locale.ROOT,
              "%5.0f s: %,10.0f per second, p99 %.2f ms, max %.2f ms",
              (now - start) / 1e9,
              since.getTotalCount() / ((now - last) / 1e9),
              since.getValueAtPercentile(99) / NANOS_PER_MILLI,
              since.getMaxValue() / NANOS_PER_MILLI));
      last = now;
      since.reset();
    }
  }

  @Override
  public void close() {
    if (logFile != null) {
      logFile.close();
    }
  }
}
