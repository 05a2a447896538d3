package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.ElementWalk;

/// Walks elements whose subkeys are names behind a common beginning.
final class NamedWalk implements AutoCloseable {

  private final ElementWalk walk;
  private final Slice prefix;
  private boolean started;

  NamedWalk(ElementWalk walk, Slice prefix) {
    this.walk = walk;
    this.prefix = prefix;
  }

  boolean next() {
    if (started) {
      walk.next();
    } else {
      started = true;
      walk.seek(prefix);
    }
    return walk.isValid() && walk.key().startsWith(prefix);
  }

  /// A copy of the name.
  Slice name() {
    Slice key = walk.key();
    return new Slice(key.segment(), key.offset() + prefix.length(), key.length() - prefix.length())
        .copy();
  }

  Slice value() {
    return walk.value();
  }

  @Override
  public void close() {
    walk.close();
  }
}
