package io.varve.engine.sstable;

/// What an iterator does with the blocks that it reads from disk.
public enum CachePolicy {
  /// Reads block by block and offers each to the cache: for the reads of clients.
  FILL,
  /// Reads ahead in large pieces into memory of its own and leaves the cache alone: for merges and
  /// checks, which pass over everything once.
  BYPASS
}
