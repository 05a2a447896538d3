package io.varve.engine.batch;

import io.varve.engine.bytes.Slice;

/// Sees the operations of a batch in their order. Slices are valid during the call only.
public interface BatchVisitor {
  void put(Slice key, Slice value);

  void delete(Slice key);
}
