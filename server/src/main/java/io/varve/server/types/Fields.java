package io.varve.server.types;

import io.varve.engine.bytes.Slice;

/// The fields of a hash that is being changed, in one of the two ways in which they are kept. A field whose
/// time has passed is not found, but may still be stored.
sealed interface Fields permits PackedFields, SpreadFields {

  /// Number of stored fields.
  long size();

  /// Whether there is a field; then [#value()] and [#expiryMillis()] are its.
  boolean find(Slice field);

  /// Valid until the next call of anything else.
  Slice value();

  /// Milliseconds since the epoch, or [io.varve.server.keyspace.KeyEntry#NO_EXPIRY].
  long expiryMillis();

  /// Adds or replaces a field; true if it was not there.
  boolean put(Slice field, Slice value, long expiryMillis);

  /// Removes a field; false if there was none.
  boolean remove(Slice field);

  /// Removes fields whose time has passed, so many at most. Returns how many.
  int removePassed(long nowMillis, int limit);

  /// When the first field expires, or [io.varve.server.keyspace.KeyEntry#NO_EXPIRY].
  long earliestMillis();
}
