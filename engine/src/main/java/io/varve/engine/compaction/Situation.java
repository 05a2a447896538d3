package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What the planner is asked about, with the sums and look-ups that all its rules need. Lives for one
/// question.
final class Situation {

  final PlannerOptions options;
  final CompactionInputs inputs;
  final Version version;

  /// Bytes of the base.
  final long baseBytes;

  /// Bytes of the tiers, without what running merges are taking into the base.
  final long bytesAboveBase;

  private final Set<Long> taken;
  private final double baseEntryBytes;
  private final ValueGarbage garbage;

  Situation(PlannerOptions options, CompactionInputs inputs) {
    this.options = options;
    this.inputs = inputs;
    this.version = inputs.version();
    this.taken = new HashSet<>(inputs.blocked());
    long sinking = 0;
    for (MergeRuns merge : inputs.running()) {
      for (InputRun input : merge.inputs()) {
        for (TableMetadata table : input.tables()) {
          taken.add(table.fileNumber());
        }
        if (merge.outputLevel() == options.baseLevel() && input.level() < options.baseLevel()) {
          sinking += input.bytes();
        }
      }
    }
    this.baseBytes = version.totalBytes(options.baseLevel());
    this.bytesAboveBase = version.totalBytes() - baseBytes - sinking;
    this.garbage = new ValueGarbage(version.valueFiles());
    long entries = 0;
    for (Run run : version.level(options.baseLevel())) {
      entries += run.entryCount();
    }
    this.baseEntryBytes = entries == 0 ? 0 : (double) baseBytes / entries;
  }

  /// Whether a merge is at work on the table, or it must be left alone.
  boolean isTaken(TableMetadata table) {
    return taken.contains(table.fileNumber());
  }

  /// Whether no table of a run is taken.
  boolean isFree(Run run) {
    for (TableMetadata table : run.tables()) {
      if (isTaken(table)) {
        return false;
      }
    }
    return true;
  }

  /// Whether a merge is at work on a table of a run.
  boolean isBusy(Run run) {
    for (TableMetadata table : run.tables()) {
      if (isTaken(table) && !inputs.blocked().contains(table.fileNumber())) {
        return true;
      }
    }
    return false;
  }

  /// Whether a table of a run is damaged.
  boolean isBlocked(Run run) {
    for (TableMetadata table : run.tables()) {
      if (inputs.blocked().contains(table.fileNumber())) {
        return true;
      }
    }
    return false;
  }

  /// What a table above the base weighs: its bytes, those that its tombstones will free below, and the
  /// garbage in value files that it stands for.
  double weight(TableMetadata table) {
    return table.totalBytes() + table.tombstoneCount() * baseEntryBytes + garbage.bytes(table);
  }

  /// What the tables of a tier weigh that no merge is at work on.
  double weight(int level) {
    double sum = 0;
    for (Run run : version.level(level)) {
      for (TableMetadata table : run.tables()) {
        sum += isTaken(table) ? 0 : weight(table);
      }
    }
    return sum;
  }

  /// What a merge of a table of the base frees: the garbage that is worth it.
  double garbageToFree(TableMetadata table) {
    return garbage.bytesWorthAMerge(table);
  }

  /// What lies above the base weighs, and the garbage in its value files, without what running merges
  /// are taking into the base.
  double weightAboveBase() {
    double sum = bytesAboveBase;
    for (int level = 0; level < options.baseLevel(); level++) {
      for (Run run : version.level(level)) {
        for (TableMetadata table : run.tables()) {
          sum += isTaken(table) ? 0 : weight(table) - table.totalBytes();
        }
      }
    }
    for (Run run : version.level(options.baseLevel())) {
      for (TableMetadata table : run.tables()) {
        sum += isTaken(table) ? 0 : garbage.bytes(table);
      }
    }
    return sum;
  }

  /// Whether a running merge may put tables into a run that overlap a range: its outputs may cover
  /// gaps between its inputs.
  boolean isOutputExpected(int level, long runId, Slice smallest, Slice largest) {
    for (MergeRuns merge : inputs.running()) {
      if (merge.outputLevel() == level
          && merge.outputRunId() == runId
          && merge.smallestKey().compareTo(largest) <= 0
          && merge.largestKey().compareTo(smallest) >= 0) {
        return true;
      }
    }
    return false;
  }

  /// Whether any run older than the one at an age has a table that overlaps a range.
  boolean isOlderOverlapping(int age, Slice smallest, Slice largest) {
    for (int older = age + 1; older < version.runCount(); older++) {
      if (version.run(older).overlaps(smallest, largest)) {
        return true;
      }
    }
    return false;
  }

  /// Runs of a level, youngest first.
  List<Run> level(int level) {
    return version.level(level);
  }
}
