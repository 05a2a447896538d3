package io.varve.engine.version;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.range.KeySpan;
import io.varve.engine.range.RangeCover;
import io.varve.engine.range.RangeTombstones;
import io.varve.engine.sstable.SstableReader;
import io.varve.engine.sstable.TableCache;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The range tombstones of a run. Opens a table when a key lies in its bounds, and keeps the
/// tombstones of the one it asked last.
///
/// The caller keeps the files alive by holding the version. Belongs to one thread.
public final class RunCover implements RangeCover {

  private final List<TableMetadata> tables;
  private final TableCache cache;
  private final ReadContext context;
  private final int level;
  private RangeTombstones loaded = RangeTombstones.NONE;
  private long newestEntry;
  private int loadedIndex = -1;

  /// The cover of a run or some of its tables; null if there are no range tombstones.
  ///
  /// @param tables disjoint, in key order
  /// @param level level of the run, for counting
  public static @Nullable RunCover of(
      List<TableMetadata> tables, TableCache cache, ReadContext context, int level) {
    List<TableMetadata> covering = new ArrayList<>();
    for (TableMetadata table : tables) {
      if (table.rangeTombstoneCount() > 0) {
        covering.add(table);
      }
    }
    return covering.isEmpty() ? null : new RunCover(covering, cache, context, level);
  }

  private RunCover(List<TableMetadata> tables, TableCache cache, ReadContext context, int level) {
    this.tables = tables;
    this.cache = cache;
    this.context = context;
    this.level = level;
  }

  @Override
  public void locate(Slice key, long sequence, KeySpan into) {
    int index = firstReaching(key);
    int next = index;
    if (index < tables.size() && tables.get(index).smallestKey().compareTo(key) <= 0) {
      load(index);
      loaded.locate(key, sequence, into);
      into.setNewestEntry(newestEntry);
      next++;
    } else {
      into.reset();
    }
    // The neighbours have tombstones of their own. A largest key that is part of its table is no
    // part
    // of a tombstone there, or the bound would be the tombstone's end.
    if (index > 0) {
      into.beginAt(tables.get(index - 1).largestKey());
    }
    if (next < tables.size()) {
      into.endAt(tables.get(next).smallestKey());
    }
  }

  private int firstReaching(Slice key) {
    int low = 0;
    int high = tables.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (tables.get(middle).endsBefore(key)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void load(int index) {
    if (index == loadedIndex) {
      return;
    }
    SstableReader table = cache.acquire(tables.get(index).fileNumber(), context, level);
    try {
      loaded = table.rangeTombstones();
      newestEntry = table.properties().largestSequence();
      loadedIndex = index;
    } finally {
      table.release();
    }
  }
}
