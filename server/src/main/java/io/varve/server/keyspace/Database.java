package io.varve.server.keyspace;

import io.varve.engine.bytes.Slice;

/// A logical database, seen through one thread's [KeyspaceAccess].
public abstract class Database {

  Database() {}

  public abstract int index();

  public abstract KeyspaceAccess access();

  public abstract long nowMillis();

  /// Number of keys.
  public abstract long size();

  /// Watches a key once the execution commits.
  public abstract void watch(Slice key, Watcher watcher);
}
