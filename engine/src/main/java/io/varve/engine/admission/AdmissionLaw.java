package io.varve.engine.admission;

/// From what is owed and how fast it is worked off to the rate at which writes are taken.
///
/// ```
/// rate  = min( flush * g(d_memtables), merged * g(max(d_runs, d_space)) ),  at least RATE_MIN
/// g(d)  = (1 - d) / d,  at least G_MIN;  without bound at d = 0
/// ```
///
/// where `flush` is the measured rate of flushes and `merged` that of merges divided by what they have
/// to move for each byte flushed. Why the odds `(1 - d) / d`: they are 1 at d = 1/2, so when more is
/// written than can be worked off, the debt comes to rest in the middle of its range, where what is
/// admitted is what is worked off; a measurement that is wrong by a factor of two moves that point
/// to 1/3 or 2/3 and does no harm. Near d = 0 they are so large that nobody notices; towards d = 1 they
/// fall to a trickle, and nothing in between is a step. The trickle is what makes a full stop
/// impossible. Pure.
public final class AdmissionLaw {

  /// No limit.
  public static final double UNLIMITED = Double.POSITIVE_INFINITY;

  /// Writes are never slowed below this, in bytes per second: a client that writes little should not
  /// notice even the worst of debts.
  public static final double RATE_MIN = 256 << 10;

  private static final double G_MIN = 1.0 / 16;

  private AdmissionLaw() {}

  /// Bytes per second to be taken, or [#UNLIMITED].
  public static double rate(WriteDebt debt, WorkRates rates) {
    double flush = rates.flushBytesPerSecond() * odds(debt.memtables());
    double merge = rates.mergedBytesPerSecond() * odds(debt.merges());
    return Math.max(RATE_MIN, Math.min(flush, merge));
  }

  private static double odds(double debt) {
    return debt == 0 ? UNLIMITED : Math.max(G_MIN, (1 - debt) / debt);
  }
}
