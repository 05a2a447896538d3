package io.varve.bench;

import io.varve.bench.figures.Latency;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// What a phase came to.
///
/// @param phase its name
/// @param operations keys written, read or passed
/// @param seconds how long it took
/// @param perSecond operations per second
/// @param failures error replies and values that were not what had been written
/// @param roundTripMicros time from sending a batch of requests to having its last reply; of the
///     iterator, the time of a step
/// @param readIos blocks that the server read from disk meanwhile; null where it does not tell
record PhaseResult(
    String phase,
    long operations,
    double seconds,
    double perSecond,
    long failures,
    Latency roundTripMicros,
    @Nullable Long readIos) {

  static PhaseResult of(
      String phase,
      long operations,
      long nanos,
      long failures,
      Histogram roundTrips,
      @Nullable Long readIos) {
    double seconds = nanos / 1e9;
    return new PhaseResult(
        phase,
        operations,
        Math.round(seconds * 1000) / 1000.0,
        Math.round(operations / seconds),
        failures,
        Latency.of(roundTrips),
        readIos);
  }
}
