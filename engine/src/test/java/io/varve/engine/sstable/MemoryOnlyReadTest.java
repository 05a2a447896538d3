package io.varve.engine.sstable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.block.BlockCache;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileOperation;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.Lookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A read that may not wait never touches the disk, and gets on once another thread did for it.
class MemoryOnlyReadTest {

  private static final int KEYS = 6000;

  private final CrashingFileSystem memory = new CrashingFileSystem();
  private final FaultInjectingFileSystem fileSystem = new FaultInjectingFileSystem(memory);
  private final Path directory = Path.of("/db");
  private final Path path = directory.resolve("000001.sst");
  private final FaultRule reads =
      FaultRule.on(FileOperation.READ).delay(MemoryOnlyReadTest::nothing);
  private final FaultRule opens =
      FaultRule.on(FileOperation.OPEN).delay(MemoryOnlyReadTest::nothing);
  private long allocatedBefore;

  private static void nothing() {}

  @BeforeEach
  void writeTable() {
    memory.createDirectories(directory);
    var model = new TableModel();
    for (int i = 0; i < KEYS; i++) {
      model.put(key(i), 1 + i, "value of " + i);
    }
    model.write(fileSystem, path, 1, SstableOptions.DEFAULT.withBlockBytes(128));
    fileSystem.add(reads);
    fileSystem.add(opens);
    allocatedBefore = NativeMemory.allocatedBytes();
  }

  @AfterEach
  void allMemoryIsGivenBack() {
    assertEquals(allocatedBefore, NativeMemory.allocatedBytes());
  }

  private static String key(int i) {
    return String.format("key:%012d", i);
  }

  @Test
  void aLookupIsRefusedOnceAndThenServedThoughNothingIsCached() {
    try (var cache = new BlockCache(0);
        var tables = new TableCache(fileSystem, _ -> path, cache, 0)) {
      for (int i = 0; i < KEYS; i += 97) {
        String key = key(i);
        ReadContext cost =
            inTwoTries(
                context -> {
                  SstableReader table = tables.acquire(1, context, 2);
                  try {
                    assertEquals(2, table.footer().indexLevels());
                    var value = new Slice();
                    assertEquals(
                        Lookup.FOUND,
                        table.get(Slice.of(key), InternalKey.SEQUENCE_MAX, context, 2, value));
                    return value.toUtf8();
                  } finally {
                    table.release();
                  }
                },
                "value of " + i);
        // Opening, index partition, filter partition, data block.
        assertEquals(2, cost.readIos(2, ReadReason.INDEX));
        assertEquals(1, cost.readIos(2, ReadReason.FILTER));
        assertEquals(1, cost.readIos(2, ReadReason.DATA));
      }
    }
  }

  @Test
  void aShortScanIsRefusedOnceAndThenServedThoughNothingIsCached() {
    try (var cache = new BlockCache(0);
        var tables = new TableCache(fileSystem, _ -> path, cache, 0)) {
      var expected = new ArrayList<String>();
      for (int i = 1000; i < 1400; i++) {
        expected.add("value of " + i);
      }
      inTwoTries(
          context -> {
            SstableReader table = tables.acquire(1, context, 0);
            var values = new ArrayList<String>();
            try (EntryIterator iterator = table.iterator(context, 0, CachePolicy.FILL)) {
              iterator.seek(Slice.of(key(1000)), -1L);
              while (values.size() < 400) {
                values.add(iterator.value().toUtf8());
                iterator.next();
              }
            } finally {
              table.release();
            }
            return List.copyOf(values);
          },
          List.copyOf(expected));
    }
  }

  /// Runs a read as the command loop does: from memory, then on a thread that may wait, then from
  /// memory with the pins of that thread.
  ///
  /// @return what the second run cost
  private <T> ReadContext inTwoTries(Function<ReadContext, T> read, T expected) {
    var impatient = new ReadContext().setMemoryOnly(true);
    long readsBefore = reads.seen() + opens.seen();
    assertThrows(NotInMemoryException.class, () -> read.apply(impatient));
    assertEquals(readsBefore, reads.seen() + opens.seen());
    assertEquals(0, impatient.readIos());
    var patient = new ReadContext();
    assertEquals(expected, read.apply(patient));
    impatient.adoptPins(patient);
    long readsAfter = reads.seen() + opens.seen();
    assertEquals(expected, read.apply(impatient));
    assertEquals(readsAfter, reads.seen() + opens.seen());
    impatient.releasePins();
    return patient;
  }

  @Test
  void everyDiskReadIsCounted() {
    try (var cache = new BlockCache(1 << 20)) {
      var context = new ReadContext();
      long before = reads.seen();
      SstableReader table = SstableReader.open(fileSystem, path, 1, cache, context, 1);
      var value = new Slice();
      for (int i = 0; i < KEYS; i += 11) {
        table.get(Slice.of(key(i)), InternalKey.SEQUENCE_MAX, context, 1, value);
        table.get(Slice.of("absent" + i), InternalKey.SEQUENCE_MAX, context, 1, value);
      }
      try (EntryIterator iterator = table.iterator(context, 1, CachePolicy.BYPASS)) {
        for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {}
      }
      assertEquals(reads.seen() - before, context.readIos());
      context.releasePins();
      table.release();
    }
  }

  @Test
  void aColdHitCostsOneDataBlockOnceThePartitionsAreCached() {
    try (var cache = new BlockCache(4 << 20)) {
      var context = new ReadContext();
      SstableReader table = SstableReader.open(fileSystem, path, 1, cache, context, 1);
      var value = new Slice();
      // Touches each partition of index and filter.
      for (int i = 0; i < KEYS; i += 7) {
        table.mayContain(Slice.of(key(i)), context, 1);
        table.get(Slice.of(key(i)), InternalKey.SEQUENCE_MAX, context, 1, value);
      }
      context.reset();
      int lookups = 0;
      for (int i = 0; i < KEYS; i++) {
        assertEquals(
            Lookup.FOUND, table.get(Slice.of(key(i)), InternalKey.SEQUENCE_MAX, context, 1, value));
        lookups++;
      }
      assertEquals(0, context.readIos(1, ReadReason.INDEX));
      assertEquals(0, context.readIos(1, ReadReason.FILTER));
      assertTrue(context.readIos(1, ReadReason.DATA) <= lookups);
      context.releasePins();
      table.release();
    }
  }
}
