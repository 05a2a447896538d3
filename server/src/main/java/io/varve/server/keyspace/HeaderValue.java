package io.varve.server.keyspace;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;

/// The header that an access is about to write: begun by its type, which then appends the payload.
/// Belongs to one thread and is used again and again.
final class HeaderValue {

  /// Bytes that are kept from execution to execution.
  private static final int KEPT_BYTES = 1 << 20;

  private final GrowableBuffer bytes = new GrowableBuffer(256);
  private final Slice slice = new Slice();
  private long expiryMillis;
  private long objectId;
  private long innerDeadlineMillis;

  /// Starts a value; the payload goes into the buffer that is returned.
  GrowableBuffer begin(ValueType type, int encoding, long expiry, long object, long innerDeadline) {
    expiryMillis = expiry;
    objectId = object;
    innerDeadlineMillis = innerDeadline;
    bytes.clear();
    bytes.putByte(type.code());
    bytes.putByte(encoding);
    int flags = expiry == KeyEntry.NO_EXPIRY ? 0 : KeyspaceFormat.FLAG_EXPIRY;
    flags |= object == KeyEntry.NO_OBJECT ? 0 : KeyspaceFormat.FLAG_OBJECT;
    flags |= innerDeadline == KeyEntry.NO_EXPIRY ? 0 : KeyspaceFormat.FLAG_INNER_DEADLINE;
    bytes.putByte(flags);
    if (expiry != KeyEntry.NO_EXPIRY) {
      bytes.putLong(expiry);
    }
    if (object != KeyEntry.NO_OBJECT) {
      bytes.putLong(object);
    }
    if (innerDeadline != KeyEntry.NO_EXPIRY) {
      bytes.putLong(innerDeadline);
    }
    return bytes;
  }

  long expiryMillis() {
    return expiryMillis;
  }

  long objectId() {
    return objectId;
  }

  long innerDeadlineMillis() {
    return innerDeadlineMillis;
  }

  int byteSize() {
    return bytes.size();
  }

  /// The header, valid until the next is begun.
  Slice slice() {
    return bytes.slice(slice);
  }

  /// Gives back what one huge value took.
  void shrink() {
    if (bytes.size() > KEPT_BYTES) {
      bytes.clearAndShrink(KEPT_BYTES);
    }
  }
}
