package io.varve.engine;

import io.varve.engine.block.BlockCache;
import io.varve.engine.sstable.TableCache;
import io.varve.engine.version.VersionSet;

/// Lets go of what is kept of a table before its file is deleted, and has the deleting done by a
/// thread that may wait.
final class TableEvents implements VersionSet.Listener {

  private final TableCache tables;
  private final BlockCache cache;

  /// Does nothing until the engine is up: recovery has no readers.
  private volatile Runnable deleter = () -> {};

  TableEvents(TableCache tables, BlockCache cache) {
    this.tables = tables;
    this.cache = cache;
  }

  void deleteWith(Runnable wakeDeleter) {
    deleter = wakeDeleter;
  }

  @Override
  public void tableObsolete(long fileNumber) {
    tables.evict(fileNumber);
    cache.invalidateFile(fileNumber);
  }

  @Override
  public void versionReleased() {
    deleter.run();
  }
}
