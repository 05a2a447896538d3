package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.KeyEntry;

/// Walks the fields of a hash whose time has not passed.
public abstract sealed class FieldWalk implements CollectionWalk
    permits PackedFieldWalk, SpreadFieldWalk {

  private final long nowMillis;

  /// @param nowMillis fields whose expiry is not behind it are passed over
  FieldWalk(long nowMillis) {
    this.nowMillis = nowMillis;
  }

  @Override
  public final boolean next() {
    while (advance()) {
      if (!hasPassed()) {
        return true;
      }
    }
    return false;
  }

  /// Moves to the next field, be its time passed or not.
  abstract boolean advance();

  final boolean hasPassed() {
    long expiry = expiryMillis();
    return expiry != KeyEntry.NO_EXPIRY && expiry <= nowMillis;
  }

  public abstract Slice value();

  /// Milliseconds since the epoch, or [KeyEntry#NO_EXPIRY].
  public abstract long expiryMillis();
}
