package io.varve.engine.sstable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.block.BlockCache;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.Lookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tables stay open within a number, and blocks in memory within a size, under many readers.
class TableCacheTest {

  private static final int TABLES = 12;
  private static final int KEYS = 400;

  private final CrashingFileSystem fileSystem = new CrashingFileSystem();
  private final Path directory = Path.of("/db");

  private Path path(long number) {
    return directory.resolve(number + ".sst");
  }

  @BeforeEach
  void writeTables() {
    fileSystem.createDirectories(directory);
    for (int number = 1; number <= TABLES; number++) {
      var model = new TableModel();
      for (int i = 0; i < KEYS; i++) {
        model.put("key" + i, 1 + i, value(number, i));
      }
      model.write(fileSystem, path(number), number, SstableOptions.DEFAULT.withBlockBytes(512));
    }
  }

  private static String value(int number, int i) {
    return "value " + i + " of table " + number;
  }

  @Test
  void noMoreTablesStayOpenThanAllowed() {
    long allocatedBefore = NativeMemory.allocatedBytes();
    try (var cache = new BlockCache(1 << 20);
        var tables = new TableCache(fileSystem, this::path, cache, 4)) {
      for (int round = 0; round < 3; round++) {
        for (int number = 1; number <= TABLES; number++) {
          tables.acquire(number).release();
          assertTrue(tables.openTables() <= 4);
        }
      }
      assertTrue(tables.openedCount() > TABLES);
      assertTrue(tables.memoryBytes() > 0);
    }
    assertEquals(allocatedBefore, NativeMemory.allocatedBytes());
  }

  @Test
  void anOpenTableIsNotOpenedAgain() {
    try (var cache = new BlockCache(1 << 20);
        var tables = new TableCache(fileSystem, this::path, cache, 100)) {
      for (int round = 0; round < 5; round++) {
        for (int number = 1; number <= TABLES; number++) {
          tables.acquire(number).release();
        }
      }
      assertEquals(TABLES, tables.openedCount());
    }
  }

  @Test
  void anEvictedTableServesItsIteratorsToTheEnd() {
    long allocatedBefore = NativeMemory.allocatedBytes();
    try (var cache = new BlockCache(1 << 20);
        var tables = new TableCache(fileSystem, this::path, cache, 100)) {
      SstableReader table = tables.acquire(1);
      var context = new ReadContext();
      EntryIterator iterator = table.iterator(context, 0, CachePolicy.FILL);
      table.release();
      iterator.seekToFirst();
      tables.evict(1);
      fileSystem.delete(path(1));
      int count = 0;
      while (iterator.isValid()) {
        count++;
        iterator.next();
      }
      assertEquals(KEYS, count);
      iterator.close();
      iterator.close();
      context.releasePins();
      assertFalse(table.tryRetain());
    }
    assertEquals(allocatedBefore, NativeMemory.allocatedBytes());
  }

  @Test
  void manyReadersOverATightCacheSeeRightValuesAndLeaveNothingBehind() throws Exception {
    long allocatedBefore = NativeMemory.allocatedBytes();
    long seed = new Random().nextLong();
    int readers = 4;
    try (var cache = new BlockCache(64 << 10);
        var tables = new TableCache(fileSystem, this::path, cache, 3);
        var pool = Executors.newFixedThreadPool(readers)) {
      var running = new ArrayList<Future<?>>();
      for (int reader = 0; reader < readers; reader++) {
        var random = new Random(seed + reader);
        Callable<Long> task = () -> readAtRandom(tables, random);
        running.add(pool.submit(task));
      }
      for (Future<?> each : running) {
        each.get();
      }
      assertTrue(cache.stats().bytes() <= cache.capacityBytes(), cache.stats().toString());
      assertTrue(cache.stats().evictions() > 0);
    } catch (ExecutionException | AssertionError e) {
      throw new AssertionError("seed " + seed, e);
    }
    assertEquals(allocatedBefore, NativeMemory.allocatedBytes());
  }

  private static long readAtRandom(TableCache tables, Random random) {
    var context = new ReadContext();
    var value = new Slice();
    for (int i = 0; i < 4000; i++) {
      int number = 1 + random.nextInt(TABLES);
      int key = Math.min(random.nextInt(KEYS), random.nextInt(KEYS));
      SstableReader table = tables.acquire(number, context, 0);
      Lookup found = table.get(Slice.of("key" + key), InternalKey.SEQUENCE_MAX, context, 0, value);
      table.release();
      assertEquals(Lookup.FOUND, found);
      assertEquals(value(number, key), value.toUtf8());
      if (random.nextInt(4) == 0) {
        context.releasePins();
      }
    }
    context.releasePins();
    return context.readIos();
  }

  @Test
  void blocksOfADeletedTableLeaveTheCache() {
    try (var cache = new BlockCache(1 << 20);
        var tables = new TableCache(fileSystem, this::path, cache, 100)) {
      var context = new ReadContext();
      for (int number : List.of(1, 2)) {
        SstableReader table = tables.acquire(number, context, 0);
        table.get(Slice.of("key7"), InternalKey.SEQUENCE_MAX, context, 0, new Slice());
        table.release();
      }
      context.releasePins();
      long blocks = cache.stats().blocks();
      tables.evict(1);
      assertEquals(blocks / 2, cache.stats().blocks());
      tables.evict(2);
      assertEquals(0, cache.stats().blocks());
      assertEquals(0, cache.stats().bytes());
    }
  }
}
