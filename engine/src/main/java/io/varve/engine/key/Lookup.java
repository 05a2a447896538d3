package io.varve.engine.key;

/// What one layer of the tree (a memtable, a table) knows of a key.
public enum Lookup {
  /// Nothing: an older layer may hold it.
  ABSENT,
  /// Its value.
  FOUND,
  /// Its value, with an [Expiry] in front: whether it still counts is for who knows the time.
  FOUND_EXPIRING,
  /// A reference to its value, which lies apart.
  FOUND_APART,
  /// A reference to its value, with an [Expiry] in front.
  FOUND_EXPIRING_APART,
  /// That it is deleted: no older layer need be asked.
  DELETED
}
