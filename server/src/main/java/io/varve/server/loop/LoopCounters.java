package io.varve.server.loop;

import java.util.concurrent.atomic.LongAdder;

/// What the command loop counts. Written by the loop alone, read by anybody, a little late.
public final class LoopCounters {

  private volatile long rounds;
  private volatile long submissions;
  private volatile long parked;
  private volatile long waitsForRoom;
  private final LongAdder failures = new LongAdder();

  LoopCounters() {}

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void countRound(int finished) {
    rounds++;
    submissions += finished;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void countParked() {
    parked++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void countWaitForRoom() {
    waitsForRoom++;
  }

  void countFailure() {
    failures.increment();
  }

  /// Rounds that finished at least one submission.
  public long rounds() {
    return rounds;
  }

  /// Socket reads whose requests are all answered.
  public long submissions() {
    return submissions;
  }

  /// Times that a command was parked because a block was not in memory.
  public long parked() {
    return parked;
  }

  /// Times that a write was set aside because the engine had no room.
  public long waitsForRoom() {
    return waitsForRoom;
  }

  /// Commands that got an error because the disk failed them.
  public long failures() {
    return failures.sum();
  }
}
