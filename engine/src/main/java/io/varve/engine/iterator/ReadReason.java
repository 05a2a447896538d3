package io.varve.engine.iterator;

/// Why a block was read from disk.
public enum ReadReason {
  DATA,
  INDEX,
  FILTER,
  /// A large value, which lies apart from the tree.
  VALUE
}
