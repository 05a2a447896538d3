package io.varve.server.command;

/// Whether even reads have to run on the command loop, because somebody is to be told of each.
///
/// Changed on the command loop, asked by every thread that executes.
public final class LoopBinding {

  private volatile boolean forMisses;
  private volatile boolean forMonitors;
  private volatile boolean busyScript;

  /// Reads that find nothing are told as events.
  public void forMisses(boolean on) {
    forMisses = on;
  }

  /// All commands are shown to somebody.
  public void forMonitors(boolean on) {
    forMonitors = on;
  }

  /// A script keeps the loop for longer than it may: clients that only want to know whether the server
  /// is there are to hear of it, as from Redis.
  public void forBusyScript(boolean on) {
    busyScript = on;
  }

  boolean isScriptBusy() {
    return busyScript;
  }

  boolean isMonitored() {
    return forMonitors;
  }

  /// Whether no other thread may answer a request for good.
  public boolean isOn() {
    return forMisses || forMonitors;
  }
}
