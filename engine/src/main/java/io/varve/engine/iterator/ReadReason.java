package io.varve.engine.iterator;

/// Why a block was read from disk.
public enum ReadReason {
  DATA,
  INDEX,
  FILTER
}
