package io.varve.server.loop;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The right to run commands, which one thread at a time has: the command loop for its rounds, or an event
/// loop that found nobody at work ([CommandLoop#runHere]).
///
/// Whoever takes it sees all that those before him have done. Nobody holds it for longer than a round, so
/// the loop waits for it by looking again; event loops never wait for it.
final class WriterRole {

  private static final int SPINS = 64;
  private static final long LOOK_AGAIN_NANOS = 20_000;

  private final AtomicReference<@Nullable Thread> holder = new AtomicReference<>();

  /// The loop waits for the role: nobody else takes it then.
  private volatile boolean wanted;

  /// Takes the role if nobody has it or waits for it.
  boolean tryTake() {
    return !wanted && swap();
  }

  /// Takes the role as soon as nobody has it. The loop's thread only.
  void take() {
    if (swap()) {
      return;
    }
    wanted = true;
    for (int i = 0; !swap(); i++) {
      if (i < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
      }
    }
    wanted = false;
  }

  private boolean swap() {
    return holder.getPlain() == null && holder.compareAndSet(null, Thread.currentThread());
  }

  void release() {
    holder.setRelease(null);
  }

  /// Whether the calling thread has it.
  boolean isMine() {
    return Thread.currentThread().equals(holder.getPlain());
  }
}
