package io.varve.server.keyspace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What an execution has done to the counts, in order, so that its end can be undone.
///
/// Belongs to one [KeyspaceAccess]. Neighbouring changes of one database are added up unless a mark
/// lies between them, so outside transactions there is one entry per database.
final class ChangeJournal {

  /// A blind write of which nobody knows whether the key had been there.
  record BlindWrite(int physicalId, byte[] key) {}

  private int[] physicalIds = new int[8];
  private long[] keyDeltas = new long[8];
  private long[] deadlineDeltas = new long[8];
  private long[] earliestDeadlines = new long[8];
  private int size;

  /// Entries below this one are behind a mark and must not change.
  private int floor;

  private final ArrayList<BlindWrite> blindWrites = new ArrayList<>();
  private int expired;

  int size() {
    return size;
  }

  int physicalId(int entry) {
    return physicalIds[entry];
  }

  long keyDelta(int entry) {
    return keyDeltas[entry];
  }

  long deadlineDelta(int entry) {
    return deadlineDeltas[entry];
  }

  /// The earliest deadline that was set, `Long.MAX_VALUE` if none.
  long earliestDeadline(int entry) {
    return earliestDeadlines[entry];
  }

  List<BlindWrite> blindWrites() {
    return blindWrites;
  }

  /// Keys that were removed because their time had passed.
  int expired() {
    return expired;
  }

  /// The sum of changes to the number of keys of a database.
  long keyDeltaOf(int physicalId) {
    long sum = 0;
    for (int i = 0; i < size; i++) {
      if (physicalIds[i] == physicalId) {
        sum += keyDeltas[i];
      }
    }
    return sum;
  }

  void addKeys(int physicalId, int delta) {
    // First the entry: making one may replace the array.
    int entry = entryOf(physicalId);
    keyDeltas[entry] += delta;
  }

  void addDeadline(int physicalId, long millis) {
    int entry = entryOf(physicalId);
    deadlineDeltas[entry]++;
    earliestDeadlines[entry] = Math.min(earliestDeadlines[entry], millis);
  }

  void removeDeadline(int physicalId) {
    int entry = entryOf(physicalId);
    deadlineDeltas[entry]--;
  }

  void addBlindWrite(BlindWrite write) {
    entryOf(write.physicalId);
    blindWrites.add(write);
  }

  void addExpired() {
    expired++;
  }

  /// What to go back to with [#rollback(int, int, int)]: the entries so far become final.
  int mark() {
    floor = size;
    return size;
  }

  void rollback(int entries, int blindWriteCount, int expiredCount) {
    size = entries;
    floor = entries;
    while (blindWrites.size() > blindWriteCount) {
      blindWrites.removeLast();
    }
    expired = expiredCount;
  }

  void clear() {
    size = 0;
    floor = 0;
    expired = 0;
    if (!blindWrites.isEmpty()) {
      blindWrites.clear();
    }
  }

  private int entryOf(int physicalId) {
    int last = size - 1;
    if (last >= floor && physicalIds[last] == physicalId) {
      return last;
    }
    if (size == physicalIds.length) {
      int capacity = size * 2;
      physicalIds = Arrays.copyOf(physicalIds, capacity);
      keyDeltas = Arrays.copyOf(keyDeltas, capacity);
      deadlineDeltas = Arrays.copyOf(deadlineDeltas, capacity);
      earliestDeadlines = Arrays.copyOf(earliestDeadlines, capacity);
    }
    physicalIds[size] = physicalId;
    keyDeltas[size] = 0;
    deadlineDeltas[size] = 0;
    earliestDeadlines[size] = Long.MAX_VALUE;
    return size++;
  }
}
