package io.varve.bench.load;

/// How fast requests are sent.
sealed interface Pace {

  /// The open loop: so many per second, over all connections, whatever becomes of those before.
  record PerSecond(double rate) implements Pace {
    public PerSecond {
      if (!(rate > 0 && rate <= 100_000_000)) {
        throw new IllegalArgumentException("a rate of " + rate);
      }
    }
  }

  /// The closed loop: as fast as replies come.
  ///
  /// @param pipeline requests of each connection that are on their way at once
  /// @param count of requests at most, over all connections
  record AsReplied(int pipeline, long count) implements Pace {

    static AsReplied of(int pipeline) {
      return new AsReplied(pipeline, Long.MAX_VALUE);
    }
  }
}
