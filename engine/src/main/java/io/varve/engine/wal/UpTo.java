package io.varve.engine.wal;

import io.varve.engine.bytes.Slice;

/// Passes a log on to another consumer up to a sequence number, whole batches only.
final class UpTo implements WalConsumer {

  private final long sequence;
  private final WalConsumer to;
  private long reached = -1;

  UpTo(long sequence, WalConsumer to) {
    this.sequence = sequence;
    this.to = to;
  }

  @Override
  public boolean wantsMore() {
    return reached < sequence && to.wantsMore();
  }

  @Override
  public void segment(long segment, long previousSequence) {
    if (previousSequence < sequence) {
      to.segment(segment, previousSequence);
    }
    reached = Math.max(reached, previousSequence);
  }

  @Override
  public void time(long millis) {
    to.time(millis);
  }

  @Override
  public void batch(long segment, long lastSequence, Slice batch) {
    reached = Math.max(reached, lastSequence);
    if (lastSequence <= sequence) {
      to.batch(segment, lastSequence, batch);
    }
  }
}
