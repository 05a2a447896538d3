package io.varve.bench.contest;

import io.varve.bench.contest.RowResult.Ratios;
import io.varve.bench.contest.TargetResult.Verdict;
import io.varve.bench.figures.Machine;
import java.util.Locale;

/// A report as text of at most 100 columns that explains itself.
final class ContestTable {

  /// Differences below it are the machine's.
  private static final double BEHIND_BELOW = 0.97;

  private static final String NOTHING = "-";

  private final ContestReport report;
  private final StringBuilder out = new StringBuilder();

  private ContestTable(ContestReport report) {
    this.report = report;
  }

  static String of(ContestReport report) {
    ContestTable table = new ContestTable(report);
    table.addHead();
    if (!report.rows().isEmpty()) {
      table.addRatios();
      table.addFigures();
    }
    if (!report.targets().isEmpty()) {
      table.addTargets();
    }
    return table.out.toString();
  }

  private void addHead() {
    Setup setup = report.setup();
    Machine machine = report.machine();
    line("Varve beside RocksDB %s, both embedded in one process.", report.rocksdbVersion());
    line(
        "%d processors, load average %.1f, %s, Java %s.",
        machine.processors(), machine.loadAverage(), machine.system(), machine.java());
    line(
        "%,d keys of %d bytes with values of %d bytes (%s); memtable %s, block cache %s;",
        setup.keys(),
        setup.keyBytes(),
        setup.valueBytes(),
        bytes(setup.dataBytes()),
        bytes(setup.memtableBytes()),
        bytes(setup.cacheBytes()));
    line(
        "threads: %d reading, %d merging; writes %s; tables %s.",
        setup.readers(),
        setup.mergeThreads(),
        switch (setup.sync()) {
          case NEVER -> "not synced";
          case EACH_WRITE -> "synced one by one";
        },
        switch (setup.codec()) {
          case MIXED -> "in LZ4, on the deepest level in zstd";
          case ROCKSDB_LZ4 -> "of RocksDB all in LZ4";
          case NONE -> "not compressed";
        });
  }

  private void addRatios() {
    line("");
    line(
        "How many times better Varve is: above 1 Varve is ahead, below 1 RocksDB; - not applicable.");
    line("Medians of %d round(s).", report.setup().rounds());
    line("");
    line(
        "%-20s %8s %7s %7s %7s %7s %7s %9s %7s %8s",
        "row", "rate", "p50", "p99", "p99.9", "max", "CPU", "write amp", "space", "reads/op");
    boolean behind = false;
    for (RowResult row : report.rows()) {
      Ratios ratios = row.ratios();
      boolean isBehind = ratios.perSecond() < BEHIND_BELOW;
      behind |= isBehind;
      line(
          "%-20s %8s %7s %7s %7s %7s %7s %9s %7s %8s%s",
          title(row),
          ratio(ratios.perSecond()),
          ratio(ratios.p50()),
          ratio(ratios.p99()),
          ratio(ratios.p999()),
          ratio(ratios.max()),
          ratio(ratios.cpu()),
          ratio(ratios.writeAmplification()),
          ratio(ratios.space()),
          ratio(ratios.reads()),
          isBehind ? " <" : "");
    }
    line("");
    line(
        "%s",
        behind
            ? "Rows marked < are those in whose rate Varve is behind."
            : "At or ahead of RocksDB in the rate of every row.");
  }

  private void addFigures() {
    line("");
    line("The figures. Latencies in us; CPU in us per operation, background included; write");
    line(
        "amplification: table bytes written per user byte, the log's in brackets; space: highest sum");
    line("of the tables' files per byte of live user data; rd/op: blocks read per operation.");
    line("");
    line(
        "%-18s %-7s %8s %7s %7s %7s %8s %6s %11s %5s %6s",
        "row", "", "op/s", "p50", "p99", "p99.9", "max", "CPU", "write amp", "space", "rd/op");
    for (RowResult row : report.rows()) {
      addSide(title(row), Side.VARVE, row.varve());
      addSide("", Side.ROCKSDB, row.rocksdb());
    }
  }

  private void addSide(String title, Side side, Measure measure) {
    String wrong = measure.failures() == 0 ? "" : "  " + measure.failures() + " WRONG ANSWERS";
    line(
        "%-18s %-7s %8s %7s %7s %7s %8s %6s %11s %5s %6s%s",
        title,
        side.title(),
        number(measure.perSecond()),
        number(measure.p50Micros()),
        number(measure.p99Micros()),
        number(measure.p999Micros()),
        number(measure.maxMicros()),
        number(measure.cpuMicrosPerOperation()),
        Double.isNaN(measure.writeAmplification())
            ? NOTHING
            : text("%.2f (%.2f)", measure.writeAmplification(), measure.logAmplification()),
        number(measure.space()),
        number(measure.readsPerOperation()),
        wrong);
    if (measure.settleSeconds() > 0.05) {
      line("%-26s merges went on for %.1f s", "", measure.settleSeconds());
    }
  }

  private void addTargets() {
    line("");
    line("What the design promises:");
    line("");
    line("%-58s %9s %9s %9s  %s", "target", "at most", "Varve", "RocksDB", "verdict");
    for (TargetResult target : report.targets()) {
      line(
          "%-58s %9s %9s %9s  %s",
          target.unit().isEmpty() ? target.target() : target.target() + ", " + target.unit(),
          number(target.limit()),
          number(target.varve()),
          number(target.rocksdb()),
          target.verdict() == Verdict.NO_LIMIT
              ? ""
              : target.verdict().name().toLowerCase(Locale.ROOT));
      if (!target.note().isEmpty()) {
        for (String part : target.note().split("\n", -1)) {
          line("    %s", part);
        }
      }
    }
  }

  private static String title(RowResult result) {
    for (Row row : Row.values()) {
      if (row.optionName().equals(result.row())) {
        return row.title();
      }
    }
    return result.row();
  }

  static String ratio(double ratio) {
    return Double.isNaN(ratio) || Double.isInfinite(ratio) ? NOTHING : text("%.2f", ratio);
  }

  /// About three digits that count.
  static String number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return NOTHING;
    }
    double size = Math.abs(value);
    if (size >= 1e7) {
      return text("%.3gM", value / 1e6);
    }
    return text(size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
  }

  private static String bytes(long bytes) {
    return bytes >= 1 << 20
        ? text("%.1f MiB", bytes / (double) (1 << 20))
        : text("%.0f KiB", bytes / 1024.0);
  }

  @SuppressWarnings("AnnotateFormatMethod")
  private void line(String format, Object... values) {
    out.append(text(format, values)).append('\n');
  }

  @SuppressWarnings("AnnotateFormatMethod") // all formats stand in this file
  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
