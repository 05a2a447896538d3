package io.varve.server.keyspace;

/// All databases of the server.
public abstract class Keyspace {

  Keyspace() {}

  /// Number of logical databases.
  public abstract int databaseCount();

  /// Whether a key that a watcher watches has expired since.
  public abstract boolean hasWatchedExpired(Watcher watcher, long nowMillis);
}
