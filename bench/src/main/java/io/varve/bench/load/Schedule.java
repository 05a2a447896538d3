package io.varve.bench.load;

/// When the requests of one connection are due. Times are in nanoseconds of one clock. One thread.
sealed interface Schedule {

  /// No request is due any more.
  long NEVER = Long.MAX_VALUE;

  /// @param now the time
  /// @return when the next request is or was due, [#NEVER] if there will be none
  long due(long now);

  /// The next request is being sent.
  void take();

  /// The open loop: a request every so often, whatever becomes of those before.
  final class Constant implements Schedule {

    private final long start;
    private final double offset;
    private final double gap;
    private final long end;
    private long taken;

    /// @param start of the run
    /// @param offset nanoseconds until the first request of this connection is due
    /// @param gap nanoseconds between two
    /// @param end nothing is due from here on
    Constant(long start, double offset, double gap, long end) {
      this.start = start;
      this.offset = offset;
      this.gap = gap;
      this.end = end;
    }

    @Override
    public long due(long now) {
      long due = at(taken);
      return due < end ? due : NEVER;
    }

    @Override
    public void take() {
      taken++;
    }

    /// From the count and not from the time before, so that no rounding adds up.
    private long at(long index) {
      return start + (long) (offset + index * gap);
    }
  }

  /// The closed loop: the next request is due as soon as there is room for it.
  final class AtOnce implements Schedule {

    private final long end;
    private long left;

    /// @param count of requests at most
    /// @param end nothing is due from here on
    AtOnce(long count, long end) {
      this.left = count;
      this.end = end;
    }

    @Override
    public long due(long now) {
      return left > 0 && now < end ? now : NEVER;
    }

    @Override
    public void take() {
      left--;
    }
  }
}
