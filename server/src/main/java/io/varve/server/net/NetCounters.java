package io.varve.server.net;

import java.util.concurrent.atomic.LongAdder;

/// What the sockets count.
public final class NetCounters {

  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final LongAdder paused = new LongAdder();
  private final LongAdder slowReaders = new LongAdder();

  NetCounters() {}

  void countBytesIn(int bytes) {
    bytesIn.add(bytes);
  }

  void countBytesOut(int bytes) {
    bytesOut.add(bytes);
  }

  void countPause() {
    paused.increment();
  }

  void countPauseEnd() {
    paused.decrement();
  }

  void countSlowReader() {
    slowReaders.increment();
  }

  /// Clients that were closed because they were to get more than may wait for them.
  public long slowReaders() {
    return slowReaders.sum();
  }

  /// Connections that are not read right now because of what they wrote.
  public long pausedConnections() {
    return paused.sum();
  }

  public long bytesIn() {
    return bytesIn.sum();
  }

  public long bytesOut() {
    return bytesOut.sum();
  }
}
