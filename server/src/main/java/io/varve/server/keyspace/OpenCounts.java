package io.varve.server.keyspace;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.GrowableBuffer;
import java.util.Arrays;

/// The databases whose number of keys a batch is the first of its commit group to change: it carries
/// their count records, which call the number uncertain. See [DatabaseState]. Belongs to one
/// [KeyspaceAccess].
final class OpenCounts {

  private final GrowableBuffer record = GrowableBuffer.onHeap(64);
  private int[] physicalIds = new int[4];
  private int count;

  /// Adds the records that the changes of a journal call for to a batch, each once.
  void open(ChangeJournal journal, Keyspace keyspace, WriteBatch batch) {
    for (int i = 0; i < journal.size(); i++) {
      int physicalId = journal.physicalId(i);
      DatabaseState state = keyspace.findState(physicalId);
      if ((state != null && state.open) || holds(physicalId)) {
        continue;
      }
      if (count == physicalIds.length) {
        physicalIds = Arrays.copyOf(physicalIds, count * 2);
      }
      physicalIds[count++] = physicalId;
      DatabaseState shown = state != null ? state : new DatabaseState(physicalId);
      record.clear();
      shown.encode(record, 1);
      batch.put(shown.countKey, record.slice());
    }
  }

  /// The batch has been written.
  void written(Keyspace keyspace) {
    for (int i = 0; i < count; i++) {
      keyspace.state(physicalIds[i]).open = true;
    }
  }

  void clear() {
    count = 0;
  }

  private boolean holds(int physicalId) {
    for (int i = 0; i < count; i++) {
      if (physicalIds[i] == physicalId) {
        return true;
      }
    }
    return false;
  }
}
