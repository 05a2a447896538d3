package io.varve.engine.inspect;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionChoice;
import io.varve.engine.compaction.CompactionChoice.DropTables;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.compaction.CompactionChoice.MoveRun;
import io.varve.engine.compaction.CompactionChoice.Nothing;
import io.varve.engine.compaction.CompactionPlanner;
import io.varve.engine.compaction.InputRun;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.version.StoreState;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import io.varve.engine.version.VersionEdit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Drives the planner with tables that exist on paper only, to see what a policy costs before it has
/// cost it: write amplification, runs, space.
///
/// The keys are the numbers from 0 to `keys`, all entries are of one size, and of a table only its key
/// range and its density (the part of the keys in its range that it holds) are kept. Merging tables of
/// densities a and b gives 1 - (1 - a)(1 - b), as if keys were written uniformly at random. Merges take
/// no time. One thread.
public final class CompactionSimulator {

  private static final CompactionFilter KEEP_ALL =
      new CompactionFilter() {
        @Override
        public boolean drop(Slice userKey, Slice value) {
          return false;
        }

        @Override
        public boolean dropsRange(Slice smallest, Slice largest) {
          return false;
        }
      };

  /// Merges after one flush beyond this many mean that the planner goes in circles.
  private static final int STEPS_MAX = 100_000;

  /// What a table holds: keys from `from` (inclusive) to `to` (exclusive).
  private record Extent(long from, long to, double density) {
    double entries() {
      return (to - from) * density;
    }
  }

  private final CompactionPlanner planner;
  private final long entryBytes;
  private final Map<Long, Extent> extents = new HashMap<>();
  private Version version = Version.of(List.of());
  private long nextNumber = StoreState.BASE_RUN_ID + 1;
  private long nextSequence = 1;
  private double bytesFlushed;
  private double bytesMerged;
  private long largestMergeBytes;
  private int runsMax;
  private double spaceMax;
  private long moves;
  private long merges;

  /// @param entryBytes bytes of an entry in a table
  public CompactionSimulator(CompactionPlanner planner, long entryBytes) {
    this.planner = planner;
    this.entryBytes = entryBytes;
  }

  /// Flushes a memtable of `writes` random keys between two and lets the planner have its way.
  ///
  /// @param from least key, inclusive
  /// @param to greatest key, exclusive
  public void flush(long from, long to, long writes) {
    double density = -Math.expm1(-(double) writes / (to - from));
    VersionEdit.Builder edit = VersionEdit.builder();
    TableMetadata table = newTable(new Extent(from, to, density), nextSequence, writes);
    edit.add(0, nextNumber++, table);
    nextSequence += writes;
    bytesFlushed += table.fileBytes();
    version = version.apply(edit.build());
    settle();
  }

  private void settle() {
    for (int steps = 0; steps < STEPS_MAX; steps++) {
      CompactionChoice choice = planner.plan(version, List.of(), Set.of(), KEEP_ALL);
      switch (choice) {
        case Nothing _ -> {
          observe(0);
          return;
        }
        case MergeRuns merge -> merge(merge);
        case MoveRun move -> move(move);
        case DropTables _ -> throw new IllegalStateException("nothing is dead here");
      }
    }
    throw new IllegalStateException("the planner does not come to rest: " + version.describe());
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
    List<Extent> inputs = new ArrayList<>();
    TreeSet<Long> borders = new TreeSet<>();
    VersionEdit.Builder edit = VersionEdit.builder();
    long sequence = 0;
    for (InputRun input : merge.inputs()) {
      for (TableMetadata table : input.tables()) {
        Extent extent = extentOf(table);
        inputs.add(extent);
        borders.add(extent.from());
        borders.add(extent.to());
        edit.remove(input.level(), table.fileNumber());
        sequence = Math.max(sequence, table.largestSequence());
      }
    }
    for (Slice cut : merge.cuts()) {
      borders.add(keyOf(cut));
    }
    double written = 0;
    for (Extent output : outputs(merge, inputs, borders)) {
      TableMetadata table = newTable(output, 1, sequence);
      written += table.fileBytes();
      edit.add(merge.outputLevel(), merge.outputRunId(), table);
    }
    bytesMerged += written;
    observe(written);
    version = version.apply(edit.build());
    observe(0);
  }

  /// Walks the pieces between borders, melts them while they are neighbours, cuts where the merge says.
  private List<Extent> outputs(MergeRuns merge, List<Extent> inputs, SortedSet<Long> borders) {
    TreeSet<Long> cuts = new TreeSet<>();
    merge.cuts().forEach(cut -> cuts.add(keyOf(cut)));
    double entriesMax = Math.max(1, (double) merge.outputTableBytes() / entryBytes);
    List<Extent> outputs = new ArrayList<>();
    long start = -1;
    long end = -1;
    double entries = 0;
    List<Long> points = new ArrayList<>(borders);
    for (int i = 0; i + 1 < points.size(); i++) {
      long from = points.get(i);
      long to = points.get(i + 1);
      double density = densityOf(inputs, from, to);
      if (start >= 0 && (cuts.contains(from) || entries >= entriesMax)) {
        outputs.add(new Extent(start, end, Math.min(1, entries / (end - start))));
        start = -1;
      }
      while (density > 0 && from < to) {
        if (start < 0) {
          start = from;
          entries = 0;
        }
        long room = (long) Math.max(1, Math.ceil((entriesMax - entries) / density));
        end = Math.min(to, from + room);
        entries += (end - from) * density;
        if (end < to) {
          outputs.add(new Extent(start, end, Math.min(1, entries / (end - start))));
          start = -1;
        }
        from = end;
      }
    }
    if (start >= 0) {
      outputs.add(new Extent(start, end, Math.min(1, entries / (end - start))));
    }
    return outputs;
  }

  private static double densityOf(List<Extent> inputs, long from, long to) {
    double absent = 1;
    for (Extent input : inputs) {
      if (input.from() <= from && input.to() >= to) {
        absent *= 1 - input.density();
      }
    }
    return 1 - absent;
  }

  private TableMetadata newTable(Extent extent, long smallestSequence, long sequences) {
    long number = nextNumber++;
    long entries = Math.max(1, Math.round(extent.entries()));
    extents.put(number, extent);
    return new TableMetadata(
        number,
        entries * entryBytes,
        entries,
        0,
        entries * entryBytes,
        key(extent.from()),
        key(extent.to() - 1),
        smallestSequence,
        smallestSequence + sequences - 1);
  }

  private Extent extentOf(TableMetadata table) {
    Extent extent = extents.get(table.fileNumber());
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
  }

  /// The tables as they are.
  public Version version() {
    return version;
  }

  /// Bytes written to tables per byte flushed.
  public double writeAmplification() {
    return (bytesFlushed + bytesMerged) / bytesFlushed;
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

  /// Moves that rewrote nothing.
  public long moves() {
    return moves;
  }
}
