package io.varve.server.types;

/// Walks the consumers of a group in the order of their names; the caller closes it.
public final class StreamConsumerWalk implements AutoCloseable {

  private final NamedWalk walk;

  StreamConsumerWalk(StreamGroup group) {
    this.walk =
        new NamedWalk(
            group.stream().walk(), StreamFormat.groupRange(StreamFormat.CONSUMER, group.number()));
  }

  /// Moves to the next consumer, if there is one.
  public boolean next() {
    return walk.next();
  }

  public StreamConsumer consumer() {
    return StreamConsumer.read(walk.name(), walk.value());
  }

  @Override
  public void close() {
    walk.close();
  }
}
