package io.varve.engine.batch;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.Expiry;

/// Sees the operations of a batch in their order. Slices are valid during the call only.
public interface BatchVisitor {
  void put(Slice key, Slice value);

  /// A put that counts up to a time; to a visitor that does not care, a put.
  ///
  /// @param expiring the value with its [Expiry] in front
  default void putExpiring(Slice key, Slice expiring) {
    put(key, Expiry.valueOf(expiring, new Slice()));
  }

  void delete(Slice key);

  /// All keys from `start`, inclusive, to `end`, exclusive, are deleted.
  ///
  /// @param end [io.varve.engine.key.KeyRange#END] if the range ends with the last key
  void deleteRange(Slice start, Slice end);
}
