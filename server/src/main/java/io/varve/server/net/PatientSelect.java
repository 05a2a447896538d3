package io.varve.server.net;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.SelectStrategy;
import io.netty.channel.SelectStrategyFactory;
import io.netty.util.IntSupplier;

/// Lets an event loop ask a few times more whether anything has come before it sleeps.
///
/// Clients that wait for each reply send the next request some microseconds after they have it. To sleep
/// in between and to be woken costs more than that, on both sides. Bounded in number and in time, so
/// that a server without work takes no processor. Belongs to one event loop.
final class PatientSelect implements SelectStrategy {

  private static final int POLLS_MAX = 200;
  private static final long NANOS_MAX = 50_000;

  private int polls;
  private long since;

  private PatientSelect() {}

  /// For event loops of this machine: with one processor, whoever waits takes it from who is waited for.
  static SelectStrategyFactory factory() {
    return Runtime.getRuntime().availableProcessors() == 1
        ? DefaultSelectStrategyFactory.INSTANCE
        : PatientSelect::new;
  }

  @Override
  public int calculateStrategy(IntSupplier poll, boolean hasTasks) throws Exception {
    int ready = poll.get();
    if (ready > 0 || hasTasks) {
      polls = 0;
      return ready;
    }
    if (polls == 0) {
      since = System.nanoTime();
    }
    polls++;
    if (polls < POLLS_MAX && System.nanoTime() - since < NANOS_MAX) {
      Thread.onSpinWait();
      return 0;
    }
    polls = 0;
    return SELECT;
  }
}
