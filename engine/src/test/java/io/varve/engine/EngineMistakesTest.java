package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.CrashingFileSystem.Survival;
import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileOperation;
import io.varve.engine.file.FileSystem;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Mistakes that small engines have made before, one test each.
@Timeout(120)
class EngineMistakesTest {

  private static final Path STORE = Path.of("/store");

  private final CrashingFileSystem disk = new CrashingFileSystem();

  @TempDir Path directory;

  private static EngineOptions options(FileSystem files) {
    return TestOptions.of(
        files, 64 << 10, 0, 4, Compression.NONE, CommitMode.INLINE, 1024, SyncPolicy.ALWAYS);
  }

  private static void put(Engine engine, String key, byte[] value) {
    WriteBatch batch = new WriteBatch();
    batch.put(Slice.of(key), Slice.of(value));
    engine.writeDurably(batch);
  }

  private static void put(Engine engine, String key, String value) {
    put(engine, key, value.getBytes(StandardCharsets.UTF_8));
  }

  private static void delete(Engine engine, String key) {
    WriteBatch batch = new WriteBatch();
    batch.delete(Slice.of(key));
    engine.writeDurably(batch);
  }

  private static void flush(Engine engine) {
    engine.sealMemtable();
    engine.awaitFlushed();
  }

  private static String find(Engine engine, String key) {
    byte[] value = engine.find(Slice.of(key));
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  private static long tableFiles(FileSystem files) {
    return files.list(STORE).stream().filter(name -> name.endsWith(".sst")).count();
  }

  @Test
  void aLogThatIsNeverReplayedAtOpen() {
    CrashingFileSystem killed;
    try (Engine engine = Engine.open(STORE, options(disk))) {
      put(engine, "only in the log", "yes");
      killed = disk.crashClone(new Survival.Synced());
    }
    try (Engine engine = Engine.open(STORE, options(killed))) {
      assertEquals("yes", find(engine, "only in the log"));
      assertEquals(0, tableFiles(killed));
    }
  }

  @Test
  void aDeleteMarkerThatIsAValueAUserMayStore() {
    Map<String, byte[]> values = new TreeMap<>();
    values.put("empty", new byte[0]);
    for (int code = 0; code < 256; code++) {
      values.put("byte " + code, new byte[] {(byte) code});
      values.put("bytes " + code, new byte[] {(byte) code, 0, 0, 0, 0, 0, 0, 0});
    }
    for (String word : List.of("TOMBSTONE", "__deleted__", "null", "\0", "DELETE")) {
      values.put(word, word.getBytes(StandardCharsets.UTF_8));
    }
    try (Engine engine = Engine.open(STORE, options(disk))) {
      values.forEach((key, value) -> put(engine, key, value));
      assertAll(engine, values);
      flush(engine);
      assertAll(engine, values);
      engine.compactAll();
      assertAll(engine, values);
    }
    try (Engine engine = Engine.open(STORE, options(disk))) {
      assertAll(engine, values);
    }
  }

  private static void assertAll(Engine engine, Map<String, byte[]> values) {
    values.forEach((key, value) -> assertArrayEquals(value, engine.find(Slice.of(key)), key));
  }

  @Test
  void outputsOfAMergeThatShadowNewerData() throws Exception {
    FaultInjectingFileSystem files = new FaultInjectingFileSystem(disk);
    CountDownLatch merging = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (Engine engine = Engine.open(STORE, options(files))) {
      for (String value : List.of("oldest", "old")) {
        put(engine, "key", value);
        put(engine, "gone", value);
        flush(engine);
      }
      // The merge's table is written last and gets the highest number, with the oldest data in it.
      files.add(
          FaultRule.on(FileOperation.SYNC)
              .files(".sst")
              .nth(1)
              .delay(
                  () -> {
                    merging.countDown();
                    await(goOn);
                  }));
      Thread merge = Thread.ofPlatform().start(engine::compactAll);
      merging.await();
      put(engine, "key", "new");
      delete(engine, "gone");
      flush(engine);
      goOn.countDown();
      merge.join();
      assertEquals("new", find(engine, "key"));
      assertNull(find(engine, "gone"));
      engine.compactAll();
      assertEquals("new", find(engine, "key"));
      assertNull(find(engine, "gone"));
    }
    try (Engine engine = Engine.open(STORE, options(disk))) {
      assertEquals("new", find(engine, "key"));
      assertNull(find(engine, "gone"));
    }
  }

  @Test
  void inputsOfAMergeThatStay() {
    try (Engine engine = Engine.open(STORE, options(disk))) {
      for (int i = 0; i < 12; i++) {
        put(engine, "key" + i % 3, "value" + i);
        flush(engine);
      }
      engine.compactAll();
      engine.awaitQuiet();
      assertEquals(1, engine.stats().runs());
    }
    // The close waits for whoever was deleting.
    assertEquals(1, tableFiles(disk));
    try (Engine engine = Engine.open(STORE, options(disk))) {
      assertEquals("value11", find(engine, "key2"));
    }
    assertEquals(1, tableFiles(disk));
  }

  @Test
  void aLogDeletedBeforeTheTableItFedWasSynced() {
    List<CrashingFileSystem> cuts = new ArrayList<>();
    try (Engine engine = Engine.open(STORE, options(disk))) {
      put(engine, "key", "value");
      disk.watch((_, _) -> cuts.add(disk.crashClone(new Survival.Synced())));
      flush(engine);
      put(engine, "later", "value");
      flush(engine);
    }
    disk.watch(null);
    assertTrue(cuts.size() > 10, cuts.size() + " cuts");
    for (CrashingFileSystem cut : cuts) {
      try (Engine engine = Engine.open(STORE, options(cut))) {
        assertEquals("value", find(engine, "key"));
      }
    }
  }

  @Test
  void seeksAndReadsOnOneSharedDescriptor() throws Exception {
    int keys = 400;
    try (Engine engine = Engine.open(directory.resolve("s"), options(new DiskFileSystem()));
        var pool = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < keys; i++) {
        put(engine, "key" + i, i + ":" + "v".repeat(i));
      }
      flush(engine);
      engine.compactAll();
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int stride = 2 * thread + 1;
        tasks.add(
            () -> {
              int right = 0;
              for (int i = 0; i < 2_000; i++) {
                int key = i * stride % keys;
                assertEquals(key + ":" + "v".repeat(key), find(engine, "key" + key));
                right++;
              }
              return right;
            });
      }
      for (Future<Integer> result : pool.invokeAll(tasks)) {
        assertEquals(2_000, result.get());
      }
      // The table before the merge may be about to be closed.
      assertTrue(engine.stats().openTables() <= 2, "readers share one file");
    }
  }

  @Test
  void fileSizesIn16Bits() {
    // Values in the tables; those that lie apart have their own tests.
    EngineOptions options = options(disk).toBuilder().largeValueBytes(0).build();
    byte[] large = new byte[300_000];
    for (int i = 0; i < 6; i++) {
      Arrays.fill(large, (byte) i);
      try (Engine engine = Engine.open(STORE, options)) {
        put(engine, "large" + i, large);
        flush(engine);
      }
    }
    try (Engine engine = Engine.open(STORE, options)) {
      engine.compactAll();
      assertTrue(engine.stats().tableBytes() > 6 * 300_000L, "bytes of the tables");
      for (int i = 0; i < 6; i++) {
        byte[] value = engine.find(Slice.of("large" + i));
        assertNotNull(value);
        assertEquals(300_000, value.length);
        assertEquals((byte) i, value[0]);
        assertEquals((byte) i, value[299_999]);
      }
    }
  }

  @Test
  void tieringWhoseRunsGrowWithoutBound() {
    int fanOut = 4;
    int most = 0;
    WriteHistory history = new WriteHistory(9, 2_000);
    try (Engine engine = Engine.open(STORE, options(disk))) {
      for (int flushes = 0; flushes < 120; flushes++) {
        for (int i = 0; i < 15; i++) {
          history.write(engine);
        }
        engine.commit();
        flush(engine);
        engine.awaitQuiet();
        EngineStats stats = engine.stats();
        most = Math.max(most, stats.runs());
        for (EngineStats.LevelStats level : stats.levels()) {
          // The deepest tier that is in use waits longest, for the space cap to empty it.
          assertTrue(level.runs() < 5 * fanOut / 2, "quiet, with " + level);
        }
      }
      history.assertReads(engine, history.lastSequence(), "after all merges");
    }
    System.out.println("EngineMistakesTest: at most " + most + " runs after 120 flushes");
    assertTrue(most <= 5 * fanOut / 2 + fanOut, most + " runs");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
