package io.varve.server.command;

import java.time.InstantSource;

/// The clocks of the server, so that tests can turn them.
public interface TimeSource {

  /// Microseconds since the epoch.
  long micros();

  /// Nanoseconds since some fixed moment; never goes back.
  long nanos();

  /// Milliseconds since the epoch.
  default long millis() {
    return micros() / 1000;
  }

  /// The clocks of the machine.
  static TimeSource system() {
    InstantSource instants = InstantSource.system();
    return new TimeSource() {
      @Override
      public long micros() {
        var now = instants.instant();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
      }

      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public long millis() {
        return instants.millis();
      }
    };
  }
}
