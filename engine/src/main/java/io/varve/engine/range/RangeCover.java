package io.varve.engine.range;

import io.varve.engine.bytes.Slice;

/// What the range tombstones of one layer of the tree say of keys.
public interface RangeCover {

  /// Finds the newest tombstone that covers a key and is visible at a sequence number, and how far
  /// to both sides that holds.
  ///
  /// May read tables' tombstones from disk, and throw what that throws.
  ///
  /// @param sequence tombstones above it do not count
  /// @param into overwritten by a span that holds the key
  void locate(Slice key, long sequence, KeySpan into);
}
