package io.varve.engine.inspect;

import io.varve.engine.compaction.CompactionMode;
import io.varve.engine.compaction.CompactionPlanner;
import io.varve.engine.compaction.MonkeyBits;
import io.varve.engine.compaction.PlannerOptions;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Plays one scenario with one mode on a [CompactionSimulator] and looks at it now and then.
///
/// A flush is a second. A time series lives for as many seconds as it takes to write the data once; a
/// window of the time-window mode is a tenth of that. Filters have ten bits per key over all, spread as
/// the store spreads them. One thread.
public final class SimulationRun {

  private static final long FLUSH_MILLIS = 1_000;
  private static final int WINDOWS_PER_LIFE = 10;
  private static final double FILTER_BITS = 10;
  private static final double LN_2_SQUARED = Math.log(2) * Math.log(2);

  /// Places for keys of a time series, per key that is alive: two writes hardly ever meet.
  private static final int TIME_SERIES_PLACES = 1_000;

  private final SimulationScenario scenario;
  private final CompactionMode mode;
  private final CompactionSimulator store;
  private final List<SimulationSample> samples = new ArrayList<>();
  private final SplittableRandom random;
  private final long keys;
  private final long places;
  private long entriesWritten;

  /// Flushes of the last round, and what they held: of a time series, what is alive.
  private final ArrayDeque<Long> recent = new ArrayDeque<>();

  private long entriesRecent;

  private SimulationRun(SimulationScenario scenario, CompactionMode mode) {
    this.scenario = scenario;
    this.mode = mode;
    this.random = new SplittableRandom(scenario.seed());
    this.keys = scenario.memtables() * scenario.entriesPerMemtable();
    boolean series = scenario.keys() == SimulatedKeys.TIME_SERIES;
    this.places = series ? TIME_SERIES_PLACES * keys : keys;
    long roundMillis = scenario.memtables() * FLUSH_MILLIS;
    PlannerOptions options =
        PlannerOptions.forMemtable(scenario.memtableBytes())
            .withMode(mode)
            .withFanOut(scenario.fanOut())
            .withWindowMillis(Math.max(1, roundMillis / WINDOWS_PER_LIFE));
    this.store =
        new CompactionSimulator(
            new CompactionPlanner(options),
            new SimulatedWrites(
                scenario.keys(),
                scenario.entryBytes(),
                scenario.deleteShare(),
                series ? roundMillis : 0));
  }

  /// Takes some seconds if there are thousands of flushes.
  public static SimulationResult of(SimulationScenario scenario, CompactionMode mode) {
    return new SimulationRun(scenario, mode).run();
  }

  private SimulationResult run() {
    int flushes = scenario.flushes();
    int count = Math.min(scenario.samples(), flushes);
    double steadyFlushed = 0;
    double steadyWritten = 0;
    int done = 0;
    for (int sample = 1; sample <= count; sample++) {
      store.resetCounters();
      for (int end = (int) ((long) flushes * sample / count); done < end; done++) {
        flush();
      }
      samples.add(look());
      if (isSteady(sample, count)) {
        steadyFlushed += store.bytesFlushed();
        steadyWritten += store.bytesFlushed() * store.writeAmplification();
      }
    }
    return new SimulationResult(
        mode, List.copyOf(samples), steady(count, steadyWritten / steadyFlushed));
  }

  private static boolean isSteady(int sample, int count) {
    return sample > count / 2;
  }

  private void flush() {
    long entries = scenario.entriesPerMemtable();
    if (scenario.seed() != 0) {
      entries = random.nextLong(entries / 2, entries + 1);
    }
    store.advance(FLUSH_MILLIS);
    if (scenario.keys() == SimulatedKeys.SEQUENTIAL) {
      flushInSequence(entries);
    } else {
      store.flush(0, places, entries);
    }
    entriesWritten += entries;
    recent.addLast(entries);
    entriesRecent += entries;
    if (recent.size() > scenario.memtables()) {
      entriesRecent -= recent.removeFirst();
    }
  }

  /// What reaches the last key ends there; what is left goes to the first ones.
  private void flushInSequence(long entries) {
    long from = entriesWritten % keys;
    long first = Math.min(entries, keys - from);
    store.flush(from, from + first, first);
    if (first < entries) {
      store.flush(0, entries - first, entries - first);
    }
  }

  private SimulationSample look() {
    double alive = aliveKeys() * scenario.entryBytes() * (1 - scenario.deleteShare());
    CompactionSimulator.ReadCost reads = readCost();
    return new SimulationSample(
        (double) entriesWritten / scenario.entriesPerMemtable(),
        store.writeAmplification(),
        store.spaceBytes() / alive,
        store.spaceBytesMax() / alive,
        store.runsMax(),
        reads.hitBlocks(),
        reads.missBlocks());
  }

  /// Keys that were written at least once, deleted ones included.
  private double aliveKeys() {
    return scenario.keys() == SimulatedKeys.TIME_SERIES
        ? entriesRecent
        : keys * scenario.keys().density((double) entriesWritten / keys);
  }

  private CompactionSimulator.ReadCost readCost() {
    Version version = store.version();
    double[] entries = new double[version.runCount()];
    for (int age = 0; age < entries.length; age++) {
      entries[age] =
          version.run(age).tables().stream().mapToDouble(TableMetadata::entryCount).sum();
    }
    double[] bits = MonkeyBits.allot(entries, FILTER_BITS);
    Map<Integer, double[]> sums = new HashMap<>();
    for (int age = 0; age < bits.length; age++) {
      double[] sum = sums.computeIfAbsent(version.levelOf(age), _ -> new double[2]);
      sum[0] += Math.exp(-bits[age] * LN_2_SQUARED);
      sum[1]++;
    }
    return store.readCost(
        0,
        places,
        level -> {
          double[] sum = sums.get(level);
          return sum == null ? 0 : sum[0] / sum[1];
        });
  }

  private SimulationSample steady(int count, double writeAmplification) {
    double space = 0;
    double spaceMax = 0;
    int runsMax = 0;
    double hit = 0;
    double miss = 0;
    int seen = 0;
    for (int sample = 1; sample <= count; sample++) {
      if (isSteady(sample, count)) {
        SimulationSample one = samples.get(sample - 1);
        space += one.space();
        spaceMax = Math.max(spaceMax, one.spaceMax());
        runsMax = Math.max(runsMax, one.runsMax());
        hit += one.readsPerHit();
        miss += one.readsPerMiss();
        seen++;
      }
    }
    return new SimulationSample(
        samples.getLast().written(),
        writeAmplification,
        space / seen,
        spaceMax,
        runsMax,
        hit / seen,
        miss / seen);
  }
}
