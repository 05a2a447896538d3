package io.varve.engine.compaction;

import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.MergingIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.UncoveredIterator;
import io.varve.engine.range.RangeTombstone;
import io.varve.engine.range.RangeTombstones;
import io.varve.engine.sstable.CachePolicy;
import io.varve.engine.sstable.SstableReader;
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
  private final Pacer pacer;

  public MergeJob(
      JobResources resources,
      CompactionChoice.MergeRuns choice,
      SnapshotBounds snapshots,
      CompactionFilter filter,
      Pacer pacer) {
    this.resources = resources;
    this.choice = choice;
    this.snapshots = snapshots;
    this.filter = filter;
    this.pacer = pacer;
  }

  /// Writes and syncs the outputs; on any failure they are deleted again.
  public JobResult run() {
    Version version = resources.versions().acquire();
    ReadContext context = new ReadContext();
    TableOutput output =
        new TableOutput(
            resources,
            resources.formats().forMerge(version, choice),
            choice.cuts(),
            choice.outputTableBytes(),
            datesOfInputs());
    try (EntryIterator input = openInputs(context)) {
      OlderRuns older = olderRuns(version);
      RangeTombstones ranges = rangeTombstones(context);
      output.addRangeTombstones(RangeRetention.retain(ranges.toList(), snapshots, older));
      EntryRetention retention =
          new EntryRetention(snapshots, older, filter, resources.clock().millis()).under(ranges);
      EntryRewrite rewrite = new EntryRewrite(retention, output, pacer::step, context);
      rewrite.run(input);
      return result(rewrite, output.finish());
    } catch (Throwable e) {
      output.abandon();
      throw e;
    } finally {
      context.releasePins();
      version.release();
    }
  }

  /// The inputs as one. Where no snapshot reads below, what range tombstones cover is not even read.
  private EntryIterator openInputs(ReadContext context) {
    List<EntryIterator> runs = new ArrayList<>();
    List<RunCover> younger = new ArrayList<>();
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

  private RangeTombstones rangeTombstones(ReadContext context) {
    List<RangeTombstone> all = new ArrayList<>();
    for (InputRun input : choice.inputs()) {
      for (TableMetadata table : input.tables()) {
        if (table.rangeTombstoneCount() > 0) {
          SstableReader reader =
              resources.tables().acquire(table.fileNumber(), context, input.level());
          try {
            all.addAll(reader.rangeTombstones().toList());
          } finally {
            reader.release();
          }
        }
      }
    }
    return RangeTombstones.of(all);
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

  private JobResult result(EntryRewrite rewrite, List<TableMetadata> outputs) {
    VersionEdit.Builder edit = VersionEdit.builder();
    for (InputRun input : choice.inputs()) {
      input.removeFrom(edit);
    }
    long bytes = 0;
    for (TableMetadata table : outputs) {
      edit.add(choice.outputLevel(), choice.outputRunId(), table);
      bytes += table.fileBytes();
    }
    return new JobResult(
        edit.build(), rewrite.entriesRead(), rewrite.entriesWritten(), choice.inputBytes(), bytes);
  }
}
