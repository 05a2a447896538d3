package io.varve.engine.compaction;

import io.varve.engine.error.EngineException;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.range.RangeTombstones;
import io.varve.engine.sstable.SstableReader;
import io.varve.engine.sstable.TableCache;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The range tombstones of the tables of the current version, kept for planning: each table is opened
/// for them once. Guarded by the plan lock.
final class TombstoneCache {

  private static final Logger LOG = LoggerFactory.getLogger(TombstoneCache.class);

  private final TableCache tables;
  private final Map<Long, RangeTombstones> byTable = new HashMap<>();

  private boolean any;

  /// Tables that were complained of.
  private final Set<Long> unreadable = new HashSet<>();

  TombstoneCache(TableCache tables) {
    this.tables = tables;
  }

  /// Whether any table of a version has range tombstones. Forgets tables that are not in it.
  boolean adopt(Version version) {
    Set<Long> known = new HashSet<>();
    for (int age = 0; age < version.runCount(); age++) {
      if (version.run(age).rangeTombstoneCount() > 0) {
        for (TableMetadata table : version.run(age).tables()) {
          if (table.rangeTombstoneCount() > 0) {
            known.add(table.fileNumber());
          }
        }
      }
    }
    byTable.keySet().retainAll(known);
    unreadable.retainAll(known);
    any = !known.isEmpty();
    return any;
  }

  /// Whether the version that was adopted last has no range tombstones.
  boolean isEmpty() {
    return !any;
  }

  /// The range tombstones of a table; none if it cannot be read, which is the business of those who
  /// need its data.
  RangeTombstones of(TableMetadata table) {
    @Nullable RangeTombstones known = byTable.get(table.fileNumber());
    return known == null ? read(table.fileNumber()) : known;
  }

  /// The share of a table that tombstones cover; 0 if it cannot be read.
  double coveredShare(TableMetadata table, RangeTombstones by, long sequence) {
    ReadContext context = new ReadContext();
    try {
      SstableReader reader = tables.acquire(table.fileNumber(), context, 0);
      try {
        return reader.coveredShare(by, sequence);
      } finally {
        reader.release();
      }
    } catch (EngineException e) {
      return 0;
    } finally {
      context.releasePins();
    }
  }

  private RangeTombstones read(long fileNumber) {
    ReadContext context = new ReadContext();
    try {
      SstableReader table = tables.acquire(fileNumber, context, 0);
      try {
        byTable.put(fileNumber, table.rangeTombstones());
        return table.rangeTombstones();
      } finally {
        table.release();
      }
    } catch (EngineException e) {
      if (unreadable.add(fileNumber)) {
        LOG.warn("the range tombstones of table {} cannot be read for now", fileNumber, e);
      }
      return RangeTombstones.NONE;
    } finally {
      context.releasePins();
    }
  }
}
