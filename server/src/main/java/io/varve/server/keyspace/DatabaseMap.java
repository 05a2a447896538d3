package io.varve.server.keyspace;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Which physical database a logical one is, as of a sequence number.
///
/// FLUSHDB gives a logical database a fresh physical id and SWAPDB exchanges two: that is all they
/// do. Immutable but for the link to the map before it, which readers at older sequence numbers
/// follow and which is cut when nobody can need it.
///
/// ```
/// database map := next id (4), number of databases (4), physical id (4) per logical database
/// ```
final class DatabaseMap {

  /// Older maps kept for readers that began before a remap.
  private static final int LINKS_MAX = 64;

  private final int[] physicalIds;
  private final int nextId;
  private final long sinceSequence;
  private volatile @Nullable DatabaseMap previous;

  private DatabaseMap(
      int[] physicalIds, int nextId, long sinceSequence, @Nullable DatabaseMap previous) {
    this.physicalIds = physicalIds;
    this.nextId = nextId;
    this.sinceSequence = sinceSequence;
    this.previous = previous;
  }

  /// The map of a new store: logical database `i` is physical `i + 1`.
  static DatabaseMap initial(int databases) {
    int[] ids = new int[databases];
    for (int i = 0; i < databases; i++) {
      ids[i] = i + 1;
    }
    return new DatabaseMap(ids, databases + 1, 0, null);
  }

  /// @throws ByteCursor.MalformedException if the record does not follow its grammar
  static DatabaseMap decode(Slice record) {
    ByteCursor cursor = new ByteCursor(record);
    int nextId = cursor.readInt();
    int count = cursor.readInt();
    if (count < 1 || count > cursor.remaining() / Integer.BYTES) {
      throw new IllegalArgumentException("a map of " + count + " databases");
    }
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = cursor.readInt();
    }
    return new DatabaseMap(ids, nextId, 0, null);
  }

  void encode(GrowableBuffer into) {
    into.putInt(nextId);
    into.putInt(physicalIds.length);
    for (int id : physicalIds) {
      into.putInt(id);
    }
  }

  /// Number of logical databases that the map knows.
  int size() {
    return physicalIds.length;
  }

  int physicalId(int logical) {
    return physicalIds[logical];
  }

  /// Ids from here on were never used.
  int nextId() {
    return nextId;
  }

  /// The first sequence number at which this map holds.
  long sinceSequence() {
    return sinceSequence;
  }

  @Nullable DatabaseMap previous() {
    return previous;
  }

  /// The logical database that a physical one is, or -1.
  int logicalOf(int physicalId) {
    for (int i = 0; i < physicalIds.length; i++) {
      if (physicalIds[i] == physicalId) {
        return i;
      }
    }
    return -1;
  }

  /// The newest map that a reader at `sequence` may see.
  DatabaseMap at(long sequence) {
    DatabaseMap map = this;
    while (map.sinceSequence > sequence) {
      DatabaseMap older = map.previous;
      if (older == null) {
        break;
      }
      map = older;
    }
    return map;
  }

  /// A map in which a logical database is new and empty.
  DatabaseMap withFresh(int logical) {
    int[] ids = physicalIds.clone();
    ids[logical] = nextId;
    return new DatabaseMap(ids, nextId + 1, sinceSequence, this);
  }

  /// A map in which all logical databases are new and empty.
  DatabaseMap withAllFresh() {
    int[] ids = physicalIds.clone();
    for (int i = 0; i < ids.length; i++) {
      ids[i] = nextId + i;
    }
    return new DatabaseMap(ids, nextId + ids.length, sinceSequence, this);
  }

  /// A map in which two logical databases have changed places.
  DatabaseMap withSwapped(int one, int other) {
    int[] ids = physicalIds.clone();
    ids[one] = physicalIds[other];
    ids[other] = physicalIds[one];
    return new DatabaseMap(ids, nextId, sinceSequence, this);
  }

  /// A map with at least `databases` logical databases, the new ones empty.
  DatabaseMap withAtLeast(int databases) {
    if (databases <= physicalIds.length) {
      return this;
    }
    int[] ids = Arrays.copyOf(physicalIds, databases);
    int id = nextId;
    for (int i = physicalIds.length; i < databases; i++) {
      ids[i] = id++;
    }
    return new DatabaseMap(ids, id, sinceSequence, null);
  }

  /// This map as it comes into force: readers below `sequence` go on with `before`.
  DatabaseMap installedAt(long sequence, DatabaseMap before) {
    DatabaseMap installed = new DatabaseMap(physicalIds, nextId, sequence, before);
    DatabaseMap last = installed;
    for (int links = 0; links < LINKS_MAX; links++) {
      DatabaseMap older = last.previous;
      if (older == null) {
        return installed;
      }
      last = older;
    }
    last.previous = null;
    return installed;
  }
}
