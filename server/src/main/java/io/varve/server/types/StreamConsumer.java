package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;

/// A consumer of a group as one command sees it. What changes is written by [StreamGroup#save()].
public final class StreamConsumer {

  /// [#activeMillis()] of a consumer that never got an entry.
  public static final long NEVER = -1;

  private final Slice name;
  private final long number;
  private long seenMillis;
  private long activeMillis = NEVER;
  private long pending;

  StreamConsumer(Slice name, long number, long nowMillis) {
    this.name = name;
    this.number = number;
    this.seenMillis = nowMillis;
  }

  public Slice name() {
    return name;
  }

  /// When it last asked for anything, in milliseconds since the epoch.
  public long seenMillis() {
    return seenMillis;
  }

  /// When it last got anything, in milliseconds since the epoch, or [#NEVER].
  public long activeMillis() {
    return activeMillis;
  }

  /// Number of entries that it got and has not acknowledged.
  public long pending() {
    return pending;
  }

  long number() {
    return number;
  }

  /// Notes that it has asked for something.
  public void seen(long nowMillis) {
    seenMillis = nowMillis;
  }

  /// Notes that it has got something.
  public void active(long nowMillis) {
    activeMillis = nowMillis;
  }

  void addPending(int change) {
    pending += change;
  }

  void appendTo(GrowableBuffer value) {
    value.putVarint(number);
    value.putVarint(pending);
    value.putLong(seenMillis);
    value.putLong(activeMillis);
  }

  static StreamConsumer read(Slice name, Slice value) {
    return StreamFormat.decode(value, cursor -> read(name, cursor));
  }

  private static StreamConsumer read(Slice name, ByteCursor cursor) {
    StreamConsumer consumer = new StreamConsumer(name, cursor.readVarint(), 0);
    consumer.pending = cursor.readVarint();
    consumer.seenMillis = cursor.readLong();
    consumer.activeMillis = cursor.readLong();
    return consumer;
  }
}
