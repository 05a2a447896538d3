package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.file.FileNames;
import io.varve.engine.sstable.SstableOptions;
import io.varve.engine.sstable.SstableWriter;
import io.varve.engine.version.TableMetadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes sorted entries to as many tables as their size and the cuts ask for.
///
/// A table ends only between user keys, so that one table holds all versions of a key and the tables
/// of a run stay disjoint. One thread. Ends with [#finish()] or [#abandon()].
final class TableOutput {

  /// When the data that come in left the memtable, in milliseconds since 1970.
  record Dates(long oldestMillis, long newestMillis) {}

  private final JobResources resources;
  private final SstableOptions format;
  private final List<Slice> cuts;
  private final long tableBytes;
  private final Dates dates;
  private final List<Long> numbers = new ArrayList<>();
  private final List<TableMetadata> finished = new ArrayList<>();
  private @Nullable SstableWriter writer;
  private int nextCut;

  /// @param format how each table is written
  /// @param cuts ascending keys at which a table must end
  /// @param tableBytes size from which on a table ends
  TableOutput(
      JobResources resources,
      SstableOptions format,
      List<Slice> cuts,
      long tableBytes,
      Dates dates) {
    this.resources = resources;
    this.format = format;
    this.cuts = cuts;
    this.tableBytes = tableBytes;
    this.dates = dates;
  }

  /// Says that the entries from now on have another user key.
  void newKey(Slice userKey) {
    boolean cut = false;
    while (nextCut < cuts.size() && cuts.get(nextCut).compareTo(userKey) <= 0) {
      nextCut++;
      cut = true;
    }
    SstableWriter open = writer;
    if (open != null && (cut || open.estimatedFileBytes() >= tableBytes)) {
      finishTable(open);
    }
  }

  void add(Slice userKey, long trailer, Slice value) {
    SstableWriter open = writer;
    if (open == null) {
      long number = resources.versions().newNumber();
      numbers.add(number);
      open =
          new SstableWriter(
              resources.files(),
              FileNames.sstable(resources.versions().directory(), number),
              number,
              format.withCreationMillis(resources.clock().millis()));
      writer = open;
    }
    open.add(userKey, trailer, value);
  }

  private void finishTable(SstableWriter open) {
    finished.add(TableMetadata.of(open.finish(), dates.oldestMillis(), dates.newestMillis()));
    writer = null;
  }

  /// Completes the last table and makes all names durable.
  ///
  /// @return the tables in key order, none if nothing was added
  List<TableMetadata> finish() {
    SstableWriter open = writer;
    if (open != null) {
      finishTable(open);
    }
    if (!finished.isEmpty()) {
      resources.files().syncDirectory(resources.versions().directory());
    }
    return List.copyOf(finished);
  }

  /// Deletes all that was written.
  void abandon() {
    SstableWriter open = writer;
    writer = null;
    if (open != null) {
      open.abandon();
    }
    resources.versions().deleteUnusedTables(numbers);
  }
}
