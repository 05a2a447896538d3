package io.varve.bench.contest;

import io.varve.bench.contest.Load.Outcome;
import io.varve.bench.contest.Load.Session;
import io.varve.bench.records.Permutation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/// Whether a writer is ever stopped. First the rate that a side can sustain is measured, the merges that
/// it leaves behind included; then writes come at 1.35 times that rate, whether or not the ones before
/// them are done, and each is timed from the moment at which it was due. So a store that stops for a
/// second shows that second in every write that was due meanwhile.
final class Burst {

  private static final double OVER_SUSTAINABLE = 1.35;

  /// A pause in which no write ends and which is longer than this is a stop.
  private static final long STOP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Path directory;
  private final Setup setup;
  private final Consumer<String> progress;

  Burst(Path directory, Setup setup, Consumer<String> progress) {
    this.directory = directory;
    this.setup = setup;
    this.progress = progress;
  }

  /// What one side came to.
  ///
  /// @param sustainable writes per second that the merges keep up with
  /// @param reached writes per second in the burst
  /// @param stoppedSeconds sum of all stops
  /// @param longestGapMillis longest time in which no write ended
  /// @param longestWriteMillis longest single write
  /// @param sinceDue latencies from when a write was due, in nanoseconds
  private record Found(
      double sustainable,
      double reached,
      double stoppedSeconds,
      double longestGapMillis,
      double longestWriteMillis,
      Histogram sinceDue) {}

  List<TargetResult> run() throws IOException, InterruptedException {
    Found varve = measure(Side.VARVE);
    Found rocksdb = measure(Side.ROCKSDB);
    String note =
        String.format(
            Locale.ROOT,
            "sustainable: %.0f and %.0f writes per second; reached in the burst: %.0f and %.0f.%n"
                + "From when due, in ms: p50 %.1f and %.1f, p99 %.1f and %.1f, max %.1f and %.1f",
            varve.sustainable(),
            rocksdb.sustainable(),
            varve.reached(),
            rocksdb.reached(),
            millis(varve.sinceDue().getValueAtPercentile(50)),
            millis(rocksdb.sinceDue().getValueAtPercentile(50)),
            millis(varve.sinceDue().getValueAtPercentile(99)),
            millis(rocksdb.sinceDue().getValueAtPercentile(99)),
            millis(varve.sinceDue().getMaxValue()),
            millis(rocksdb.sinceDue().getMaxValue()));
    return List.of(
        TargetResult.atMost(
            "writes fully stopped in a burst of " + setup.burstSeconds() + " s",
            "s",
            0,
            varve.stoppedSeconds(),
            rocksdb.stoppedSeconds(),
            "sum of the pauses of more than 100 ms in which no write ended"),
        TargetResult.withoutLimit(
            "longest pause in which no write ended",
            "ms",
            varve.longestGapMillis(),
            rocksdb.longestGapMillis(),
            ""),
        TargetResult.withoutLimit(
            "longest single write",
            "ms",
            varve.longestWriteMillis(),
            rocksdb.longestWriteMillis(),
            note));
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }

  private Found measure(Side side) throws IOException {
    Sessions sessions = new Sessions(setup);
    try (Store store = Store.create(side, directory, "burst", setup)) {
      Contender contender = store.contender();
      Permutation order = new Permutation(setup.keys(), 3);
      progress.accept("  filling, " + side.title());
      Load.run(
          1, setup.keys(), Integer.MAX_VALUE, _ -> sessions.put(contender.writer(), order::at, 0));
      contender.settle();
      progress.accept("  looking for the rate that can be sustained, " + side.title());
      long start = System.nanoTime();
      Outcome steady =
          Load.run(
              1,
              Long.MAX_VALUE,
              Math.max(1, setup.burstSeconds() / 3),
              _ -> sessions.put(contender.writer(), sessions.uniform(4), 1));
      contender.settle();
      double sustainable = steady.operations() / ((System.nanoTime() - start) / 1e9);
      progress.accept("  burst, " + side.title());
      return burst(sessions.put(contender.writer(), sessions.uniform(5), 2), sustainable);
    }
  }

  private Found burst(Session writes, double sustainable) {
    double nanosPerWrite = 1e9 / (OVER_SUSTAINABLE * sustainable);
    long length = TimeUnit.SECONDS.toNanos(setup.burstSeconds());
    Histogram sinceDue = Load.newHistogram();
    long longestWrite = 0;
    long longestGap = 0;
    long stopped = 0;
    long index = 0;
    long start = System.nanoTime();
    long end = start;
    while (true) {
      long due = start + (long) (index * nanosPerWrite);
      long before = System.nanoTime();
      if (before - start >= length || due - start >= length) {
        break;
      }
      before = awaitDue(due, before);
      writes.operate(index++);
      long after = System.nanoTime();
      sinceDue.recordValue(after - due);
      longestWrite = Math.max(longestWrite, after - before);
      // From when a write could have ended: a pause in which none was due is nobody's stop.
      long gap = after - Math.max(end, Math.min(due, before));
      longestGap = Math.max(longestGap, gap);
      stopped += gap > STOP_NANOS ? gap : 0;
      end = after;
    }
    return new Found(
        sustainable,
        index / ((end - start) / 1e9),
        stopped / 1e9,
        millis(longestGap),
        millis(longestWrite),
        sinceDue);
  }

  private static long awaitDue(long due, long now) {
    long at = now;
    while (at < due) {
      if (due - at > 100_000) {
        LockSupport.parkNanos(due - at - 50_000);
      } else {
        Thread.onSpinWait();
      }
      at = System.nanoTime();
    }
    return at;
  }
}
