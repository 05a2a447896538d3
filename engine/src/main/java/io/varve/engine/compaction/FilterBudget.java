package io.varve.engine.compaction;

import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;

/// What a table's filter may cost, from the shape that the store has when the table is written.
///
/// The shape is the number of entries of each run once the job is done: the runs of the version, less
/// the inputs, and the output. [MonkeyBits] divides the budget over it. Tables keep the bits that they
/// were written with; what the store has become since shows when they are merged.
///
/// A store is planned for at least `storeBytesMin`: what is missing counts as one more run. So while a
/// store is small its few filters are as good as those that it will have when it has grown, at a cost
/// that a small store can bear: else eight young runs and nothing below them would share ten bits each
/// and mislead every twelfth read.
///
/// @param bitsPerKey bits of filter per key over all runs, 0 for no filters
/// @param storeBytesMin bytes of keys and values that a store is planned for
record FilterBudget(double bitsPerKey, long storeBytesMin) {

  /// Bits per key for a flush.
  ///
  /// @param version what the flush comes on top of
  /// @param entries versions of keys in the memtable
  /// @param rawBytes bytes of its keys and values
  double forFlush(Version version, long entries, long rawBytes) {
    double[] keys = new double[version.runCount() + 2];
    double bytes = (double) rawBytes;
    for (int age = 0; age < version.runCount(); age++) {
      Run run = version.run(age);
      keys[age + 1] = run.entryCount();
      bytes += rawBytes(run);
    }
    return bitsOfFirst(keys, (double) entries, bytes);
  }

  /// Bits per key for the outputs of a merge: those of the run that they become, or become part of.
  ///
  /// @param version holds the inputs
  double forMerge(Version version, CompactionChoice.MergeRuns choice) {
    double[] keys = new double[version.runCount() + 2];
    double merged = 0;
    for (InputRun input : choice.inputs()) {
      for (TableMetadata table : input.tables()) {
        merged += table.entryCount();
      }
    }
    double bytes = 0;
    for (int age = 0; age < version.runCount(); age++) {
      Run run = version.run(age);
      bytes += rawBytes(run);
      double rest = run.entryCount() - takenFrom(version.levelOf(age), run, choice);
      boolean joined =
          version.levelOf(age) == choice.outputLevel() && run.id() == choice.outputRunId();
      if (joined) {
        merged += rest;
      } else {
        keys[age + 1] = rest;
      }
    }
    return bitsOfFirst(keys, merged, bytes);
  }

  /// @param keys the first is the run that is asked for, the last what is missing of a store
  private double bitsOfFirst(double[] keys, double entries, double bytes) {
    keys[0] = Math.max(1, entries);
    double sum = 0;
    for (double count : keys) {
      sum += count;
    }
    if (bytes > 0 && bytes < storeBytesMin) {
      keys[keys.length - 1] = sum * (storeBytesMin / bytes - 1);
    }
    return MonkeyBits.allot(keys, bitsPerKey)[0];
  }

  private static long takenFrom(int level, Run run, CompactionChoice.MergeRuns choice) {
    long sum = 0;
    for (InputRun input : choice.inputs()) {
      if (input.level() == level && input.runId() == run.id()) {
        for (TableMetadata table : input.tables()) {
          sum += table.entryCount();
        }
      }
    }
    return sum;
  }

  private static long rawBytes(Run run) {
    long sum = 0;
    for (TableMetadata table : run.tables()) {
      sum += table.rawBytes();
    }
    return sum;
  }
}
