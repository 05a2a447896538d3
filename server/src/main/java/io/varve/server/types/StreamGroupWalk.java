package io.varve.server.types;

import io.varve.engine.bytes.Slice;

/// Walks the groups of a stream in the order of their names; the caller closes it.
public final class StreamGroupWalk implements AutoCloseable {

  private final Stream stream;
  private final NamedWalk walk;

  StreamGroupWalk(Stream stream) {
    this.stream = stream;
    this.walk = new NamedWalk(stream.walk(), StreamFormat.spaceStart(StreamFormat.GROUP));
  }

  /// Moves to the next group, if there is one.
  public boolean next() {
    return walk.next();
  }

  public StreamGroup group() {
    Slice name = walk.name();
    return StreamGroup.read(stream, name, walk.value());
  }

  @Override
  public void close() {
    walk.close();
  }
}
