package io.varve.engine.key;

/// What one layer of the tree (a memtable, a table) knows of a key.
public enum Lookup {
  /// Nothing: an older layer may hold it.
  ABSENT,
  /// Its value.
  FOUND,
  /// Its value, with an [Expiry] in front: whether it still counts is for who knows the time.
  FOUND_EXPIRING,
  /// That it is deleted: no older layer need be asked.
  DELETED
}
