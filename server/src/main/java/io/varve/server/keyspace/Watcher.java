package io.varve.server.keyspace;

/// Somebody who wants to know that a key has changed: a connection between WATCH and EXEC.
public interface Watcher {

  /// A watched key has changed. Called on the command loop, possibly more than once.
  void touched();
}
