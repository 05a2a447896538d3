package io.varve.engine;

import io.varve.engine.memtable.HashMemtable;
import io.varve.engine.memtable.Memtable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// An empty memtable in reserve.
///
/// The memory of a fresh one has to be cleared, which takes milliseconds at the usual size: the writer,
/// for whom everybody waits, takes one that is ready and has the next made by somebody else. [#take] is
/// the writer's, [#prepare] another thread's, [#close] comes after both.
final class SpareMemtable implements AutoCloseable {

  private final long memtableBytes;
  private final AtomicReference<@Nullable Memtable> spare = new AtomicReference<>();

  /// @param memtableBytes of memory at which a memtable is sealed
  SpareMemtable(long memtableBytes) {
    this.memtableBytes = memtableBytes;
  }

  /// The one in reserve, or one made on the spot where memtables fill faster than they are prepared.
  Memtable take() {
    Memtable ready = spare.getAndSet(null);
    return ready == null ? new HashMemtable(memtableBytes) : ready;
  }

  /// Sees to it that there is one.
  void prepare() {
    if (spare.get() == null) {
      Memtable fresh = new HashMemtable(memtableBytes);
      if (!spare.compareAndSet(null, fresh)) {
        fresh.release();
      }
    }
  }

  @Override
  public void close() {
    Memtable left = spare.getAndSet(null);
    if (left != null) {
      left.release();
    }
  }
}
