package io.varve.server.types;

import io.varve.server.keyspace.ElementWalk;
import io.varve.server.keyspace.Elements;

/// Walks the entries of a stream between two ids, both included, upwards or downwards.
///
/// Stands before the first until [#next()]. What it hands out is valid until the next call; what the
/// command writes meanwhile does not show. The caller closes it.
public final class StreamRange implements AutoCloseable {

  private final ElementWalk walk;
  private final StreamId from;
  private final StreamId to;
  private final boolean downwards;
  private final StreamFields fields = new StreamFields();
  private StreamId id = StreamId.MIN;
  private boolean started;
  private boolean ended;

  /// @param from lowest id
  /// @param to highest id
  StreamRange(Elements elements, StreamId from, StreamId to, boolean downwards) {
    this.walk = elements.walk();
    this.from = from;
    this.to = to;
    this.downwards = downwards;
    this.ended = from.compareTo(to) > 0;
  }

  /// Moves to the next entry, if there is one.
  public boolean next() {
    if (ended) {
      return false;
    }
    if (!started) {
      started = true;
      seek();
    } else if (downwards) {
      walk.prev();
    } else {
      walk.next();
    }
    ended = !walk.isValid() || walk.key().getUnsigned(0) != StreamFormat.ENTRY;
    if (!ended) {
      id = StreamId.atEndOf(walk.key());
      ended = downwards ? id.compareTo(from) < 0 : id.compareTo(to) > 0;
    }
    return !ended;
  }

  public StreamId id() {
    return id;
  }

  /// The fields of the entry, from the first on.
  public StreamFields fields() {
    fields.open(walk.value());
    return fields;
  }

  @Override
  public void close() {
    walk.close();
  }

  private void seek() {
    if (downwards) {
      walk.seekForPrev(StreamFormat.entryKey(to));
    } else {
      walk.seek(StreamFormat.entryKey(from));
    }
  }
}
