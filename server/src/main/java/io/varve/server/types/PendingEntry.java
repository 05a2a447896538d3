package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;

/// An entry that a consumer got and has not acknowledged.
///
/// @param id of the entry, which may be deleted by now
/// @param consumer name of who got it last
/// @param consumerNumber the number of that consumer
/// @param deliveredMillis when, in milliseconds since the epoch
/// @param deliveries how often it was delivered
public record PendingEntry(
    StreamId id, Slice consumer, long consumerNumber, long deliveredMillis, long deliveries) {

  /// Milliseconds since it was delivered.
  public long idleMillis(long nowMillis) {
    return nowMillis - deliveredMillis;
  }

  void appendTo(GrowableBuffer value) {
    value.putVarint(consumerNumber);
    value.putLong(deliveredMillis);
    value.putVarint(deliveries);
    value.putBytes(consumer);
  }

  static PendingEntry read(StreamId id, Slice value) {
    return StreamFormat.decode(value, cursor -> read(id, cursor));
  }

  private static PendingEntry read(StreamId id, ByteCursor cursor) {
    long number = cursor.readVarint();
    long delivered = cursor.readLong();
    long deliveries = cursor.readVarint();
    Slice name = cursor.readSlice((int) cursor.remaining(), new Slice()).copy();
    return new PendingEntry(id, name, number, delivered, deliveries);
  }
}
