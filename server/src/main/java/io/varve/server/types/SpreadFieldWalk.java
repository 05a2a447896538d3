package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import java.util.SplittableRandom;

/// Walks the fields of a hash that is spread over elements.
final class SpreadFieldWalk extends FieldWalk {

  private final HashedElements.Walk walk;

  /// Stored fields, those whose time has passed included.
  private final long size;

  private final FieldValue value = new FieldValue();
  private boolean started;

  SpreadFieldWalk(HashedElements.Walk walk, long size, long nowMillis) {
    super(nowMillis);
    this.walk = walk;
    this.size = size;
  }

  @Override
  boolean advance() {
    if (started) {
      walk.next();
    } else {
      walk.seek(0);
      started = true;
    }
    return read();
  }

  @Override
  public boolean seek(long position) {
    started = true;
    walk.seek(position);
    return read() && (!hasPassed() || next());
  }

  @Override
  public long position() {
    return walk.position();
  }

  @Override
  public void seekRandom(SplittableRandom random) {
    started = true;
    RandomSeek.seek(walk, size, random);
    read();
    while (hasPassed()) {
      RandomSeek.step(walk);
      read();
    }
  }

  private boolean read() {
    boolean valid = walk.isValid();
    if (valid) {
      value.decode(walk.value());
    }
    return valid;
  }

  @Override
  public Slice name() {
    return walk.name();
  }

  @Override
  public Slice value() {
    return value.bytes();
  }

  @Override
  public long expiryMillis() {
    return value.expiryMillis();
  }

  @Override
  public void close() {
    walk.close();
  }
}
