package io.varve.server.keyspace;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.GrowableBuffer;
import java.util.ArrayList;
import java.util.List;

/// The map of databases as an execution sees it: what it was when the execution began, and what the
/// execution has made of it since. Belongs to one [KeyspaceAccess].
final class MapChanges {

  private final ArrayList<DatabaseMap> changes = new ArrayList<>();
  private DatabaseMap before;
  private DatabaseMap now;

  MapChanges(DatabaseMap map) {
    this.before = map;
    this.now = map;
  }

  void begin(DatabaseMap map) {
    before = map;
    now = map;
  }

  DatabaseMap before() {
    return before;
  }

  DatabaseMap now() {
    return now;
  }

  /// The maps that the batch puts, in their order.
  List<DatabaseMap> changes() {
    return changes;
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  /// Empties all databases in constant time.
  void flushAll(WriteBatch batch) {
    for (int i = 0; i < now.size(); i++) {
      batch.delete(KeyspaceFormat.countKey(now.physicalId(i)));
    }
    change(now.withAllFresh(), batch);
  }

  /// Empties a database in constant time.
  void flush(int logical, WriteBatch batch) {
    batch.delete(KeyspaceFormat.countKey(now.physicalId(logical)));
    change(now.withFresh(logical), batch);
  }

  /// Lets two databases change places in constant time.
  void swap(int one, int other, WriteBatch batch) {
    if (one != other) {
      change(now.withSwapped(one, other), batch);
    }
  }

  /// What to go back to with [#rollback(int)].
  int mark() {
    return changes.size();
  }

  void rollback(int mark) {
    while (changes.size() > mark) {
      changes.removeLast();
    }
    now = changes.isEmpty() ? before : changes.getLast();
  }

  void clear() {
    if (!changes.isEmpty()) {
      changes.clear();
    }
  }

  private void change(DatabaseMap to, WriteBatch batch) {
    changes.add(to);
    now = to;
    GrowableBuffer record = GrowableBuffer.onHeap(256);
    to.encode(record);
    batch.put(KeyspaceFormat.mapKey(), record.slice());
  }
}
