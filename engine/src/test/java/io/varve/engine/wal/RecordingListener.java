package io.varve.engine.wal;

import io.varve.engine.error.EngineException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Remembers what the log said, and holds it to what it promised: ascending, and nothing after a
/// failure.
final class RecordingListener implements DurabilityListener {

  private final List<Long> told = new ArrayList<>();
  private volatile long durable;
  private volatile @Nullable EngineException failure;
  private volatile @Nullable String broken;

  RecordingListener(long lastSequence) {
    this.durable = lastSequence;
  }

  @Override
  public void durable(long sequence) {
    if (sequence <= durable) {
      broken = sequence + " came after " + durable;
    }
    if (failure != null) {
      broken = sequence + " came after the failure";
    }
    synchronized (told) {
      told.add(sequence);
      durable = sequence;
      told.notifyAll();
    }
  }

  @Override
  public void failed(EngineException cause) {
    if (failure != null) {
      broken = "failed twice";
    }
    synchronized (told) {
      failure = cause;
      told.notifyAll();
    }
  }

  long durable() {
    return durable;
  }

  @Nullable EngineException failure() {
    return failure;
  }

  List<Long> told() {
    synchronized (told) {
      return List.copyOf(told);
    }
  }

  /// Waits until a sequence number is durable or the log has failed.
  void await(long sequence) {
    synchronized (told) {
      while (durable < sequence && failure == null) {
        try {
          told.wait();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  void assertUnbroken() {
    if (broken != null) {
      throw new AssertionError(broken);
    }
  }
}
