package io.varve.engine;

import io.varve.engine.batch.BatchVisitor;
import io.varve.engine.bytes.Slice;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.memtable.Memtable;
import org.jspecify.annotations.Nullable;

/// Puts a batch's operations into a memtable, each with the next sequence number. Reused; the
/// writer's thread.
final class Inserter implements BatchVisitor {

  private static final Slice NO_VALUE = new Slice();

  private @Nullable Memtable memtable;
  private long sequence;

  void begin(Memtable target, long baseSequence) {
    memtable = target;
    sequence = baseSequence;
  }

  @Override
  public void put(Slice key, Slice value) {
    insert(key, EntryKind.PUT, value);
  }

  @Override
  public void putExpiring(Slice key, Slice expiring) {
    insert(key, EntryKind.PUT_EXPIRING, expiring);
  }

  @Override
  public void delete(Slice key) {
    insert(key, EntryKind.DELETE, NO_VALUE);
  }

  @Override
  public void deleteRange(Slice start, Slice end) {
    target().deleteRange(start, end, sequence++);
  }

  private void insert(Slice key, EntryKind kind, Slice value) {
    target().put(key, sequence++, kind, value);
  }

  private Memtable target() {
    Memtable target = memtable;
    if (target == null) {
      throw new IllegalStateException("no memtable to insert into");
    }
    assert sequence <= InternalKey.SEQUENCE_MAX;
    return target;
  }
}
