package io.varve.engine.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.inspect.CompactionSimulator;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the policy costs, by simulation: the planner is the real one, the tables are on paper.
class CompactionPlannerTest {

  private static final long ENTRIES_PER_MEMTABLE = 1 << 16;
  private static final long ENTRY_BYTES = 1024;
  private static final long MEMTABLE_BYTES = ENTRIES_PER_MEMTABLE * ENTRY_BYTES;

  private static CompactionSimulator simulator() {
    return new CompactionSimulator(
        new CompactionPlanner(PlannerOptions.forMemtable(MEMTABLE_BYTES)), ENTRY_BYTES);
  }

  @ParameterizedTest
  @CsvSource({"20", "50", "100", "200"})
  void overwritingUniformlyStaysWithinTheTargets(int memtables) {
    long keys = memtables * ENTRIES_PER_MEMTABLE;
    CompactionSimulator store = simulator();
    for (int i = 0; i < 5 * memtables; i++) {
      store.flush(0, keys, ENTRIES_PER_MEMTABLE);
    }
    double loading = store.writeAmplification();
    store.resetCounters();
    for (int i = 0; i < 4 * memtables; i++) {
      store.flush(0, keys, ENTRIES_PER_MEMTABLE);
    }
    double space = store.spaceBytesMax() / (keys * ENTRY_BYTES);
    System.out.printf(
        "simulated %d memtables: write amplification %.2f (loading %.2f), runs %d, space %.2f,"
            + " largest merge %.3f of the data%n",
        memtables,
        store.writeAmplification(),
        loading,
        store.runsMax(),
        space,
        (double) store.largestMergeBytes() / (keys * ENTRY_BYTES));
    assertTrue(store.writeAmplification() <= 5.5, "write amplification");
    assertTrue(space <= 1.6, "space with what merges need for a time");
    assertTrue(store.runsMax() <= 30, "runs");
  }

  /// Tiering by size ratio alone waits for runs of like size, which odd flushes never give: runs grew
  /// to 38.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void runsOfOddSizesDoNotPileUp(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    CompactionSimulator store = simulator();
    long keys = 40 * ENTRIES_PER_MEMTABLE;
    for (int i = 0; i < 2_000; i++) {
      long from = random.nextInt(4) == 0 ? (long) (random.nextDouble() * keys / 2) : 0;
      long writes = 1 + (long) (ENTRIES_PER_MEMTABLE * Math.pow(random.nextDouble(), 8));
      store.flush(from, keys, writes);
    }
    assertTrue(store.runsMax() <= 34, store.runsMax() + " runs");
    assertTrue(
        store.writeAmplification() <= 12, "write amplification " + store.writeAmplification());
  }

  @Test
  void tinyFlushesForEverKeepRunsBounded() {
    CompactionSimulator store = simulator();
    for (int i = 0; i < 5_000; i++) {
      store.flush(0, 1 << 20, 3);
    }
    assertTrue(store.runsMax() <= 60, store.runsMax() + " runs");
    assertTrue(store.writeAmplification() < 10, "write amplification");
  }

  @Test
  void aSequentialLoadIsWrittenOnce() {
    CompactionSimulator store = simulator();
    for (int i = 0; i < 300; i++) {
      store.flush(
          i * ENTRIES_PER_MEMTABLE, (i + 1) * ENTRIES_PER_MEMTABLE, 20 * ENTRIES_PER_MEMTABLE);
    }
    assertEquals(1.0, store.writeAmplification());
    assertEquals(0, store.merges());
    assertEquals(1, store.version().runCount());
  }

  @Test
  void aStoreThatShrinksToAHotRangeKeepsItsSpaceBounded() {
    CompactionSimulator store = simulator();
    long keys = 100 * ENTRIES_PER_MEMTABLE;
    for (int i = 0; i < 400; i++) {
      store.flush(0, keys, ENTRIES_PER_MEMTABLE);
    }
    store.resetCounters();
    for (int i = 0; i < 400; i++) {
      store.flush(keys / 2, keys / 2 + keys / 50, ENTRIES_PER_MEMTABLE);
    }
    assertTrue(store.spaceBytesMax() <= 1.6 * keys * ENTRY_BYTES);
    assertTrue(store.runsMax() <= 30, store.runsMax() + " runs");
  }
}
