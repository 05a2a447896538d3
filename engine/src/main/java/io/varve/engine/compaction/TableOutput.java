package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.file.FileNames;
import io.varve.engine.key.KeyRange;
import io.varve.engine.range.RangeTombstone;
import io.varve.engine.sstable.SstableOptions;
import io.varve.engine.sstable.SstableWriter;
import io.varve.engine.version.DataFile;
import io.varve.engine.version.TableMetadata;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes sorted entries to as many tables as their size and the cuts ask for. Values that lie apart
/// count into the size of the table that refers to them.
///
/// A table ends only between user keys, so that one table holds all versions of a key and the tables
/// of a run stay disjoint. A range tombstone that reaches over the end of a table is cut there: the
/// table ends exclusively at the key with which the next one begins, so nothing is left uncovered and
/// the tables do not touch. Where there are no entries between two cuts a table may consist of range
/// tombstones only. One thread. Ends with [#finish()] or [#abandon()].
final class TableOutput {

  /// When the data that come in left the memtable, in milliseconds since 1970.
  record Dates(long oldestMillis, long newestMillis) {}

  private final JobResources resources;
  private final SstableOptions format;
  private final List<Slice> cuts;
  private final long tableBytes;
  private final Dates dates;

  /// Range tombstones that begin behind what is written, by start.
  private final ArrayDeque<RangeTombstone> ahead = new ArrayDeque<>();

  /// Those that begin before the end of the last table and reach over it.
  private List<RangeTombstone> reaching = new ArrayList<>();

  /// End of the last table, where the next one may begin.
  private Slice lastEnd = new Slice();

  private final ValueOutput values;
  private final List<DataFile> written = new ArrayList<>();
  private final List<TableMetadata> finished = new ArrayList<>();
  private @Nullable SstableWriter writer;
  private int nextCut;

  /// @param format how each table is written
  /// @param cuts ascending keys at which a table must end
  /// @param tableBytes size from which on a table ends
  /// @param values takes the values that lie apart; ends with this output
  TableOutput(
      JobResources resources,
      SstableOptions format,
      List<Slice> cuts,
      long tableBytes,
      Dates dates,
      ValueOutput values) {
    this.resources = resources;
    this.format = format;
    this.cuts = cuts;
    this.tableBytes = tableBytes;
    this.dates = dates;
    this.values = values;
  }

  /// Takes the range tombstones, in any order. Before all entries.
  void addRangeTombstones(List<RangeTombstone> tombstones) {
    tombstones.stream()
        .sorted(Comparator.comparing(RangeTombstone::start))
        .forEachOrdered(ahead::addLast);
  }

  /// Says that the entries from now on have another user key.
  void newKey(Slice userKey) {
    while (nextCut < cuts.size() && cuts.get(nextCut).compareTo(userKey) <= 0) {
      endTable(cuts.get(nextCut++));
    }
    SstableWriter open = writer;
    if (open != null && open.estimatedFileBytes() + values.tableBytes() >= tableBytes) {
      endTable(userKey);
    }
  }

  void add(Slice userKey, long trailer, Slice value) {
    values.place(trailer, value);
    writer().add(userKey, values.placedTrailer(), values.placedValue());
  }

  private SstableWriter writer() {
    SstableWriter open = writer;
    if (open == null) {
      long number = resources.versions().newNumber();
      written.add(DataFile.table(number));
      open =
          new SstableWriter(
              resources.files(),
              FileNames.sstable(resources.versions().directory(), number),
              number,
              format.withCreationMillis(resources.clock().millis()));
      writer = open;
    }
    return open;
  }

  /// Finishes what lies before a key, if there is anything.
  private void endTable(Slice end) {
    if (!ahead.isEmpty() || !reaching.isEmpty()) {
      writeRangeTombstones(end);
    }
    SstableWriter open = writer;
    if (open != null) {
      finishTable(open);
    }
  }

  private void writeRangeTombstones(Slice tableEnd) {
    // A copy: the key may be the one that an iterator stands on.
    Slice end = KeyRange.isEndless(tableEnd) ? KeyRange.END : tableEnd.copy();
    while (!ahead.isEmpty() && ahead.getFirst().start().compareTo(end) < 0) {
      reaching.add(ahead.removeFirst());
    }
    List<RangeTombstone> farther = new ArrayList<>();
    for (RangeTombstone each : reaching) {
      boolean reachesOver = each.end().compareTo(end) > 0;
      writer()
          .addRangeTombstone(
              new RangeTombstone(
                  each.start().compareTo(lastEnd) < 0 ? lastEnd : each.start(),
                  reachesOver ? end : each.end(),
                  each.sequence()));
      if (reachesOver) {
        farther.add(each);
      }
    }
    reaching = farther;
    lastEnd = end;
  }

  private void finishTable(SstableWriter open) {
    TableMetadata table =
        TableMetadata.of(open.finish(), dates.oldestMillis(), dates.newestMillis());
    writer = null;
    finished.add(table.with(table.rangeTombstoneCount(), table.times(), values.finishTable()));
  }

  /// Completes the last table and makes all names durable.
  ///
  /// @return the tables in key order, none if nothing was added
  List<TableMetadata> finish() {
    while (nextCut < cuts.size() && !(ahead.isEmpty() && reaching.isEmpty())) {
      endTable(cuts.get(nextCut++));
    }
    endTable(KeyRange.END);
    if (!finished.isEmpty()) {
      resources.files().syncDirectory(resources.versions().directory());
    }
    return List.copyOf(finished);
  }

  /// Bytes of the value files that belong to the finished tables.
  long valueFileBytes() {
    return values.fileBytes();
  }

  /// Bytes of values read to be rewritten since this was last asked.
  long takeRewrittenBytes() {
    return values.takeRewrittenBytes();
  }

  /// Deletes all that was written.
  void abandon() {
    SstableWriter open = writer;
    writer = null;
    if (open != null) {
      open.abandon();
    }
    written.addAll(values.abandon());
    resources.versions().deleteUnusedFiles(written);
  }
}
