package io.varve.engine;

import io.varve.engine.batch.BatchVisitor;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import org.jspecify.annotations.Nullable;

/// Notices range deletes that make whole tables superfluous, so that the memtable is sealed before it
/// is full: only a range tombstone that lies in a table frees others, and a store that is not written
/// any more would otherwise keep their space for ever.
///
/// A seal costs a small flush, so it has to be worth a good part of a table, and while a memtable
/// waits for its flush there is no further one: the same range may be deleted again before its tables
/// are gone. From metadata alone. The writer's thread.
final class EarlySeal implements BatchVisitor {

  private final long freedBytesMin;
  private @Nullable Version version;
  private long freedBytes;

  /// @param freedBytesMin bytes of tables that a seal must be able to free
  EarlySeal(long freedBytesMin) {
    this.freedBytesMin = Math.max(1, freedBytesMin);
  }

  /// Looks at a batch that deletes ranges.
  void look(WriteBatch batch, Version current) {
    version = current;
    batch.visit(this);
    version = null;
  }

  boolean isWanted() {
    return freedBytes >= freedBytesMin;
  }

  /// The memtable is sealed.
  void done() {
    freedBytes = 0;
  }

  @Override
  public void put(Slice key, Slice value) {}

  @Override
  public void delete(Slice key) {}

  @Override
  public void deleteRange(Slice start, Slice end) {
    Version tables = version;
    if (tables == null) {
      throw new IllegalStateException("no version to look at");
    }
    for (int age = 0; age < tables.runCount(); age++) {
      Run run = tables.run(age);
      for (int i = run.indexOfFirstReaching(start); i < run.tableCount(); i++) {
        TableMetadata table = run.table(i);
        if (!table.endsBefore(end)) {
          break;
        }
        if (table.smallestKey().compareTo(start) >= 0) {
          freedBytes += table.fileBytes();
        }
      }
    }
  }
}
