package io.varve.engine;

import io.varve.engine.memtable.Memtable;
import io.varve.engine.rowcache.RowEpoch;
import io.varve.engine.version.Version;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;

/// What a reader holds on to while it reads: the memtables and the version of one moment.
///
/// Immutable, counted by reference, replaced as a whole when a memtable is sealed or a flush or merge
/// is installed. Reading through a view never waits for the writer. Acquire the view *first*, then
/// ask for the sequence number to read at: a later flush may have dropped versions that only older
/// sequence numbers could see. A view knows nothing that was written after its memtable was sealed: read
/// at a newer sequence number, it shows the state of that moment, whole and not older than what was
/// durable when the view was acquired. Close it soon: it keeps memory and files alive.
public final class ReadView implements AutoCloseable {

  private static final VarHandle REFERENCES;

  static {
    try {
      REFERENCES = MethodHandles.lookup().findVarHandle(ReadView.class, "references", int.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final Memtable active;

  /// Youngest first.
  private final List<SealedMemtable> sealed;

  private final Version version;
  private final RowEpoch rowEpoch;

  @SuppressWarnings("unused") // through the handle
  private volatile int references = 1;

  /// Takes a reference to each part for as long as the view lives.
  ///
  /// @param rowEpoch of the row cache when the view is made
  ReadView(Memtable active, List<SealedMemtable> sealed, Version version, RowEpoch rowEpoch) {
    this.active = active;
    this.sealed = List.copyOf(sealed);
    this.version = version;
    this.rowEpoch = rowEpoch;
    retainParts();
  }

  private void retainParts() {
    boolean alive = active.tryRetain() && version.tryRetain();
    for (SealedMemtable memtable : sealed) {
      alive = alive && memtable.memtable().tryRetain();
    }
    if (!alive) {
      throw new IllegalStateException("a view was made of parts that are already freed");
    }
  }

  Memtable active() {
    return active;
  }

  /// Sealed memtables, youngest first.
  List<SealedMemtable> sealed() {
    return sealed;
  }

  Version version() {
    return version;
  }

  /// What the row cache may be asked with.
  RowEpoch rowEpoch() {
    return rowEpoch;
  }

  /// Takes a reference unless the view is already gone.
  boolean tryRetain() {
    while (true) {
      int count = (int) REFERENCES.getVolatile(this);
      if (count == 0) {
        return false;
      }
      if (REFERENCES.compareAndSet(this, count, count + 1)) {
        return true;
      }
    }
  }

  /// Another reference to a view that the caller already holds.
  public ReadView retain() {
    if (!tryRetain()) {
      throw new IllegalStateException("the view is closed");
    }
    return this;
  }

  /// Gives one reference back; the last one lets memtables and files go.
  @Override
  public void close() {
    int left = (int) REFERENCES.getAndAdd(this, -1) - 1;
    assert left >= 0 : "view closed more often than acquired";
    if (left == 0) {
      active.release();
      for (SealedMemtable memtable : sealed) {
        memtable.memtable().release();
      }
      version.release();
    }
  }
}
