package io.varve.engine.compaction;

/// The waits between tries: doubled from failure to failure, back to the start after a success.
final class Backoff {

  private final long millisMin;
  private final long millisMax;
  private long nextMillis;

  Backoff(BackgroundOptions options) {
    this.millisMin = options.retryMillisMin();
    this.millisMax = options.retryMillisMax();
    this.nextMillis = millisMin;
  }

  /// The wait after one more failure.
  long failed() {
    long millis = nextMillis;
    nextMillis = Math.min(millisMax, nextMillis * 2);
    return millis;
  }

  /// Whether there was a failure before this success.
  boolean succeeded() {
    boolean hadFailed = nextMillis != millisMin;
    nextMillis = millisMin;
    return hadFailed;
  }
}
