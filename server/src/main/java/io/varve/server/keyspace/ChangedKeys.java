package io.varve.server.keyspace;

import io.varve.engine.batch.BatchVisitor;
import io.varve.engine.bytes.Slice;
import java.util.List;

/// Tells a listener of the keys that a batch changes: sees each operation in turn, and each through
/// the map of databases that held when it was written.
final class ChangedKeys implements BatchVisitor {

  private final KeyChangeListener listener;
  private final List<DatabaseMap> remaps;
  private final Slice key = new Slice();
  private DatabaseMap then;
  private int remapsSeen;

  /// @param before the map when the batch began
  /// @param remaps those that the batch puts, in their order
  ChangedKeys(KeyChangeListener listener, DatabaseMap before, List<DatabaseMap> remaps) {
    this.listener = listener;
    this.then = before;
    this.remaps = remaps;
  }

  @Override
  public void put(Slice engineKey, Slice ignored) {
    if (KeyspaceFormat.physicalId(engineKey) == KeyspaceFormat.META_DATABASE
        && KeyspaceFormat.tag(engineKey) == KeyspaceFormat.TAG_DATABASE_MAP) {
      remapped();
    } else {
      changed(engineKey, false);
    }
  }

  @Override
  public void delete(Slice engineKey) {
    changed(engineKey, true);
  }

  @Override
  public void deleteRange(Slice start, Slice end) {
    // Elements: their header is written in the same batch, or touched.
  }

  private void changed(Slice engineKey, boolean deleted) {
    int logical = then.logicalOf(KeyspaceFormat.physicalId(engineKey));
    if (logical >= 0 && KeyspaceFormat.tag(engineKey) == KeyspaceFormat.TAG_HEADER) {
      key.set(
          engineKey.segment(),
          engineKey.offset() + KeyspaceFormat.HEADER_PREFIX_BYTES,
          engineKey.length() - KeyspaceFormat.HEADER_PREFIX_BYTES);
      listener.changed(logical, key, deleted);
    }
  }

  /// Physical ids that a database keeps or takes over from another were swapped, others flushed.
  private void remapped() {
    DatabaseMap to = remaps.get(remapsSeen++);
    for (int logical = 0; logical < to.size(); logical++) {
      int id = to.physicalId(logical);
      if (id != then.physicalId(logical)) {
        if (then.logicalOf(id) < 0) {
          listener.flushed(logical);
        } else {
          listener.swapped(logical);
        }
      }
    }
    then = to;
  }
}
