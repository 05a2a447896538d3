package io.varve.engine.compaction;

import io.varve.engine.block.Block;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.LargeValues;
import io.varve.engine.iterator.MergingIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.UncoveredIterator;
import io.varve.engine.range.RangeTombstone;
import io.varve.engine.range.RangeTombstones;
import io.varve.engine.sstable.CachePolicy;
import io.varve.engine.sstable.SstableOptions;
import io.varve.engine.sstable.SstableReader;
import io.varve.engine.value.ValueReference;
import io.varve.engine.version.RunCover;
import io.varve.engine.version.RunIterator;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import io.varve.engine.version.VersionEdit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Rewrites the tables of a choice into one run. Tables in, edit out.
///
/// Reads past the block cache, so that a merge does not push out what clients read. The edit takes
/// the inputs out and puts the outputs in at once: no reader ever sees both or neither.
public final class MergeJob {

  private final JobResources resources;
  private final CompactionChoice.MergeRuns choice;
  private final SnapshotBounds snapshots;
  private final CompactionFilter filter;
  private final Pacer.Steps steps;

  /// @param steps called about once per MiB; may hold the job back, or end it
  MergeJob(
      JobResources resources,
      CompactionChoice.MergeRuns choice,
      SnapshotBounds snapshots,
      CompactionFilter filter,
      Pacer.Steps steps) {
    this.resources = resources;
    this.choice = choice;
    this.snapshots = snapshots;
    this.filter = filter;
    this.steps = steps;
  }

  /// Writes and syncs the outputs; on any failure they are deleted again.
  public JobResult run() {
    Version version = resources.versions().acquire();
    SstableOptions format = resources.formats().forMerge(version, choice);
    ReadContext context = new ReadContext();
    ValueOutput values =
        new ValueOutput(
            resources,
            format.compression(),
            version.valueFiles(),
            ValueOwnership.of(version.valueFiles(), choice, resources.formats().baseLevel()),
            context);
    TableOutput output =
        new TableOutput(
            resources, format, choice.cuts(), choice.outputTableBytes(), datesOfInputs(), values);
    try (EntryIterator input = openInputs(version, context)) {
      OlderRuns older = olderRuns(version);
      List<RangeTombstone> own = new ArrayList<>();
      for (InputRun each : choice.inputs()) {
        addTombstones(each.tables(), each.level(), context, own);
      }
      output.addRangeTombstones(RangeRetention.retain(own, snapshots, older));
      // What younger runs cover goes as well; their tombstones stay where they are.
      List<RangeTombstone> all = new ArrayList<>(own);
      for (int age = 0; age < youngerRuns(version); age++) {
        addTombstones(version.run(age).tables(), version.levelOf(age), context, all);
      }
      RangeTombstones ranges = RangeTombstones.of(all);
      EntryRetention retention =
          new EntryRetention(
                  snapshots, older, filter, resources.clock().millis(), largeValues(context))
              .under(ranges);
      EntryRewrite rewrite = new EntryRewrite(retention, output, steps, context);
      rewrite.run(input);
      List<TableMetadata> outputs = output.finish();
      return result(rewrite, outputs, output.valueFileBytes());
    } catch (Throwable e) {
      output.abandon();
      throw e;
    } finally {
      context.releasePins();
      version.release();
    }
  }

  /// The inputs as one. Where no snapshot reads below, what range tombstones cover is not even read.
  private EntryIterator openInputs(Version version, ReadContext context) {
    List<EntryIterator> runs = new ArrayList<>();
    List<RunCover> younger = new ArrayList<>();
    for (int age = 0; snapshots.isEmpty() && age < youngerRuns(version); age++) {
      @Nullable RunCover cover =
          RunCover.of(version.run(age).tables(), resources.tables(), context, version.levelOf(age));
      if (cover != null) {
        younger.add(cover);
      }
    }
    for (InputRun input : choice.inputs()) {
      EntryIterator run =
          new RunIterator(
              input.tables(), resources.tables(), context, input.level(), CachePolicy.BYPASS);
      @Nullable RunCover own =
          snapshots.isEmpty()
              ? RunCover.of(input.tables(), resources.tables(), context, input.level())
              : null;
      boolean covered = own != null || !younger.isEmpty();
      runs.add(covered ? new UncoveredIterator(run, younger, own, snapshots.published()) : run);
      if (own != null) {
        younger.add(own);
      }
    }
    return runs.size() == 1 ? runs.getFirst() : new MergingIterator(runs);
  }

  /// How many runs are younger than all inputs.
  private int youngerRuns(Version version) {
    long youngest = 0;
    for (InputRun input : choice.inputs()) {
      youngest = Math.max(youngest, input.runId());
    }
    int count = 0;
    while (count < version.runCount() && version.run(count).id() > youngest) {
      count++;
    }
    return count;
  }

  private void addTombstones(
      List<TableMetadata> tables, int level, ReadContext context, List<RangeTombstone> into) {
    for (TableMetadata table : tables) {
      if (table.rangeTombstoneCount() > 0) {
        SstableReader reader = resources.tables().acquire(table.fileNumber(), context, level);
        try {
          into.addAll(reader.rangeTombstones().toList());
        } finally {
          reader.release();
        }
      }
    }
  }

  private TableOutput.Dates datesOfInputs() {
    long oldest = Long.MAX_VALUE;
    long newest = 0;
    for (InputRun input : choice.inputs()) {
      for (TableMetadata table : input.tables()) {
        oldest = Math.min(oldest, table.times().oldestMillis());
        newest = Math.max(newest, table.times().newestMillis());
      }
    }
    return new TableOutput.Dates(oldest, newest);
  }

  private OlderRuns olderRuns(Version version) {
    Set<Long> inputs = new HashSet<>();
    long youngest = 0;
    for (InputRun input : choice.inputs()) {
      youngest = Math.max(youngest, input.runId());
      for (TableMetadata table : input.tables()) {
        inputs.add(table.fileNumber());
      }
    }
    return new OlderRuns(version, youngest, inputs);
  }

  /// For a filter that looks at values.
  private LargeValues largeValues(ReadContext context) {
    return (reference, level, value) -> {
      Block block =
          resources
              .largeValues()
              .files()
              .getPrivately(ValueReference.decode(reference), context, level);
      value.set(block.bytes(), 0, block.size());
      return block;
    };
  }

  private JobResult result(EntryRewrite rewrite, List<TableMetadata> outputs, long valueFileBytes) {
    VersionEdit.Builder edit = VersionEdit.builder();
    for (InputRun input : choice.inputs()) {
      input.removeFrom(edit);
    }
    long bytes = valueFileBytes;
    for (TableMetadata table : outputs) {
      edit.add(choice.outputLevel(), choice.outputRunId(), table);
      bytes += table.fileBytes();
    }
    return new JobResult(
        edit.build(), rewrite.entriesRead(), rewrite.entriesWritten(), choice.inputBytes(), bytes);
  }
}
