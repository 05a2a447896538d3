package io.varve.server.keyspace;

import io.varve.engine.batch.BatchVisitor;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What an execution has written and not committed yet, in the order of the engine's keys, for walks that
/// lay it over what the engine holds.
///
/// Made when the first walk asks and then kept up: each walk takes in what was added to the batch since the
/// last one, so that a transaction of `n` commands that walk costs `n log n` and not the square. A walk
/// shows what was there when it began: what is overwritten while one is open stays in a chain behind its
/// successor, and ranges that are deleted then go into a new map.
///
/// Belongs to one [KeyspaceAccess].
final class OwnWrites {

  /// The newest write of a key: a value, or null for a delete.
  ///
  /// @param operation its number in the batch
  /// @param older what a view may show that was made before it
  record Write(int operation, @Nullable Slice value, @Nullable Write older) {}

  private final WriteBatch batch;
  private final Collector collector = new Collector();
  private final NavigableMap<Slice, Write> byKey = new TreeMap<>();

  /// Ranges of stored keys that the execution has deleted, from start to end, which is not included;
  /// none touches another.
  private NavigableMap<Slice, Slice> deletedRanges = new TreeMap<>();

  /// Whether a view holds [#deletedRanges] as they are.
  private boolean rangesAreShown;

  /// Operations of the batch that have been taken in.
  private int seen;

  private long moves;

  /// Views open that must not see what comes.
  private int snapshots;

  OwnWrites(WriteBatch batch) {
    this.batch = batch;
  }

  /// Seeks and steps of all walks so far, and writes that were taken in for them.
  long moves() {
    return moves;
  }

  /// A view of what has been written so far. The caller closes it.
  View view() {
    return new View(false);
  }

  /// A view that [View#refresh()] brings up to date. The caller closes it.
  View liveView() {
    return new View(true);
  }

  /// The batch has forgotten operations.
  void rolledBack() {
    if (seen > batch.count()) {
      clear();
    }
  }

  void clear() {
    if (seen > 0) {
      byKey.clear();
      deletedRanges = new TreeMap<>();
      seen = 0;
    }
  }

  private void catchUp() {
    if (seen < batch.count()) {
      collector.operation = seen;
      batch.visitFrom(seen, collector);
      moves += batch.count() - seen;
      seen = batch.count();
    }
  }

  /// What one walk sees.
  final class View implements AutoCloseable {

    private final boolean live;
    private NavigableMap<Slice, Slice> deleted;
    private int limit;

    private View(boolean live) {
      this.live = live;
      catchUp();
      limit = seen;
      deleted = deletedRanges;
      if (!live) {
        snapshots++;
        rangesAreShown = true;
      }
    }

    void countMove() {
      moves++;
    }

    /// Takes in what was written since, if it is live.
    void refresh() {
      if (live) {
        catchUp();
        limit = seen;
        deleted = deletedRanges;
      }
    }

    boolean isEmpty() {
      return limit == 0;
    }

    /// The write of a key that shows; null if there is none. One without a value is a delete.
    @Nullable Write shown(Write newest) {
      Write write = newest;
      while (write != null && write.operation >= limit) {
        write = write.older;
      }
      return write;
    }

    Map.@Nullable Entry<Slice, Write> ceiling(Slice key) {
      return forward(byKey.ceilingEntry(key));
    }

    Map.@Nullable Entry<Slice, Write> higher(Slice key) {
      return forward(byKey.higherEntry(key));
    }

    Map.@Nullable Entry<Slice, Write> floor(Slice key) {
      return backward(byKey.floorEntry(key));
    }

    Map.@Nullable Entry<Slice, Write> lower(Slice key) {
      return backward(byKey.lowerEntry(key));
    }

    /// The deleted range that hides a stored key; null if none does.
    Map.@Nullable Entry<Slice, Slice> findRange(Slice key) {
      if (deleted.isEmpty()) {
        return null;
      }
      Map.Entry<Slice, Slice> range = deleted.floorEntry(key);
      return range != null && key.compareTo(range.getValue()) < 0 ? range : null;
    }

    @Override
    public void close() {
      if (!live && --snapshots == 0) {
        rangesAreShown = false;
      }
    }

    private Map.@Nullable Entry<Slice, Write> forward(Map.@Nullable Entry<Slice, Write> from) {
      Map.Entry<Slice, Write> entry = from;
      while (entry != null && shown(entry.getValue()) == null) {
        entry = byKey.higherEntry(entry.getKey());
      }
      return entry;
    }

    private Map.@Nullable Entry<Slice, Write> backward(Map.@Nullable Entry<Slice, Write> from) {
      Map.Entry<Slice, Write> entry = from;
      while (entry != null && shown(entry.getValue()) == null) {
        entry = byKey.lowerEntry(entry.getKey());
      }
      return entry;
    }
  }

  /// Takes operations in, one after the other.
  private final class Collector implements BatchVisitor {
    private int operation;

    @Override
    public void put(Slice key, Slice value) {
      add(key.copy(), value.copy());
    }

    @Override
    public void delete(Slice key) {
      add(key.copy(), null);
    }

    @Override
    public void deleteRange(Slice start, Slice end) {
      NavigableMap<Slice, Write> within = byKey.subMap(start, true, end, false);
      if (snapshots == 0) {
        within.clear();
      } else {
        within.replaceAll((_, newest) -> new Write(operation, null, newest));
        if (rangesAreShown) {
          deletedRanges = new TreeMap<>(deletedRanges);
          rangesAreShown = false;
        }
      }
      addRange(start.copy(), end.copy());
      operation++;
    }

    private void add(Slice key, @Nullable Slice value) {
      Write older = snapshots == 0 ? null : byKey.get(key);
      byKey.put(key, new Write(operation++, value, older));
    }

    private void addRange(Slice start, Slice end) {
      Slice from = start;
      Slice to = end;
      Map.Entry<Slice, Slice> before = deletedRanges.floorEntry(from);
      if (before != null && before.getValue().compareTo(from) >= 0) {
        from = before.getKey();
      }
      Map.Entry<Slice, Slice> last = deletedRanges.floorEntry(to);
      if (last != null && last.getValue().compareTo(to) > 0) {
        to = last.getValue();
      }
      deletedRanges.subMap(from, true, to, true).clear();
      deletedRanges.put(from, to);
    }
  }
}
