package io.varve.engine;

import io.varve.engine.sstable.TableCache;
import io.varve.engine.value.ValueFiles;
import io.varve.engine.version.VersionSet;

/// Lets go of what is kept of a table or value file before its file is deleted, and has the deleting done by a
/// thread that may wait.
final class TableEvents implements VersionSet.Listener {

  private final TableCache tables;
  private final ValueFiles values;

  /// Does nothing until the engine is up: recovery has no readers.
  private volatile Runnable deleter = () -> {};

  TableEvents(TableCache tables, ValueFiles values) {
    this.tables = tables;
    this.values = values;
  }

  void deleteWith(Runnable wakeDeleter) {
    deleter = wakeDeleter;
  }

  @Override
  public void tableObsolete(long fileNumber) {
    tables.evict(fileNumber);
  }

  @Override
  public void valueFileObsolete(long fileNumber) {
    values.evict(fileNumber);
  }

  @Override
  public void versionReleased() {
    deleter.run();
  }
}
