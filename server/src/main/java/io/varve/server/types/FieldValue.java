package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.KeyEntry;

/// What the element of a field holds: a value and perhaps an expiry. Reused from lookup to lookup.
final class FieldValue {

  private final ByteCursor cursor = new ByteCursor();
  private final Slice bytes = new Slice();
  private long expiryMillis;

  /// Reads an element's value.
  void decode(Slice element) {
    cursor.set(element);
    boolean expires = (cursor.readByte() & HashFormat.FLAG_EXPIRY) != 0;
    expiryMillis = expires ? cursor.readLong() : KeyEntry.NO_EXPIRY;
    cursor.readSlice((int) cursor.remaining(), bytes);
  }

  /// Writes an element's value.
  static void encode(Slice value, long expiryMillis, GrowableBuffer into) {
    boolean expires = expiryMillis != KeyEntry.NO_EXPIRY;
    into.putByte(expires ? HashFormat.FLAG_EXPIRY : 0);
    if (expires) {
      into.putLong(expiryMillis);
    }
    into.putBytes(value);
  }

  Slice bytes() {
    return bytes;
  }

  /// Milliseconds since the epoch, or [KeyEntry#NO_EXPIRY].
  long expiryMillis() {
    return expiryMillis;
  }

  boolean hasPassed(long nowMillis) {
    return expiryMillis != KeyEntry.NO_EXPIRY && expiryMillis <= nowMillis;
  }
}
