package io.varve.engine;

import org.jspecify.annotations.Nullable;

/// A moment of a [Store] that stays readable; any thread. Close it: while it is open, merges keep what
/// it can see.
public final class StoreSnapshot implements AutoCloseable {

  private final Store store;
  private final Snapshot snapshot;

  StoreSnapshot(Store store, Snapshot snapshot) {
    this.store = store;
    this.snapshot = snapshot;
  }

  /// The value that a key had, or null. What has expired since is gone here too.
  public byte @Nullable [] get(byte[] key) {
    return store.get(key, snapshot.sequence());
  }

  /// [Store#scan(byte[], byte[])] at this moment.
  public Scan scan(byte @Nullable [] from, byte @Nullable [] to) {
    return store.newScan(Scan.Order.ASCENDING, from, to, snapshot.sequence());
  }

  /// [Store#scanDescending(byte[], byte[])] at this moment.
  public Scan scanDescending(byte @Nullable [] from, byte @Nullable [] to) {
    return store.newScan(Scan.Order.DESCENDING, from, to, snapshot.sequence());
  }

  /// May be called twice.
  @Override
  public void close() {
    snapshot.close();
  }
}
