package io.varve.server.keyspace;

import io.varve.engine.bytes.Slice;

/// Somebody who wants to know what commands do to keys, by the names that Redis gives these events.
public interface KeyEventListener {

  /// Whether events of a class are wanted; asked for each event by the thread that causes it, so it has
  /// to be cheap.
  boolean wants(KeyEventClass eventClass);

  /// An event of a committed execution, in the order in which they happened. Command loop only.
  ///
  /// @param logical number of the logical database
  /// @param event as in `lpush`
  /// @param key the listener's own
  void happened(int logical, KeyEventClass eventClass, String event, Slice key);
}
