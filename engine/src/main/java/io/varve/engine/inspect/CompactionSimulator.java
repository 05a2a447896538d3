package io.varve.engine.inspect;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionChoice;
import io.varve.engine.compaction.CompactionChoice.DropTables;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.compaction.CompactionChoice.MoveRun;
import io.varve.engine.compaction.CompactionChoice.Nothing;
import io.varve.engine.compaction.CompactionInputs;
import io.varve.engine.compaction.CompactionPlanner;
import io.varve.engine.compaction.CompactionRange;
import io.varve.engine.compaction.InputRun;
import io.varve.engine.compaction.SnapshotBounds;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.key.Expiry;
import io.varve.engine.version.StoreState;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.TableTimes;
import io.varve.engine.version.Version;
import io.varve.engine.version.VersionEdit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;

/// Drives the planner with tables that exist on paper only, to see what a policy costs before it has
/// cost it: write amplification, runs, space.
///
/// The keys are numbers, all entries are of one size, and of a table only its key range and its density
/// (the part of the keys in its range that it holds) are kept; [SimulatedKeys] says what comes of
/// densities that are merged. A part of the writes may be deletes. Data may expire: a merge leaves out the
/// part that has, by the age of its inputs. Merges take no time. One thread.
public final class CompactionSimulator {

  /// Merges after one flush beyond this many mean that the planner goes in circles.
  private static final int STEPS_MAX = 100_000;

  /// Places in the key range at which reads are looked at.
  private static final int PROBES = 200;

  /// What a point read meets, on average over the key range.
  ///
  /// @param runs runs whose table covers the key: what a read without filters would ask
  /// @param hitBlocks data blocks read for a key that is there, filters in memory
  /// @param missBlocks data blocks read for one that is not
  public record ReadCost(double runs, double hitBlocks, double missBlocks) {}

  private final CompactionPlanner planner;
  private final SimulatedWrites writes;
  private final Map<Long, PaperExtent> extents = new HashMap<>();
  private Version version = Version.of(List.of());
  private long nextNumber = StoreState.BASE_RUN_ID + 1;
  private long nextSequence = 1;
  private long nowMillis = 1;
  private double bytesFlushed;
  private double bytesMerged;
  private long largestMergeBytes;
  private int runsMax;
  private double spaceMax;
  private long moves;
  private long merges;
  private long drops;

  /// Uniform writes, no deletes, no expiry.
  ///
  /// @param entryBytes bytes of an entry in a table
  public CompactionSimulator(CompactionPlanner planner, long entryBytes) {
    this(planner, SimulatedWrites.uniform(entryBytes));
  }

  public CompactionSimulator(CompactionPlanner planner, SimulatedWrites writes) {
    this.planner = planner;
    this.writes = writes;
  }

  /// Lets time pass.
  public void advance(long millis) {
    nowMillis += millis;
  }

  /// Flushes a memtable of `count` random keys between two and lets the planner have its way.
  ///
  /// @param from least key, inclusive
  /// @param to greatest key, exclusive
  public void flush(long from, long to, long count) {
    double density = writes.keys().density((double) count / (to - from));
    VersionEdit.Builder edit = VersionEdit.builder();
    long runId = nextNumber++;
    TreeSet<Long> borders = new TreeSet<>(List.of(from, to));
    for (Slice cut : planner.flushCuts(version, count * writes.entryBytes())) {
      if (keyOf(cut) > from && keyOf(cut) < to) {
        borders.add(keyOf(cut));
      }
    }
    long start = from;
    for (long end : borders.tailSet(from, false)) {
      TableMetadata table =
          newTable(
              new PaperExtent(start, end, density, false, nowMillis, nowMillis),
              nextSequence,
              count);
      edit.add(0, runId, table);
      bytesFlushed += table.fileBytes();
      start = end;
    }
    nextSequence += count;
    version = version.apply(edit.build());
    settle();
  }

  private CompactionInputs inputs() {
    return new CompactionInputs(
        version, List.of(), Set.of(), CompactionFilter.NONE, SnapshotBounds.none(), nowMillis);
  }

  /// Lets the planner have its way until it wants nothing more.
  public void settle() {
    for (int steps = 0; steps < STEPS_MAX; steps++) {
      CompactionChoice choice = planner.plan(inputs());
      if (choice instanceof Nothing) {
        observe(0);
        return;
      }
      carryOut(choice);
    }
    throw new IllegalStateException("the planner does not come to rest: " + version.describe());
  }

  /// Has a range merged as by request.
  public void compactRange(long from, long to) {
    CompactionRange range = new CompactionRange(key(from), key(to), nextNumber++);
    for (int steps = 0; steps < STEPS_MAX; steps++) {
      CompactionChoice choice = planner.planRange(inputs(), range);
      if (choice instanceof Nothing) {
        return;
      }
      carryOut(choice);
    }
    throw new IllegalStateException("the range is never done: " + version.describe());
  }

  private void carryOut(CompactionChoice choice) {
    switch (choice) {
      case Nothing _ -> throw new IllegalStateException("nothing to do");
      case MergeRuns merge -> merge(merge);
      case MoveRun move -> move(move);
      case DropTables drop -> drop(drop);
    }
  }

  private void drop(DropTables drop) {
    drops++;
    VersionEdit.Builder edit = VersionEdit.builder();
    for (InputRun input : drop.inputs()) {
      input.tables().forEach(table -> edit.remove(input.level(), table.fileNumber()));
    }
    version = version.apply(edit.build());
  }

  private void move(MoveRun move) {
    moves++;
    VersionEdit.Builder edit = VersionEdit.builder();
    for (InputRun input : move.inputs()) {
      for (TableMetadata table : input.tables()) {
        edit.remove(input.level(), table.fileNumber());
        edit.add(move.outputLevel(), move.outputRunId(), table);
      }
    }
    version = version.apply(edit.build());
    observe(0);
  }

  private void merge(MergeRuns merge) {
    merges++;
    largestMergeBytes = Math.max(largestMergeBytes, merge.inputBytes());
    List<PaperExtent> inputs = new ArrayList<>();
    VersionEdit.Builder edit = VersionEdit.builder();
    long sequence = 0;
    for (InputRun input : merge.inputs()) {
      for (TableMetadata table : input.tables()) {
        inputs.add(extentOf(table));
        edit.remove(input.level(), table.fileNumber());
        sequence = Math.max(sequence, table.largestSequence());
      }
    }
    TreeSet<Long> cuts = new TreeSet<>();
    merge.cuts().forEach(cut -> cuts.add(keyOf(cut)));
    boolean atBottom = merge.outputRunId() == StoreState.BASE_RUN_ID;
    PaperMerge paper =
        new PaperMerge(writes, inputs, atBottom, merge.outputTableBytes(), nowMillis);
    double written = 0;
    for (PaperExtent output : paper.run(cuts)) {
      TableMetadata table = newTable(output, 1, sequence);
      written += table.fileBytes();
      edit.add(merge.outputLevel(), merge.outputRunId(), table);
    }
    bytesMerged += written;
    observe(written);
    version = version.apply(edit.build());
    observe(0);
  }

  private TableMetadata newTable(PaperExtent extent, long smallestSequence, long sequences) {
    long number = nextNumber++;
    extents.put(number, extent);
    long entries = Math.max(1, Math.round(extent.keys()));
    long tombstones = extent.atBottom() ? 0 : Math.round(entries * writes.deleteShare());
    long bytes = Math.max(1, Math.round(extent.keys() * writes.bytesPerKey(extent.atBottom())));
    long expiry =
        writes.lifeMillis() == 0 ? Expiry.NEVER : extent.newestMillis() + writes.lifeMillis();
    return new TableMetadata(
            number,
            bytes,
            entries,
            tombstones,
            bytes,
            key(extent.from()),
            key(extent.to() - 1),
            smallestSequence,
            smallestSequence + sequences - 1)
        .with(
            0,
            new TableTimes(extent.oldestMillis(), extent.newestMillis(), expiry, expiry),
            List.of());
  }

  private PaperExtent extentOf(TableMetadata table) {
    PaperExtent extent = extents.get(table.fileNumber());
    if (extent == null) {
      throw new IllegalStateException("unknown " + table);
    }
    return extent;
  }

  private static Slice key(long number) {
    GrowableBuffer buffer = new GrowableBuffer(8);
    buffer.putLongBigEndian(number);
    return buffer.slice();
  }

  private static long keyOf(Slice key) {
    long number = 0;
    for (int i = 0; i < 8; i++) {
      number = number << 8 | key.getUnsigned(i);
    }
    return number;
  }

  /// What reads meet now, over a key range.
  ///
  /// @param from least key, inclusive
  /// @param to greatest key, exclusive
  /// @param falsePositives chance that a filter of a level says "maybe" of a key that is not there
  public ReadCost readCost(long from, long to, IntToDoubleFunction falsePositives) {
    double runs = 0;
    double miss = 0;
    double hit = 0;
    double found = 0;
    for (int probe = 0; probe < PROBES; probe++) {
      Slice key = key(from + (long) ((to - from) * (probe + 0.5) / PROBES));
      double absent = 1;
      for (int age = 0; age < version.runCount(); age++) {
        TableMetadata table = version.run(age).find(key);
        if (table != null) {
          double maybe = falsePositives.applyAsDouble(version.levelOf(age));
          double density = extentOf(table).density();
          runs++;
          miss += maybe;
          // A key that is further down costs a false positive here, one that is here a block.
          hit += absent * (1 - density) * maybe;
          found += absent * density;
          absent *= 1 - density;
        }
      }
      // What is not found at all is no hit.
      hit -= absent * missAt(key, falsePositives);
    }
    return new ReadCost(
        runs / PROBES, found == 0 ? 0 : (found + Math.max(0, hit)) / found, miss / PROBES);
  }

  private double missAt(Slice key, IntToDoubleFunction falsePositives) {
    double sum = 0;
    for (int age = 0; age < version.runCount(); age++) {
      if (version.run(age).find(key) != null) {
        sum += falsePositives.applyAsDouble(version.levelOf(age));
      }
    }
    return sum;
  }

  private void observe(double temporaryBytes) {
    runsMax = Math.max(runsMax, version.runCount());
    spaceMax = Math.max(spaceMax, version.bytes() + temporaryBytes);
  }

  /// Forgets what was counted so far, to look at the steady state only.
  public void resetCounters() {
    bytesFlushed = 0;
    bytesMerged = 0;
    largestMergeBytes = 0;
    runsMax = 0;
    spaceMax = 0;
    moves = 0;
    merges = 0;
    drops = 0;
  }

  /// The tables as they are.
  public Version version() {
    return version;
  }

  /// Bytes written to tables per byte flushed.
  public double writeAmplification() {
    return (bytesFlushed + bytesMerged) / bytesFlushed;
  }

  /// Bytes of the tables that flushes wrote.
  public double bytesFlushed() {
    return bytesFlushed;
  }

  /// Most runs that there were at a time.
  public int runsMax() {
    return runsMax;
  }

  /// Most bytes that there were at a time, outputs of a merge beside its inputs included.
  public double spaceBytesMax() {
    return spaceMax;
  }

  /// Bytes that the largest merge read.
  public long largestMergeBytes() {
    return largestMergeBytes;
  }

  /// Merges that were run.
  public long merges() {
    return merges;
  }

  /// Times that tables were dropped unread.
  public long drops() {
    return drops;
  }

  /// Bytes of all tables now.
  public double spaceBytes() {
    return version.bytes();
  }

  /// Moves that rewrote nothing.
  public long moves() {
    return moves;
  }
}
