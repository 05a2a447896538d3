package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FileSystem;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import io.varve.engine.key.Lookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the store says of its filters is what the formula says, level by level, and what a cold read
/// pays is what the design promises. Counts only; seeds are fixed.
@Timeout(120)
class FilterRateTest {

  private static final long SEED = 31;
  private static final int VALUE_BYTES = 40;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final WriteBatch batch = new WriteBatch();
  private final ReadContext reads = new ReadContext();

  /// Block cache 0: every data block is a read from disk.
  private static EngineOptions options(FileSystem files, int memtableBytes, double bloomBits) {
    return TestOptions.small(files).toBuilder()
        .memtableBytes(memtableBytes)
        .blockCacheBytes(0)
        .openTablesMax(4096)
        .fanOut(8)
        .tableBytes(memtableBytes)
        .bloomBitsPerKey(bloomBits)
        .build();
  }

  @Test
  void measuredRatesAreWithinTenPercentOfTheFormulaOnEveryLevel() {
    // Few bits, large tables and ever other keys, so that chance is no matter: how the keys of a
    // table happen to fall on its lines, and how often a lookup happens to hit a bad one.
    try (Engine engine =
        Engine.open(Path.of("/store"), options(new CrashingFileSystem(), 1 << 20, 3))) {
      fill(engine, 100_000, 150_000);
      engine.pauseMerges();
      engine.awaitQuiet();
      for (int i = 0; i < 400_000; i++) {
        get(engine, absent(random.nextInt(100_000)), Lookup.ABSENT);
      }
      EngineStats stats = engine.stats();
      int levels = 0;
      for (EngineStats.LevelStats level : stats.levels()) {
        double expected = stats.reads().filterFalsePositivesExpected(level.level());
        long found = stats.reads().filterFalsePositives(level.level());
        // 2,500 make a standard deviation of 2 %.
        if (expected > 2_500) {
          levels++;
          assertEquals(1, found / expected, 0.1, level + ": " + found + " for " + expected);
        }
        System.out.println("FilterRateTest: " + level + ": " + found + ", expected " + expected);
        assertEquals(
            stats.reads().filterProbes(level.level()),
            stats.reads().filterNegatives(level.level()) + found,
            "no key was there: " + level);
      }
      assertTrue(levels >= 2, stats.levels().toString());
    }
  }

  @Test
  void withDefaultFiltersAColdGetCostsWhatTheDesignPromises() {
    try (Engine engine =
        Engine.open(Path.of("/store"), options(new CrashingFileSystem(), 64 << 10, 10))) {
      int keys = 100_000;
      int runsMax = 0;
      fill(engine, keys, keys);
      engine.pauseMerges();
      engine.awaitQuiet();
      // The shape that the planner keeps, and then more runs on top of it, up to 30.
      while (engine.stats().runs() <= 30) {
        double hits = 0;
        double misses = 0;
        int gets = 10_000;
        for (int i = 0; i < gets; i++) {
          hits += get(engine, present(random.nextInt(keys)), Lookup.FOUND);
          misses += get(engine, absent(random.nextInt(keys)), Lookup.ABSENT);
        }
        runsMax = engine.stats().runs();
        String where = engine.stats().levels().toString();
        assertTrue(hits / gets <= 1.02, hits / gets + " a hit: " + where);
        assertTrue(misses / gets <= 0.05, misses / gets + " a miss: " + where);
        System.out.println(
            "FilterRateTest: "
                + runsMax
                + " runs, data blocks read per cold GET: hit "
                + hits / gets
                + ", miss "
                + misses / gets);
        for (int i = 0; i < 4; i++) {
          writeOneRun(engine, keys);
        }
      }
      assertTrue(runsMax >= 25, "runs " + runsMax);
    }
  }

  /// Every key once, then some again.
  private void fill(Engine engine, int keys, int overwrites) {
    for (int key = 0; key < keys; key++) {
      put(engine, key);
    }
    for (int i = 0; i < overwrites; i++) {
      put(engine, random.nextInt(keys));
      if (i % 500 == 0) {
        // One flush, one merge at a time: the shape is the same in every run of the test.
        engine.commit();
        engine.awaitQuiet();
      }
    }
    engine.commit();
    engine.sealMemtable();
    engine.awaitFlushed();
    engine.awaitQuiet();
  }

  private void writeOneRun(Engine engine, int keys) {
    int runs = engine.stats().runs();
    while (engine.stats().sealedMemtables() == 0 && engine.stats().runs() == runs) {
      put(engine, random.nextInt(keys));
    }
    engine.commit();
    engine.awaitFlushed();
  }

  private void put(Engine engine, int key) {
    byte[] value = new byte[VALUE_BYTES];
    random.nextBytes(value);
    batch.clear();
    batch.put(present(key), Slice.of(value));
    engine.write(batch);
  }

  /// Data blocks read.
  private long get(Engine engine, Slice key, Lookup expected) {
    reads.reset();
    try (ReadView view = engine.acquireView()) {
      assertEquals(expected, engine.get(view, key, engine.lastSequence(), reads, new Slice()));
    }
    engine.account(reads);
    long data = 0;
    for (int level = 0; level < ReadContext.LEVELS_COUNTED; level++) {
      data += reads.readIos(level, ReadReason.DATA);
    }
    reads.releasePins();
    return data;
  }

  private static Slice present(int key) {
    return key(2 * key);
  }

  /// Lies between keys that exist, so that no run's range rules it out.
  private Slice absent(int key) {
    return Slice.of("key:" + (1_000_000 + 2 * key) + "+" + random.nextInt(1 << 30));
  }

  private static Slice key(int number) {
    return Slice.of(("key:" + (1_000_000 + number)).getBytes(StandardCharsets.US_ASCII));
  }
}
