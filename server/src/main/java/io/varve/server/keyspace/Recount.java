package io.varve.server.keyspace;

import io.varve.engine.Engine;
import io.varve.engine.ReadView;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.EngineException;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.ReadContext;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts the headers of one physical database at a snapshot, in pieces, on the reader pool.
///
/// Begun on the command loop, which defines the snapshot; one task of the pool at a time carries it
/// on, so its fields need no lock; the result is handed to the loop.
final class Recount {

  private static final Logger LOG = LoggerFactory.getLogger(Recount.class);

  /// Keys of one task: a few milliseconds, so that a long count does not hold a reader.
  private static final int KEYS_PER_TASK = 10_000;

  private final Keyspace keyspace;
  private final Engine engine;
  private final int physicalId;
  private final Executor readers;
  private final Executor loop;
  private final LongConsumer result;
  private final ReadView view;
  private final long sequence;
  private Slice position;
  private long counted;

  /// @param result given the number of keys on the command loop; -1 if they cannot be read
  Recount(
      Keyspace keyspace,
      Engine engine,
      int physicalId,
      Executor readers,
      Executor loop,
      LongConsumer result) {
    this.keyspace = keyspace;
    this.engine = engine;
    this.physicalId = physicalId;
    this.readers = readers;
    this.loop = loop;
    this.result = result;
    this.view = engine.acquireView();
    this.sequence = engine.lastSequence();
    this.position = KeyspaceFormat.headerKey(physicalId, new byte[0]);
  }

  void start() {
    readers.execute(this::countSome);
  }

  private void countSome() {
    if (keyspace.isClosed()) {
      view.close();
      return;
    }
    boolean more;
    try {
      more = countPiece();
    } catch (EngineException failed) {
      LOG.warn("Counting the keys of physical database {} failed.", physicalId, failed);
      counted = -1;
      more = false;
    }
    if (more) {
      readers.execute(this::countSome);
    } else {
      view.close();
      long keys = counted;
      loop.execute(() -> result.accept(keys));
    }
  }

  private boolean countPiece() {
    ReadContext context = new ReadContext();
    try (KeyValueIterator iterator = engine.iterator(view, sequence, context)) {
      iterator.seek(position);
      for (int i = 0; i < KEYS_PER_TASK; i++) {
        if (!iterator.isValid()
            || KeyspaceFormat.physicalId(iterator.key()) != physicalId
            || KeyspaceFormat.tag(iterator.key()) != KeyspaceFormat.TAG_HEADER) {
          return false;
        }
        counted++;
        iterator.next();
      }
      if (!iterator.isValid()) {
        return false;
      }
      position = iterator.key().copy();
      return true;
    } finally {
      context.releasePins();
    }
  }
}
