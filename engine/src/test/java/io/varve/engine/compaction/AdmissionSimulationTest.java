package io.varve.engine.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.admission.AdmissionController;
import io.varve.engine.admission.WriteCredits;
import io.varve.engine.admission.WriteDebt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The admission of writes against a disk on paper, in steps of a millisecond of simulated time.
///
/// The disk moves so many bytes a second for flushes and merges together; a flush takes nine tenths of
/// it while it runs. Eight flushes are merged into a run, and what lies above the space cap is merged
/// into the base with four times as much of it, so each byte written is moved six times. Fifty
/// connections write at a rate together and pause when they are told to.
class AdmissionSimulationTest {

  private static final double MIB = 1 << 20;
  private static final double MEMTABLE = 64 * MIB;
  private static final int SEALED_MAX = 4;
  private static final int FAN_OUT = 8;
  private static final double CAP = 33 * MEMTABLE;
  private static final int MOVED_PER_BYTE = 6;
  private static final int CONNECTIONS = 50;
  private static final long MILLI = 1_000_000;
  private static final long WRITE_BYTES = 8 << 10;

  private long now = 5;
  private final WriteCredits credits = new WriteCredits(() -> now);
  private final AdmissionController controller = new AdmissionController(credits, () -> now);
  private final WorkMeter meter = new WorkMeter();
  private final WriteCredits.Spender[] spenders = new WriteCredits.Spender[CONNECTIONS];
  private final double[] due = new double[CONNECTIONS];
  private final long[] freeAt = new long[CONNECTIONS];
  private final long[] writtenAt = new long[CONNECTIONS];

  private double diskRate = 120 * MIB;
  private double active;
  private int sealed;
  private double flushLeft;
  private int youngRuns;
  private double tierBytes = 30 * MEMTABLE;
  private double mergeLeft;
  private int mergeRuns;
  private double mergeFrees;

  private double written;
  private int sealedMost;
  private int runsMost;
  private double spaceMost;
  private long longestPause;

  @BeforeEach
  void connect() {
    java.util.Arrays.setAll(spenders, _ -> new WriteCredits.Spender());
    now += 1;
  }

  @Test
  void belowTheSustainableRateNobodyEverWaits() {
    run(600, 0.9 * sustainable());
    assertEquals(1, written / 600 / (0.9 * sustainable()), 0.01);
    assertTrue(credits.pausedNanos() < 600e6, "paused " + credits.pausedNanos());
    assertNoFullStop();
  }

  @Test
  void aBurstOfAThirdMoreMakesNobodyWaitForLong() {
    run(300, 0.9 * sustainable());
    written = 0;
    longestPause = 0;
    run(60, 1.35 * sustainable());
    System.out.printf(
        "AdmissionSimulationTest: burst of 1.35 for 60 s: %.1f %% taken, longest pause %.1f ms, %d"
            + " memtables, %d young runs, %.2f of the cap%n",
        100 * written / 60 / (1.35 * sustainable()),
        longestPause / 1e6,
        sealedMost,
        runsMost,
        spaceMost / CAP);
    assertTrue(longestPause <= 100 * MILLI, "longest pause " + longestPause);
    assertTrue(written / 60 > 1.2 * sustainable(), "taken " + written / 60);
    assertNoFullStop();
  }

  @Test
  void farTooMuchForEverIsTakenAtTheRateThatIsSustainable() {
    run(300, 3 * sustainable());
    written = 0;
    run(600, 3 * sustainable());
    System.out.printf(
        "AdmissionSimulationTest: 3 times too much: %.2f of what is sustainable taken, longest pause"
            + " %.1f ms, %d memtables, %d young runs, %.2f of the cap%n",
        written / 600 / sustainable(), longestPause / 1e6, sealedMost, runsMost, spaceMost / CAP);
    assertEquals(1, written / 600 / sustainable(), 0.1);
    assertTrue(longestPause <= 250 * MILLI, "longest pause " + longestPause);
    assertNoFullStop();
  }

  @Test
  void aDiskThatIsSuddenlySlowIsNoticed() {
    run(300, 1.35 * sustainable());
    diskRate /= 3;
    run(300, 1.35 * sustainable());
    written = 0;
    run(600, 1.35 * 3 * sustainable());
    assertEquals(1, written / 600 / sustainable(), 0.15);
    assertNoFullStop();
    diskRate *= 3;
    run(600, 0.8 * sustainable());
    written = 0;
    run(300, 0.8 * sustainable());
    assertEquals(1, written / 300 / (0.8 * sustainable()), 0.02);
  }

  private void assertNoFullStop() {
    assertTrue(sealedMost < SEALED_MAX, "memtables " + sealedMost);
    assertTrue(runsMost <= 4 * FAN_OUT, "young runs " + runsMost);
    assertTrue(spaceMost <= 1.5 * CAP, "space " + spaceMost / CAP);
  }

  private double sustainable() {
    return diskRate / MOVED_PER_BYTE;
  }

  private void run(int seconds, double offered) {
    java.util.Arrays.fill(due, 0);
    for (int millis = 0; millis < seconds * 1000; millis++) {
      now += MILLI;
      write(offered / CONNECTIONS / 1000);
      work(diskRate / 1000);
      if (millis % 100 == 0) {
        admit();
      }
    }
  }

  private void write(double bytesPerMilli) {
    for (int i = 0; i < CONNECTIONS; i++) {
      due[i] = Math.min(due[i] + bytesPerMilli, 2.0 * WRITE_BYTES);
      if (now < freeAt[i]) {
        continue;
      }
      long pause = credits.pauseNanos(spenders[i]);
      if (pause == 0 && freeAt[i] > 0) {
        longestPause = Math.max(longestPause, now - writtenAt[i]);
        freeAt[i] = 0;
      }
      while (pause == 0 && due[i] >= WRITE_BYTES) {
        due[i] -= WRITE_BYTES;
        written += WRITE_BYTES;
        writtenAt[i] = now;
        put();
        credits.spend(spenders[i], WRITE_BYTES);
        pause = credits.pauseNanos(spenders[i]);
      }
      if (pause > 0) {
        freeAt[i] = now + pause;
      }
    }
  }

  private void put() {
    active += WRITE_BYTES;
    if (active >= MEMTABLE) {
      active = 0;
      sealed++;
      sealedMost = Math.max(sealedMost, sealed);
      admit();
    }
  }

  private void work(double bytes) {
    if (flushLeft == 0 && sealed > 0) {
      flushLeft = MEMTABLE;
      meter.memtable((long) MEMTABLE);
      meter.begin(DiskRank.FLUSH, now);
    }
    double forMerges = bytes;
    if (flushLeft > 0) {
      double moved = Math.min(flushLeft, 0.9 * bytes);
      forMerges -= moved;
      meter.add(DiskRank.FLUSH, (long) moved, now);
      flushLeft = Math.max(0, flushLeft - moved);
      if (flushLeft < 1) {
        flushLeft = 0;
        meter.end(DiskRank.FLUSH, now);
        sealed--;
        youngRuns++;
        runsMost = Math.max(runsMost, youngRuns);
      }
    }
    merge(forMerges);
    spaceMost = Math.max(spaceMost, above());
  }

  private void merge(double bytes) {
    if (mergeLeft == 0) {
      choose();
    }
    if (mergeLeft > 0) {
      double moved = Math.min(mergeLeft, bytes);
      meter.add(DiskRank.YOUNG_MERGE, (long) moved, now);
      mergeLeft -= moved;
      if (mergeLeft < 1) {
        mergeLeft = 0;
        meter.end(DiskRank.YOUNG_MERGE, now);
        youngRuns -= mergeRuns;
        tierBytes += mergeRuns * MEMTABLE - mergeFrees;
        mergeRuns = 0;
        mergeFrees = 0;
      }
    }
  }

  private void choose() {
    if (youngRuns >= 2 * FAN_OUT || (youngRuns >= FAN_OUT && above() <= CAP)) {
      mergeRuns = Math.min(youngRuns, 2 * FAN_OUT);
      mergeLeft = mergeRuns * MEMTABLE;
    } else if (above() > CAP && tierBytes > 4 * MEMTABLE) {
      mergeFrees = 4 * MEMTABLE;
      mergeLeft = 4 * mergeFrees;
    }
    if (mergeLeft > 0) {
      meter.begin(DiskRank.YOUNG_MERGE, now);
    }
  }

  private double above() {
    return youngRuns * MEMTABLE + tierBytes;
  }

  private void admit() {
    double flushed = flushLeft > 0 ? 1 - flushLeft / MEMTABLE : 0;
    controller.update(
        new WriteDebt(
            WriteDebt.fill(sealed - flushed + active / MEMTABLE, 1, SEALED_MAX),
            WriteDebt.fill(youngRuns, 1.5 * FAN_OUT, 4 * FAN_OUT),
            WriteDebt.fill(above(), CAP, Math.max(1.5 * CAP, CAP + 2 * FAN_OUT * MEMTABLE))),
        meter.rates(now));
  }
}
