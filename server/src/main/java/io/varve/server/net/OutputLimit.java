package io.varve.server.net;

/// How much may wait for a client that does not read; 0 is no bound.
///
/// @param hardBytes a client with more waiting is closed at once
/// @param softBytes a client with more waiting for `softMillis` on end is closed
public record OutputLimit(long hardBytes, long softBytes, long softMillis) {

  /// Greatest capacity of one buffer of replies.
  int bufferBytesMax() {
    return hardBytes == 0 ? Integer.MAX_VALUE : (int) Math.min(hardBytes, Integer.MAX_VALUE);
  }

  /// Whether so many bytes are too many at once.
  boolean isBeyondHard(long bytes) {
    return hardBytes > 0 && bytes > hardBytes;
  }

  boolean isBeyondSoft(long bytes) {
    return softBytes > 0 && bytes > softBytes;
  }
}
