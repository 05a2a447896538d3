package io.varve.server.keyspace;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.CompactionFilter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.LongSupplier;

/// Tells merges which physical databases are dead, so that FLUSHDB gives its space back.
///
/// A physical database is dead once a map that no longer has it is durable: before, a crash could
/// bring the older map back. So an id counts as live while the durable map or any map younger than
/// that has it; ids that were never handed out do not exist on disk. Written by the command loop,
/// asked by merge threads.
final class LiveDatabases implements CompactionFilter {

  /// What merges go by, in one immutable piece: ids below `nextId` that are not in `ids` are dead.
  private record Live(int[] ids, int nextId) {
    boolean isDead(int physicalId) {
      return physicalId != KeyspaceFormat.META_DATABASE
          && Integer.compareUnsigned(physicalId, nextId) < 0
          && Arrays.binarySearch(ids, physicalId) < 0;
    }

    /// Whether every id from one to another, both included, is dead.
    boolean allDead(int from, int to) {
      if (from == KeyspaceFormat.META_DATABASE || Integer.compareUnsigned(to, nextId) >= 0) {
        return false;
      }
      for (int id : ids) {
        if (id >= from && id <= to) {
          return false;
        }
      }
      return true;
    }
  }

  private final LongSupplier durableSequence;

  /// The newest map known to be durable, then those that are not, in order. Guarded by this.
  private final ArrayDeque<DatabaseMap> maps = new ArrayDeque<>();

  private volatile Live live;

  /// The sequence number at which the next map becomes durable; the largest long if none waits.
  private volatile long awaitedSequence = Long.MAX_VALUE;

  LiveDatabases(DatabaseMap durable, LongSupplier durableSequence) {
    this.durableSequence = durableSequence;
    maps.add(durable);
    this.live = liveOf(maps);
  }

  /// The key says which database it is of.
  @Override
  public boolean looksAtValues() {
    return false;
  }

  synchronized void install(DatabaseMap map) {
    maps.addLast(map);
    refresh();
  }

  @Override
  public boolean drop(Slice userKey, Slice value) {
    int physicalId = KeyspaceFormat.physicalId(userKey);
    return physicalId > 0 && current().isDead(physicalId);
  }

  @Override
  public boolean dropsRange(Slice smallest, Slice largest) {
    int from = KeyspaceFormat.physicalId(smallest);
    int to = KeyspaceFormat.physicalId(largest);
    return from > 0 && to >= from && current().allDead(from, to);
  }

  private Live current() {
    if (awaitedSequence != Long.MAX_VALUE && durableSequence.getAsLong() >= awaitedSequence) {
      refresh();
    }
    return live;
  }

  private synchronized void refresh() {
    long durable = durableSequence.getAsLong();
    long awaited = Long.MAX_VALUE;
    while (maps.size() > 1) {
      DatabaseMap first = maps.removeFirst();
      long next = maps.getFirst().sinceSequence();
      if (next > durable) {
        maps.addFirst(first);
        awaited = next;
        break;
      }
    }
    live = liveOf(maps);
    awaitedSequence = awaited;
  }

  private static Live liveOf(ArrayDeque<DatabaseMap> maps) {
    int count = 0;
    for (DatabaseMap map : maps) {
      count += map.size();
    }
    int[] ids = new int[count];
    int at = 0;
    for (DatabaseMap map : maps) {
      for (int logical = 0; logical < map.size(); logical++) {
        ids[at++] = map.physicalId(logical);
      }
    }
    Arrays.sort(ids);
    return new Live(ids, maps.getFirst().nextId());
  }
}
