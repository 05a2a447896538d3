package io.varve.server.keyspace;

import io.varve.engine.bytes.Slice;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Remembers where SCAN cursors stand: cursor number to the key that comes next.
///
/// A key is a position that survives writes, flushes and merges. Numbers count up from a random
/// start, so that a cursor of an earlier run of the server is unknown rather than mistaken for
/// another. Bounded: the least recently used cursor is forgotten first. Safe from any thread; held
/// for a map operation only.
final class CursorTable {

  private final int cursorsMax;
  private final LinkedHashMap<Long, Slice> positions;
  private long next;

  CursorTable(int cursorsMax) {
    this.cursorsMax = cursorsMax;
    this.positions = new LinkedHashMap<>(64, 0.75f, true);
    this.next = new SplittableRandom().nextLong();
  }

  /// Remembers a position and returns its cursor, any number but 0.
  ///
  /// @param nextKey the user key to go on with; copied
  synchronized long put(Slice nextKey) {
    if (next == 0) {
      next++;
    }
    long cursor = next++;
    positions.put(cursor, nextKey.copy());
    if (positions.size() > cursorsMax) {
      Map.Entry<Long, Slice> eldest = positions.firstEntry();
      positions.remove(eldest.getKey());
    }
    return cursor;
  }

  /// The user key that a cursor goes on with, or null if it is not known.
  synchronized @Nullable Slice find(long cursor) {
    return positions.get(cursor);
  }
}
