package io.varve.server.command;

/// Whether even reads have to run on the command loop, because somebody is to be told of each.
///
/// Changed on the command loop, asked by every thread that executes.
public final class LoopBinding {

  private volatile boolean forMisses;

  /// Reads that find nothing are told as events.
  public void forMisses(boolean on) {
    forMisses = on;
  }

  /// Whether no other thread may answer a read for good.
  public boolean holdsReads() {
    return forMisses;
  }

  /// Whether no other thread may take a request.
  public boolean holdsAll() {
    return forMisses;
  }
}
