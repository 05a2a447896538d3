package io.varve.server.keyspace;

import io.varve.engine.bytes.Slice;

/// Removes parts of a value whose time has passed, as fields of a hash: what a type that has such parts
/// gives to the keyspace, which knows of them only when the first of them passes.
@FunctionalInterface
public interface InnerExpiry {

  /// Stores the value without parts whose time has passed, or removes the key if nothing else is left.
  /// May leave some for the next call, if they are many. What it writes says again when the first of
  /// those that are left passes.
  ///
  /// @param entry what a lookup has found, with an inner deadline that has passed
  /// @return how many parts it has removed
  int removePassed(Database db, Slice key, KeyEntry entry);
}
