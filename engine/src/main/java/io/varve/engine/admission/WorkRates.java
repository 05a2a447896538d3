package io.varve.engine.admission;

/// What the background has been found to manage, in bytes of keys and values.
///
/// @param flushBytesPerSecond of a flush while it is at work
/// @param mergeBytesPerSecond of all merges together while any is at work: waiting for flushes and for
///     the rate limit is part of it
/// @param mergeBytesPerFlushByte bytes that merges take in, over time, for each byte flushed
public record WorkRates(
    double flushBytesPerSecond, double mergeBytesPerSecond, double mergeBytesPerFlushByte) {

  public WorkRates {
    if (!(flushBytesPerSecond > 0 && mergeBytesPerSecond > 0 && mergeBytesPerFlushByte > 0)) {
      throw new IllegalArgumentException(
          "rates must be above 0: "
              + flushBytesPerSecond
              + ", "
              + mergeBytesPerSecond
              + ", "
              + mergeBytesPerFlushByte);
    }
  }

  /// The rate of writes that merges keep up with for ever.
  public double mergedBytesPerSecond() {
    return mergeBytesPerSecond / mergeBytesPerFlushByte;
  }

  /// The rate of writes that the store keeps up with for ever.
  public double sustainableBytesPerSecond() {
    return Math.min(flushBytesPerSecond, mergedBytesPerSecond());
  }
}
