package io.varve.server.keyspace;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.KeyValueIterator;

/// Walks the user keys of one database in ascending order, with what the execution had written when the
/// walk began laid over the engine's keys. Expired keys show; the caller judges.
///
/// Belongs to one thread.
public final class KeyWalk implements AutoCloseable {

  private final ElementWalk headers;
  private final KeyEntry entry = new KeyEntry();

  KeyWalk(KeyValueIterator stored, OwnWrites.View own, int physicalId) {
    this.headers = new ElementWalk(stored, own, KeyspaceFormat.headerKey(physicalId, new byte[0]));
  }

  /// Moves to the first key that is not less than `key`.
  public void seek(Slice key) {
    headers.seek(key);
  }

  /// Moves to the last key; false if there is none.
  public boolean seekToLast() {
    headers.seekToLast();
    return headers.isValid();
  }

  public boolean isValid() {
    return headers.isValid();
  }

  /// Needs [#isValid()].
  public void next() {
    headers.next();
  }

  /// The user key, valid until the walk moves.
  public Slice key() {
    return headers.key();
  }

  /// The header, valid until the walk moves.
  public KeyEntry entry() {
    entry.decode(headers.value());
    return entry;
  }

  /// The deadline in the header, without decoding the rest.
  public boolean isExpiredAt(long nowMillis) {
    long expiry = KeyEntry.expiryMillisOf(headers.value());
    return expiry != KeyEntry.NO_EXPIRY && expiry <= nowMillis;
  }

  @Override
  public void close() {
    headers.close();
  }
}
