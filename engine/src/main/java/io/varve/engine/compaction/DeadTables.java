package io.varve.engine.compaction;

import io.varve.engine.compaction.CompactionChoice.DropTables;
import io.varve.engine.compaction.CompactionChoice.Reason;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds tables that can go without being read.
///
/// Looks at the oldest run first, because a table that goes may have been all that kept a younger one.
/// No table goes that a snapshot can see into: neither for the filter, whose word binds readers of now,
/// nor for expiry.
final class DeadTables {

  private final Situation now;
  private final Set<Long> dead = new HashSet<>();

  DeadTables(Situation now) {
    this.now = now;
  }

  /// All tables that can go, or null.
  @Nullable CompactionChoice find() {
    List<InputRun> inputs = new ArrayList<>();
    @Nullable Reason first = null;
    for (int age = now.version.runCount() - 1; age >= 0; age--) {
      Run run = now.version.run(age);
      List<TableMetadata> tables = new ArrayList<>();
      for (TableMetadata table : run.tables()) {
        @Nullable Reason reason = now.isTaken(table) ? null : findReason(age, table);
        if (reason != null) {
          first = reason;
          dead.add(table.fileNumber());
          tables.add(table);
        }
      }
      if (!tables.isEmpty()) {
        inputs.addFirst(new InputRun(now.version.levelOf(age), run.id(), tables));
      }
    }
    return first == null ? null : new DropTables(inputs, first);
  }

  /// Why a table can go, or null. The place for further rules.
  private @Nullable Reason findReason(int age, TableMetadata table) {
    if (isSeenBySnapshot(table)) {
      return null;
    }
    if (now.inputs.filter().dropsRange(table.smallestKey(), table.largestKey())) {
      return Reason.DEAD_RANGE;
    }
    if (table.times().isExpired(now.inputs.nowMillis())
        && table.rangeTombstoneCount() == 0
        && !isAnythingOlder(age, table)) {
      return Reason.EXPIRED;
    }
    return null;
  }

  /// Whether an older table may hold a key of this one: it could come to light.
  private boolean isAnythingOlder(int age, TableMetadata table) {
    for (int older = age + 1; older < now.version.runCount(); older++) {
      Run run = now.version.run(older);
      for (int i = run.indexOfFirstReaching(table.smallestKey());
          i < run.tableCount() && run.table(i).smallestKey().compareTo(table.largestKey()) <= 0;
          i++) {
        if (!dead.contains(run.table(i).fileNumber())) {
          return true;
        }
      }
    }
    return false;
  }

  /// Whether a snapshot that is open may find an entry of the table. Snapshots that are taken later
  /// read as everybody does now.
  private boolean isSeenBySnapshot(TableMetadata table) {
    return !now.inputs.snapshots().isAboveSnapshots(table.smallestSequence());
  }
}
