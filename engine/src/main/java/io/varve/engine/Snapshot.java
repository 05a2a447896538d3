package io.varve.engine;

/// A moment of the store that stays readable: flushes and merges keep what it can see.
///
/// Read with any view acquired after it was taken, at [#sequence()]. Close it: a forgotten snapshot
/// holds back the dropping of old versions for ever.
public final class Snapshot implements AutoCloseable {

  private final Snapshots owner;
  private final long sequence;
  private boolean closed;

  Snapshot(Snapshots owner, long sequence) {
    this.owner = owner;
    this.sequence = sequence;
  }

  /// Newest sequence number that this snapshot sees.
  public long sequence() {
    return sequence;
  }

  /// May be called twice.
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      owner.remove(sequence);
    }
  }
}
