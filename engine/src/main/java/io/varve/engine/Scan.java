package io.varve.engine;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.ReadContext;
import org.jspecify.annotations.Nullable;

/// A walk over the keys of a [Store] within bounds.
///
/// Stands before its first key until [#next()]:
///
/// ```
/// try (Scan scan = store.scan(from, to)) {
///   while (scan.next()) {
///     use(scan.key(), scan.value());
///   }
/// }
/// ```
///
/// Sees one moment of the store whatever is written meanwhile. Belongs to one thread. Close it: it keeps
/// memtables and files alive.
public final class Scan implements AutoCloseable {

  /// Which way a scan goes.
  enum Order {
    ASCENDING,
    DESCENDING
  }

  /// Blocks that the walk has passed are let go when they are this many bytes.
  private static final long PINNED_BYTES_MAX = 1 << 20;

  private final Engine engine;
  private final ReadView view;
  private final ReadContext reads;
  private final KeyValueIterator iterator;
  private final Order order;
  private final @Nullable Slice from;
  private final @Nullable Slice to;
  private boolean started;
  private boolean ended;
  private boolean closed;

  /// @param view taken over
  Scan(
      Engine engine,
      ReadView view,
      long sequence,
      ReadContext reads,
      Order order,
      byte @Nullable [] from,
      byte @Nullable [] to) {
    this.engine = engine;
    this.view = view;
    this.reads = reads;
    this.order = order;
    this.from = from == null ? null : Slice.of(from.clone());
    this.to = to == null ? null : Slice.of(to.clone());
    this.iterator = engine.iterator(view, sequence, reads);
  }

  /// Moves to the next key; false at the end.
  public boolean next() {
    if (closed) {
      throw new IllegalStateException("the scan is closed");
    }
    if (ended) {
      return false;
    }
    if (reads.pinnedBytes() > PINNED_BYTES_MAX) {
      reads.releasePins();
    }
    boolean first = !started;
    started = true;
    boolean stands = order == Order.ASCENDING ? ascend(first) : descend(first);
    ended = !stands;
    return stands;
  }

  private boolean ascend(boolean first) {
    if (!first) {
      iterator.next();
    } else if (from == null) {
      iterator.seekToFirst();
    } else {
      iterator.seek(from);
    }
    return iterator.isValid() && (to == null || iterator.key().compareTo(to) < 0);
  }

  private boolean descend(boolean first) {
    if (!first) {
      iterator.prev();
    } else if (to == null) {
      iterator.seekToLast();
    } else {
      iterator.seekForPrev(to);
      if (iterator.isValid() && iterator.key().contentEquals(to)) {
        iterator.prev();
      }
    }
    return iterator.isValid() && (from == null || iterator.key().compareTo(from) >= 0);
  }

  /// The key it stands on; its bytes are valid until the next move.
  public Slice key() {
    return iterator.key();
  }

  /// The value of that key; its bytes are valid until the next move.
  public Slice value() {
    return iterator.value();
  }

  /// May be called twice.
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      iterator.close();
      engine.account(reads);
      reads.releasePins();
      view.close();
    }
  }
}
