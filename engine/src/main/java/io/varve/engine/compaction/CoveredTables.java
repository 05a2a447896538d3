package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.KeyRange;
import io.varve.engine.range.KeySpan;
import io.varve.engine.range.RangeTombstone;
import io.varve.engine.range.RangeTombstones;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Finds tables that range tombstones make superfluous, so that they go without being read: this is
/// how a large range delete gives its space back.
///
/// A table goes if tombstones of younger runs cover all of its bounds, and every living snapshot sees
/// either nothing of the table or all of those tombstones. A tombstone that is not published yet does
/// not count, since a reader may still stand below it. A table that consists of range tombstones only
/// goes too when no older run overlaps it: it hides nothing.
///
/// Decides from metadata and the tombstones that it is given; touches no file.
final class CoveredTables {

  private final Version version;
  private final Function<TableMetadata, RangeTombstones> tombstonesOf;
  private final SnapshotBounds snapshots;
  private final KeySpan span = new KeySpan();

  /// @param tombstonesOf the range tombstones of a table that has some
  CoveredTables(
      Version version,
      Function<TableMetadata, RangeTombstones> tombstonesOf,
      SnapshotBounds snapshots) {
    this.version = version;
    this.tombstonesOf = tombstonesOf;
    this.snapshots = snapshots;
  }

  /// The tables that may go now, or null.
  ///
  /// @param taken file numbers that must be left alone
  CompactionChoice.@Nullable DropTables find(Set<Long> taken) {
    List<InputRun> dead = new ArrayList<>();
    List<RangeTombstone> gathered = new ArrayList<>();
    RangeTombstones younger = RangeTombstones.NONE;
    for (int age = 0; age < version.runCount(); age++) {
      Run run = version.run(age);
      List<TableMetadata> tables = new ArrayList<>();
      for (TableMetadata table : run.tables()) {
        if (!taken.contains(table.fileNumber())
            && (isCovered(table, younger) || hidesNothing(table, age))) {
          tables.add(table);
        }
      }
      if (!tables.isEmpty()) {
        dead.add(new InputRun(version.levelOf(age), run.id(), tables));
      }
      if (run.rangeTombstoneCount() > 0) {
        for (TableMetadata table : run.tables()) {
          if (table.rangeTombstoneCount() > 0) {
            gathered.addAll(tombstonesOf.apply(table).toList());
          }
        }
        younger = RangeTombstones.of(gathered);
      }
    }
    return dead.isEmpty()
        ? null
        : new CompactionChoice.DropTables(dead, CompactionChoice.Reason.COVERED);
  }

  /// The table with the greatest share under younger tombstones, to be rewritten alone; null if none
  /// has enough.
  ///
  /// @param shareMin least share worth it, above 0
  /// @param shareOf the share of a table, of which the tombstones are visible up to a sequence number
  @Nullable InputRun findPartlyCovered(Set<Long> taken, double shareMin, ShareOf shareOf) {
    @Nullable InputRun best = null;
    double bestShare = shareMin;
    List<RangeTombstone> gathered = new ArrayList<>();
    RangeTombstones younger = RangeTombstones.NONE;
    for (int age = 0; age < version.runCount(); age++) {
      Run run = version.run(age);
      for (TableMetadata table : run.tables()) {
        if (!younger.isEmpty()
            && table.entryCount() > 0
            && !taken.contains(table.fileNumber())
            && touches(table, younger)) {
          long newestForAll = snapshots.oldestReaderOf(table.smallestSequence());
          double share = shareOf.covered(table, younger, newestForAll);
          if (share >= bestShare) {
            bestShare = share;
            best = new InputRun(version.levelOf(age), run.id(), List.of(table));
          }
        }
      }
      if (run.rangeTombstoneCount() > 0) {
        for (TableMetadata table : run.tables()) {
          if (table.rangeTombstoneCount() > 0) {
            gathered.addAll(tombstonesOf.apply(table).toList());
          }
        }
        younger = RangeTombstones.of(gathered);
      }
    }
    return best;
  }

  /// How much of a table tombstones cover, 0 to 1; those above the sequence number do not count.
  interface ShareOf {
    double covered(TableMetadata table, RangeTombstones tombstones, long sequence);
  }

  /// Whether any tombstone may cover a part of the table.
  private boolean touches(TableMetadata table, RangeTombstones younger) {
    younger.locate(table.smallestKey(), Long.MAX_VALUE, span);
    return span.isCovered() || !table.endsBefore(span.to());
  }

  private boolean isCovered(TableMetadata table, RangeTombstones younger) {
    if (younger.isEmpty()) {
      return false;
    }
    long newestForAll = snapshots.oldestReaderOf(table.smallestSequence());
    Slice from = table.smallestKey();
    do {
      younger.locate(from, newestForAll, span);
      if (!span.isCovered()) {
        return false;
      }
      from = span.to();
    } while (!KeyRange.isEndless(from) && !table.endsBefore(from));
    return true;
  }

  private boolean hidesNothing(TableMetadata table, int age) {
    if (table.entryCount() > 0) {
      return false;
    }
    for (int older = age + 1; older < version.runCount(); older++) {
      if (version.run(older).overlaps(table.smallestKey(), table.largestKey())) {
        return false;
      }
    }
    return true;
  }
}
