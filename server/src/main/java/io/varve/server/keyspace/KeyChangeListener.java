package io.varve.server.keyspace;

import io.varve.engine.bytes.Slice;

/// Somebody who wants to know which keys have changed: watched keys, clients that wait for a list, caches
/// of clients. Everything on the command loop, when an execution commits.
public interface KeyChangeListener {

  /// Whether there is anybody to be told; where there is nobody, changes are not even looked through.
  boolean isListening();

  /// A key has a new value, or other elements, or another expiry.
  ///
  /// @param key valid during the call
  /// @param deleted whether it is gone now
  void changed(int logical, Slice key, boolean deleted);

  /// A database was emptied.
  void flushed(int logical);

  /// A database got the content of another.
  void swapped(int logical);
}
