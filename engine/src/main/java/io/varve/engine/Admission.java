package io.varve.engine;

import io.varve.engine.admission.AdmissionController;
import io.varve.engine.admission.AdmissionLaw;
import io.varve.engine.admission.WriteCredits;
import io.varve.engine.admission.WriteDebt;
import io.varve.engine.compaction.CompactionDebt;
import io.varve.engine.compaction.Pacer;
import java.util.concurrent.locks.LockSupport;

/// Tells the admission of writes what the store owes: memtables, runs and space.
///
/// Chapter: `docs/internals/admission.md`, which says why what is fine is fine. [#update]
/// and [#await] from any thread.
final class Admission {

  /// What is fine, in memtables: one that is being flushed, or nearly one that is being filled.
  private static final double MEMTABLES_FINE = 1;

  /// Runs of level 0 that are fine, times the fan-out: a merge and a half are waiting.
  private static final double RUNS_FINE = 1.5;

  /// Runs of level 0 at which all of the debt is used up, times the fan-out.
  static final int RUNS_MOST = 4;

  /// Where the space is used up: the cap times this, or the memtables below, whichever is more.
  private static final double SPACE_MOST = 1.5;

  /// Memtables above the cap, times the fan-out, that are no worry in a small store.
  private static final int MEMTABLES_SPARE = 1;

  private final EngineOptions options;
  private final Pacer pacer;
  private final WriteCredits credits = new WriteCredits(System::nanoTime);
  private final AdmissionController controller = new AdmissionController(credits, System::nanoTime);

  /// A program that embeds the store writes from threads of its own, each of which waits for itself.
  private final ThreadLocal<WriteCredits.Spender> writers =
      ThreadLocal.withInitial(WriteCredits.Spender::new);

  private volatile long excessBytes;

  Admission(EngineOptions options, Pacer pacer) {
    this.options = options;
    this.pacer = pacer;
  }

  WriteCredits credits() {
    return credits;
  }

  /// Looks at the store and sets the rate.
  void update(ReadView view, CompactionDebt debt) {
    excessBytes = debt.excessBytes();
    double fanOut = options.fanOut();
    double capBytes = (double) debt.bytesAboveBaseMax();
    double mostBytes =
        Math.max(
            SPACE_MOST * capBytes, capBytes + MEMTABLES_SPARE * fanOut * options.memtableBytes());
    controller.update(
        new WriteDebt(
            WriteDebt.fill(
                fullMemtables(view), MEMTABLES_FINE, Math.max(2, options.sealedMemtablesMax())),
            WriteDebt.fill(debt.levelZeroRuns(), RUNS_FINE * fanOut, RUNS_MOST * fanOut),
            WriteDebt.fill((double) debt.bytesAboveBase(), capBytes, mostBytes)),
        pacer.rates());
  }

  /// Memtables that are full, counting the active one by how full it is and the one that is being
  /// flushed by what is left of it.
  private double fullMemtables(ReadView view) {
    double full =
        (double) view.active().usedBytes() / options.memtableBytes() + view.sealed().size();
    if (!view.sealed().isEmpty()) {
      long bytes = Math.max(1, view.sealed().getLast().rawBytes());
      full -= Math.clamp((double) pacer.flushBytesDone() / bytes, 0, 1);
    }
    return full;
  }

  /// Spends for the calling thread, and waits for the credit in pieces of 10 ms.
  void await(long bytes) {
    if (credits.bytesPerSecond() == AdmissionLaw.UNLIMITED) {
      return;
    }
    WriteCredits.Spender writer = writers.get();
    credits.spend(writer, bytes);
    long nanos = credits.pauseNanos(writer);
    while (nanos > 0 && !Thread.currentThread().isInterrupted()) {
      long until = System.nanoTime() + nanos;
      while (until - System.nanoTime() > 0 && !Thread.currentThread().isInterrupted()) {
        LockSupport.parkNanos(this, until - System.nanoTime());
      }
      nanos = credits.pauseNanos(writer);
    }
  }

  AdmissionStats stats() {
    return new AdmissionStats(
        credits.bytesPerSecond(),
        controller.debt(),
        excessBytes,
        pacer.rates(),
        credits.pauses(),
        credits.pausedNanos(),
        credits.longestPauseNanos(),
        pacer.bytesPerSecond(),
        pacer.waitedNanos());
  }
}
