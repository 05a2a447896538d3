package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.range.RangeTombstones;
import io.varve.engine.sstable.SstableOptions;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import io.varve.engine.version.VersionEdit;
import java.util.List;
import java.util.Set;

/// Writes a sealed memtable as a run of level 0. Memory in, edit out.
///
/// Flushes come one after the other in the order of sealing, and each run takes its id when its flush
/// starts: so ids order the runs by age. Everything older than the memtable is in the version already,
/// which is why a flush can drop tombstones like a merge.
public final class FlushJob {

  private final JobResources resources;
  private final FlushSource source;
  private final SnapshotBounds snapshots;
  private final CompactionFilter filter;
  private final Pacer.Steps steps;
  private final long tableBytes;
  private List<Slice> cuts = List.of();

  /// @param snapshots asked for after the memtable was sealed
  /// @param tableBytes a larger memtable becomes several tables
  public FlushJob(
      JobResources resources,
      FlushSource source,
      SnapshotBounds snapshots,
      CompactionFilter filter,
      Pacer.Steps steps,
      long tableBytes) {
    this.resources = resources;
    this.source = source;
    this.snapshots = snapshots;
    this.filter = filter;
    this.steps = steps;
    this.tableBytes = tableBytes;
  }

  /// Has tables end at these keys besides, ascending.
  FlushJob cutAt(List<Slice> keys) {
    cuts = keys;
    return this;
  }

  /// Writes and syncs the tables; on any failure they are deleted again.
  public JobResult run() {
    long runId = resources.versions().newNumber();
    Version version = resources.versions().acquire();
    long now = resources.clock().millis();
    SstableOptions format = resources.formats().forFlush(version, source);
    ReadContext context = new ReadContext();
    ValueOutput values =
        new ValueOutput(
            resources,
            format.compression(),
            version.valueFiles(),
            ValueOwnership.nothingToCarry(),
            context);
    TableOutput output =
        new TableOutput(
            resources, format, cuts, tableBytes, new TableOutput.Dates(now, now), values);
    try (EntryIterator input = source.iterator()) {
      OlderRuns older = new OlderRuns(version, Long.MAX_VALUE, Set.of());
      RangeTombstones ranges = source.rangeTombstones();
      output.addRangeTombstones(RangeRetention.retain(ranges.toList(), snapshots, older));
      EntryRetention retention = new EntryRetention(snapshots, older, filter, now).under(ranges);
      EntryRewrite rewrite = new EntryRewrite(retention, output, steps, context);
      rewrite.run(input);
      List<TableMetadata> tables = output.finish();
      return result(runId, rewrite, tables, output.valueFileBytes());
    } catch (Throwable e) {
      output.abandon();
      throw e;
    } finally {
      context.releasePins();
      version.release();
    }
  }

  private JobResult result(
      long runId, EntryRewrite rewrite, List<TableMetadata> tables, long valueFileBytes) {
    VersionEdit.Builder edit = VersionEdit.builder();
    long bytes = valueFileBytes;
    for (TableMetadata table : tables) {
      edit.add(0, runId, table);
      bytes += table.fileBytes();
    }
    edit.lastSequence(Math.max(resources.versions().lastSequence(), source.largestSequence()));
    edit.walSegment(source.walSegmentAfter());
    return new JobResult(edit.build(), rewrite.entriesRead(), rewrite.entriesWritten(), 0, bytes);
  }
}
