package io.varve.engine.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.compaction.CompactionChoice.Reason;
import io.varve.engine.version.Run;
import io.varve.engine.version.StoreState;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Bits follow the shape that a store has when a table is written.
class FilterBudgetTest {

  private static final int BASE = 6;
  private static final long ENTRY_BYTES = 100;
  private static final FilterBudget TEN = new FilterBudget(10, 0);

  private long nextNumber = 100;

  @Test
  void aFlushOnTopOfALargeBaseGetsManyBits() {
    Version version = version(List.of(), base(1_000_000, 1_000_000));
    double bits = TEN.forFlush(version, 10_000, 10_000 * ENTRY_BYTES);
    assertEquals(10 + Math.log(200) / 0.48045, bits, 0.2);
  }

  @Test
  void aMergeOfAllGetsWhatWasAskedForOverAll() {
    Run young = run(7, 5_000);
    Run base = base(100_000);
    Version version = version(List.of(young), base);
    MergeRuns merge =
        merge(
            BASE,
            StoreState.BASE_RUN_ID,
            new InputRun(0, 7, young.tables()),
            new InputRun(BASE, StoreState.BASE_RUN_ID, base.tables()));
    assertEquals(10, TEN.forMerge(version, merge), 1e-6);
  }

  @Test
  void aShardOfTheBaseGetsTheBitsOfTheWholeBase() {
    Run young = run(7, 50_000, 50_000);
    Run base = base(400_000, 400_000);
    Version version = version(List.of(young), base);
    MergeRuns shard =
        merge(
            BASE,
            StoreState.BASE_RUN_ID,
            new InputRun(0, 7, young.tables().subList(0, 1)),
            new InputRun(BASE, StoreState.BASE_RUN_ID, base.tables().subList(0, 1)));
    double[] wanted = MonkeyBits.allot(new double[] {850_000, 50_000}, 10);
    assertEquals(wanted[0], TEN.forMerge(version, shard), 1e-6);
  }

  @Test
  void aTierMergeGetsFewerBitsThanTheFlushesThatItTakes() {
    Run first = run(7, 10_000);
    Run second = run(8, 10_000);
    Version version = version(List.of(first, second), base(1_000_000));
    MergeRuns merge =
        merge(1, 8, new InputRun(0, 8, second.tables()), new InputRun(0, 7, first.tables()));
    double flushed = TEN.forFlush(version, 10_000, 10_000 * ENTRY_BYTES);
    assertEquals(flushed - Math.log(2) / 0.48045, TEN.forMerge(version, merge), 0.2);
  }

  @Test
  void aSmallStoreIsPlannedForALargerOne() {
    FilterBudget planned = new FilterBudget(10, 64 * 10_000 * ENTRY_BYTES);
    Version flushes = version(List.of(run(7, 10_000), run(8, 10_000), run(9, 10_000)), null);
    double bits = planned.forFlush(flushes, 10_000, 10_000 * ENTRY_BYTES);
    assertTrue(bits > 16 && bits < 19, "bits " + bits);
    assertEquals(10, TEN.forFlush(flushes, 10_000, 10_000 * ENTRY_BYTES), 1e-6);
    Version grown = version(List.of(), base(1_000_000));
    assertEquals(
        TEN.forFlush(grown, 10_000, 10_000 * ENTRY_BYTES),
        planned.forFlush(grown, 10_000, 10_000 * ENTRY_BYTES),
        1e-6);
  }

  @Test
  void noFiltersMeansNone() {
    assertEquals(0, new FilterBudget(0, 1 << 30).forFlush(version(List.of(), null), 10, 1000));
  }

  private static MergeRuns merge(int outputLevel, long outputRunId, InputRun... inputs) {
    return new MergeRuns(
        List.of(inputs), outputLevel, outputRunId, List.of(), 1 << 20, Reason.SPACE);
  }

  private static Version version(List<Run> young, @org.jspecify.annotations.Nullable Run base) {
    List<Run> none = List.of();
    List<Run> bottom = base == null ? none : List.of(base);
    return Version.of(List.of(young, none, none, none, none, none, bottom));
  }

  private Run base(int... entries) {
    return run(StoreState.BASE_RUN_ID, entries);
  }

  private Run run(long id, int... entries) {
    List<TableMetadata> tables = new java.util.ArrayList<>();
    for (int i = 0; i < entries.length; i++) {
      tables.add(
          new TableMetadata(
              nextNumber++,
              entries[i] * ENTRY_BYTES / 2,
              entries[i],
              0,
              entries[i] * ENTRY_BYTES,
              Slice.of("k" + i),
              Slice.of("k" + i + "z"),
              1,
              1 + entries[i]));
    }
    return new Run(id, tables);
  }
}
