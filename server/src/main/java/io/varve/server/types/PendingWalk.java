package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.ElementWalk;
import org.jspecify.annotations.Nullable;

/// Walks the pending entries of a group, or of one of its consumers, in the order of their ids.
///
/// Stands before the first until [#next()]. What the command writes meanwhile does not show in the
/// order, but in what [#entry()] says of a consumer's entry. The caller closes it.
public final class PendingWalk implements AutoCloseable {

  private final StreamGroup group;
  private final ElementWalk walk;
  private final boolean ofConsumer;
  private final Slice start;
  private final Slice prefix;
  private final StreamId to;
  private StreamId id = StreamId.MIN;
  private boolean started;
  private boolean ended;

  PendingWalk(StreamGroup group, @Nullable StreamConsumer consumer, StreamId from, StreamId to) {
    this.group = group;
    this.ofConsumer = consumer != null;
    this.to = to;
    long number = group.number();
    StreamId first = from.max(group.minPendingId());
    if (consumer == null) {
      start = StreamFormat.pendingKey(number, first);
      prefix = StreamFormat.groupRange(StreamFormat.PENDING, number);
      ended = group.pending() == 0;
    } else {
      start = StreamFormat.ownedKey(number, consumer.number(), first);
      prefix = StreamFormat.ownedRange(number, consumer.number());
      ended = consumer.pending() == 0;
    }
    this.walk = group.stream().walk();
  }

  /// Moves to the next entry, if there is one.
  public boolean next() {
    if (ended) {
      return false;
    }
    if (started) {
      walk.next();
    } else {
      started = true;
      walk.seek(start);
    }
    ended = !walk.isValid() || !walk.key().startsWith(prefix);
    if (!ended) {
      id = StreamId.atEndOf(walk.key());
      ended = id.compareTo(to) > 0;
    }
    return !ended;
  }

  public StreamId id() {
    return id;
  }

  /// The entry that [#next()] has moved to.
  public PendingEntry entry() {
    if (!ofConsumer) {
      return PendingEntry.read(id, walk.value());
    }
    PendingEntry entry = group.findPending(id);
    if (entry == null) {
      throw new IllegalStateException("entry " + id + " is with a consumer but not pending");
    }
    return entry;
  }

  @Override
  public void close() {
    walk.close();
  }
}
