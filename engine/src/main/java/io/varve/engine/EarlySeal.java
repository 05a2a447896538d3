package io.varve.engine;

import io.varve.engine.batch.BatchVisitor;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// Notices range deletes that make whole tables superfluous, so that the memtable is sealed before it
/// is full: only a range tombstone that lies in a table frees others, and a store that is not written
/// any more would otherwise keep their space for ever.
///
/// A seal costs a small flush, so it has to be worth a good part of a table, and while a memtable
/// waits for its flush there is no further one: the same range may be deleted again before its tables
/// are gone. From metadata alone. The writer's thread.
final class EarlySeal implements BatchVisitor {

  /// How much of a table at the edge of a range goes is not known here, and the same edge may be
  /// deleted again and again: not more often than this.
  private static final long EDGE_SEAL_MILLIS = 1_000;

  private final long freedBytesMin;
  private final InstantSource clock;
  private @Nullable Version version;
  private long freedBytes;

  /// Bytes of tables into which a range reaches from one side.
  private long edgeBytes;

  private long lastEdgeMillis;

  /// @param freedBytesMin bytes of tables that a seal must be able to free
  EarlySeal(long freedBytesMin, InstantSource clock) {
    this.clock = clock;
    this.freedBytesMin = Math.max(1, freedBytesMin);
  }

  /// Looks at a batch that deletes ranges, no further than until a seal is worth it: a range may cover
  /// ten thousand tables.
  void look(WriteBatch batch, Version current) {
    version = current;
    batch.visit(this);
    version = null;
  }

  boolean isWanted() {
    return freedBytes >= freedBytesMin
        || (edgeBytes > 0
            && freedBytes + edgeBytes / 2 >= freedBytesMin
            && clock.millis() - lastEdgeMillis >= EDGE_SEAL_MILLIS);
  }

  /// The memtable is sealed.
  void done() {
    if (edgeBytes > 0) {
      lastEdgeMillis = clock.millis();
    }
    freedBytes = 0;
    edgeBytes = 0;
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
    for (int age = 0; age < tables.runCount() && freedBytes < freedBytesMin; age++) {
      Run run = tables.run(age);
      for (int i = run.indexOfFirstReaching(start);
          i < run.tableCount() && freedBytes < freedBytesMin;
          i++) {
        TableMetadata table = run.table(i);
        boolean beginsInside = table.smallestKey().compareTo(start) >= 0;
        if (table.smallestKey().compareTo(end) >= 0) {
          break;
        }
        boolean endsInside = table.endsBefore(end);
        if (beginsInside && endsInside) {
          freedBytes += table.fileBytes();
        } else if (beginsInside || endsInside) {
          edgeBytes += table.fileBytes();
        }
      }
    }
  }
}
