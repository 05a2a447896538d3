package io.varve.server.types;

import io.varve.engine.bytes.Slice;

/// Walks over neighbouring elements of a list, in one direction, as they were when the walk began.
///
/// Stands in front of the first of them at first.
public abstract class ListWalk implements AutoCloseable {

  final Slice element = new Slice();

  ListWalk() {}

  /// Moves to the next element; false if there is none left.
  public abstract boolean next();

  /// The element, valid until the walk moves or closes or something is written.
  public final Slice element() {
    return element;
  }

  @Override
  public void close() {}
}
