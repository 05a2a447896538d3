package io.varve.server.loop;

import io.varve.engine.bytes.Slice;
import java.util.TreeMap;

/// Who waits for a key, in the order in which they came. Owned by [WaitingClients].
final class KeyQueue {

  /// A key in a logical database.
  record Name(int logical, Slice key) {}

  final Name name;
  final TreeMap<Long, WaitingClient> clients = new TreeMap<>();

  /// How many of them are tried again whatever happens to the key.
  int whateverComes;

  /// Whether it is among those that have changed and are to be looked at.
  boolean ready;

  KeyQueue(Name name) {
    this.name = name;
  }
}
