package io.varve.engine.admission;

import java.util.function.LongSupplier;

/// Applies the law whenever it is told what is owed, and hands the rate to the credits.
///
/// A limit that falls does so at once; it falls little by little, as debt grows. One that rises moves
/// towards what the law says within a quarter of a second or so, in proportion and not in steps: a
/// merge that ends takes much of the debt away at once, and writers should not be jerked. A limit that
/// ends does so at once, too: where it does, it is far above what anybody writes. Any thread.
public final class AdmissionController {

  private static final double SMOOTHING_NANOS = 250e6;

  private final WriteCredits credits;
  private final LongSupplier nanoClock;
  private double rate = AdmissionLaw.UNLIMITED; // under this
  private long updatedNanos; // under this
  private volatile WriteDebt debt = WriteDebt.NONE;

  /// @param credits told of each new rate
  public AdmissionController(WriteCredits credits, LongSupplier nanoClock) {
    this.credits = credits;
    this.nanoClock = nanoClock;
    this.updatedNanos = nanoClock.getAsLong();
  }

  /// Looks anew: the more often, the better.
  public void update(WriteDebt newDebt, WorkRates rates) {
    double target = AdmissionLaw.rate(newDebt, rates);
    synchronized (this) {
      long now = nanoClock.getAsLong();
      double moved = -Math.expm1(-(now - updatedNanos) / SMOOTHING_NANOS);
      updatedNanos = now;
      boolean rises = target > rate && target != AdmissionLaw.UNLIMITED;
      rate = rises ? rate * Math.pow(target / rate, moved) : target;
      debt = newDebt;
      credits.setBytesPerSecond(rate);
    }
  }

  /// What is owed, as of the last look.
  public WriteDebt debt() {
    return debt;
  }
}
