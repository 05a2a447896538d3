package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileOperation;
import io.varve.engine.file.FileSystem;
import io.varve.engine.inspect.StoreVerifier;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import io.varve.engine.key.Lookup;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Values that lie apart from the tree are read, merged, freed, checked and copied like those in it.
@Timeout(120)
class LargeValuesTest {

  private static final Path DIRECTORY = Path.of("/store");

  /// Several times what begins to be large.
  private static final int BYTES = 5_000;

  private final CrashingFileSystem files = new CrashingFileSystem();

  private static EngineOptions options(FileSystem files) {
    return TestOptions.of(
            files,
            64 << 10,
            1 << 20,
            4,
            Compression.LZ4,
            CommitMode.INLINE,
            1024,
            SyncPolicy.ALWAYS)
        .toBuilder()
        .largeValueBytes(1024)
        .build();
  }

  /// Incompressible, different for each key and round.
  private static byte[] value(int key, int round, int bytes) {
    byte[] value = new byte[bytes];
    new Random(key * 1000L + round).nextBytes(value);
    return value;
  }

  private static Slice key(int i) {
    return Slice.of("key" + (1000 + i));
  }

  private static void put(Engine engine, int key, byte[] value) {
    WriteBatch batch = new WriteBatch();
    batch.put(key(key), Slice.of(value));
    engine.writeDurably(batch);
  }

  private static void fill(Engine engine, int keys, int round) {
    for (int i = 0; i < keys; i++) {
      put(engine, i, value(i, round, BYTES));
    }
  }

  /// Of all levels: the tables may have sunk to the base meanwhile.
  private static long valueReads(ReadContext reads) {
    long sum = 0;
    for (int level = 0; level < ReadContext.LEVELS_COUNTED; level++) {
      sum += reads.readIos(level, ReadReason.VALUE);
    }
    return sum;
  }

  private static void flush(Engine engine) {
    engine.sealMemtable();
    engine.awaitFlushed();
  }

  private List<String> valueFiles() {
    return files.list(DIRECTORY).stream().filter(name -> name.endsWith(".val")).sorted().toList();
  }

  private long valueFileBytes() {
    return valueFiles().stream().mapToLong(name -> files.size(DIRECTORY.resolve(name))).sum();
  }

  @Test
  void aLargeValueIsReadFromItsFileWithOneRead() {
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      fill(engine, 5, 0);
      put(engine, 5, new byte[100]);
      flush(engine);
      assertEquals(1, valueFiles().size());
    }
    try (Engine engine = Engine.open(DIRECTORY, options(files));
        ReadView view = engine.acquireView()) {
      ReadContext reads = new ReadContext();
      Slice value = new Slice();
      assertTrue(engine.contains(view, key(3), Long.MAX_VALUE >>> 8, reads, value));
      assertEquals(0, valueReads(reads));
      reads.reset();
      assertEquals(Lookup.FOUND, engine.get(view, key(3), Long.MAX_VALUE >>> 8, reads, value));
      assertArrayEquals(value(3, 0, BYTES), value.toByteArray());
      assertEquals(1, valueReads(reads));
      reads.reset();
      assertEquals(Lookup.FOUND, engine.get(view, key(3), Long.MAX_VALUE >>> 8, reads, value));
      assertEquals(0, reads.readIos());
      reads.reset();
      assertEquals(Lookup.FOUND, engine.get(view, key(5), Long.MAX_VALUE >>> 8, reads, value));
      assertEquals(0, valueReads(reads));
      reads.reset();
    }
  }

  @Test
  void aReadThatMayNotWaitIsRefusedForALargeValueThatIsNotInMemory() {
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      fill(engine, 3, 0);
    }
    EngineOptions noCache = options(files).toBuilder().blockCacheBytes(0).build();
    try (Engine engine = Engine.open(DIRECTORY, noCache);
        ReadView view = engine.acquireView()) {
      ReadContext reads = new ReadContext().setMemoryOnly(true);
      Slice value = new Slice();
      long now = engine.durableSequence();
      assertThrows(NotInMemoryException.class, () -> engine.get(view, key(1), now, reads, value));
      ReadContext waiting = new ReadContext();
      assertEquals(Lookup.FOUND, engine.get(view, key(1), now, waiting, value));
      reads.adoptPins(waiting);
      assertEquals(Lookup.FOUND, engine.get(view, key(1), now, reads, value));
      assertArrayEquals(value(1, 0, BYTES), value.toByteArray());
      reads.reset();
    }
  }

  @Test
  void aWalkOverKeysReadsNoLargeValueAndOneThatAsksReadsThemBothWays() {
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      fill(engine, 30, 0);
    }
    try (Engine engine = Engine.open(DIRECTORY, options(files));
        ReadView view = engine.acquireView()) {
      ReadContext reads = new ReadContext();
      try (KeyValueIterator keys = engine.iterator(view, engine.durableSequence(), reads)) {
        int count = 0;
        for (keys.seekToFirst(); keys.isValid(); keys.next()) {
          count++;
        }
        for (keys.seekToLast(); keys.isValid(); keys.prev()) {
          count++;
        }
        assertEquals(60, count);
        assertEquals(0, valueReads(reads));
        int i = 30;
        for (keys.seekToLast(); keys.isValid(); keys.prev()) {
          assertArrayEquals(value(--i, 0, BYTES), keys.value().toByteArray());
          assertArrayEquals(value(i, 0, BYTES), keys.value().toByteArray());
        }
        assertEquals(30, valueReads(reads));
        for (keys.seekToFirst(); keys.isValid(); keys.next()) {
          assertArrayEquals(value(i++, 0, BYTES), keys.value().toByteArray());
        }
      }
      reads.reset();
    }
  }

  @Test
  void aMergeAmongYoungTablesCarriesValuesUnread() {
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      engine.pauseMerges();
      for (int round = 0; round < 4; round++) {
        for (int i = round; i < 40; i += 4) {
          put(engine, i, value(i, 0, BYTES));
        }
        flush(engine);
      }
      List<String> before = valueFiles();
      assertEquals(4, before.size());
      engine.compactAll();
      assertEquals(before, valueFiles());
      for (int i = 0; i < 40; i++) {
        assertArrayEquals(value(i, 0, BYTES), engine.find(key(i)));
      }
    }
  }

  @Test
  void whatIsOverwrittenOrDeletedFreesItsSpace() {
    long live = 40L * BYTES;
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      fill(engine, 40, 0);
      flush(engine);
      fill(engine, 40, 1);
      flush(engine);
      engine.compactAll();
    }
    assertTrue(valueFileBytes() < live * 1.1, valueFileBytes() + " bytes for " + live);
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      WriteBatch batch = new WriteBatch();
      for (int i = 0; i < 40; i++) {
        batch.delete(key(i));
      }
      engine.writeDurably(batch);
      flush(engine);
      engine.compactAll();
    }
    assertEquals(List.of(), valueFiles());
  }

  @Test
  void aSnapshotKeepsLargeValuesUntilItIsClosed() {
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      fill(engine, 20, 0);
      // In files of their own: a file that both generations share is rewritten when that is worth
      // it.
      flush(engine);
      Snapshot snapshot = engine.snapshot();
      fill(engine, 20, 1);
      flush(engine);
      engine.compactAll();
      try (ReadView view = engine.acquireView()) {
        ReadContext reads = new ReadContext();
        Slice value = new Slice();
        for (int i = 0; i < 20; i++) {
          assertEquals(Lookup.FOUND, engine.get(view, key(i), snapshot.sequence(), reads, value));
          assertArrayEquals(value(i, 0, BYTES), value.toByteArray());
          assertArrayEquals(value(i, 1, BYTES), engine.find(key(i)));
        }
        reads.reset();
      }
      assertTrue(valueFileBytes() > 40L * BYTES);
      snapshot.close();
      put(engine, 0, value(0, 2, BYTES));
      flush(engine);
      engine.compactAll();
    }
    assertTrue(valueFileBytes() < 30L * BYTES, valueFileBytes() + " bytes");
  }

  @Test
  void anOpenViewKeepsItsValueFiles() {
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      fill(engine, 20, 0);
      flush(engine);
      ReadView view = engine.acquireView();
      long before = engine.durableSequence();
      fill(engine, 20, 1);
      flush(engine);
      engine.compactAll();
      ReadContext reads = new ReadContext();
      Slice value = new Slice();
      for (int i = 0; i < 20; i++) {
        assertEquals(Lookup.FOUND, engine.get(view, key(i), before, reads, value));
        assertArrayEquals(value(i, 0, BYTES), value.toByteArray());
      }
      reads.reset();
      view.close();
    }
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      assertArrayEquals(value(7, 1, BYTES), engine.find(key(7)));
      assertTrue(valueFileBytes() < 25L * BYTES, valueFileBytes() + " bytes");
    }
  }

  @Test
  void aCheckpointHoldsTheLargeValues() {
    Path target = Path.of("/copy");
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      fill(engine, 20, 0);
      flush(engine);
      engine.checkpoint(target);
      fill(engine, 20, 1);
      flush(engine);
      engine.compactAll();
    }
    try (Engine copy = Engine.open(target, options(files))) {
      for (int i = 0; i < 20; i++) {
        assertArrayEquals(value(i, 0, BYTES), copy.find(key(i)));
      }
    }
    assertEquals(List.of(), StoreVerifier.verify(files, target, (_, _, _) -> {}).findings());
  }

  @Test
  void theOptionCountsForWhatIsWrittenFromThenOn() {
    EngineOptions inTree = options(files).toBuilder().largeValueBytes(0).build();
    try (Engine engine = Engine.open(DIRECTORY, inTree)) {
      fill(engine, 20, 0);
      flush(engine);
      assertEquals(List.of(), valueFiles());
    }
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      put(engine, 100, value(100, 0, BYTES));
      flush(engine);
      engine.compactAll();
      assertTrue(valueFileBytes() > 20L * BYTES);
    }
    try (Engine engine = Engine.open(DIRECTORY, inTree)) {
      engine.pauseMerges();
      for (int i = 0; i < 20; i++) {
        assertArrayEquals(value(i, 0, BYTES), engine.find(key(i)));
      }
      // Enough garbage has the files rewritten, and then the values go back into the tree.
      for (int i = 0; i < 20; i += 2) {
        put(engine, i, value(i, 1, BYTES));
      }
      put(engine, 100, value(100, 1, BYTES));
      flush(engine);
      engine.compactAll();
      put(engine, 20, new byte[10]);
      flush(engine);
      engine.compactAll();
      assertArrayEquals(value(15, 0, BYTES), engine.find(key(15)));
      assertArrayEquals(value(6, 1, BYTES), engine.find(key(6)));
    }
    assertEquals(List.of(), valueFiles());
  }

  private static void expectExpiring(Engine engine, ReadView view) {
    ReadContext reads = new ReadContext().setNowMillis(1_999);
    Slice value = new Slice();
    long now = engine.durableSequence();
    assertEquals(Lookup.FOUND, engine.get(view, key(1), now, reads, value));
    assertArrayEquals(value(1, 0, BYTES), value.toByteArray());
    reads.reset();
    try (KeyValueIterator iterator = engine.iterator(view, now, reads)) {
      iterator.seekToFirst();
      assertArrayEquals(value(1, 0, BYTES), iterator.value().toByteArray());
      iterator.seekToLast();
      assertArrayEquals(value(1, 0, BYTES), iterator.value().toByteArray());
    }
    reads.reset();
    reads.setNowMillis(2_000);
    assertEquals(Lookup.DELETED, engine.get(view, key(1), now, reads, value));
    try (KeyValueIterator iterator = engine.iterator(view, now, reads)) {
      iterator.seekToFirst();
      assertFalse(iterator.isValid());
    }
    reads.reset();
  }

  @Test
  void anExpiringValueIsFoundApartBeforeItsTimeAndNotAfter() {
    EngineOptions early = options(files).toBuilder().clock(() -> java.time.Instant.EPOCH).build();
    try (Engine engine = Engine.open(DIRECTORY, early)) {
      WriteBatch batch = new WriteBatch();
      batch.put(key(1), Slice.of(value(1, 0, BYTES)), 2_000);
      engine.writeDurably(batch);
      flush(engine);
      assertEquals(1, valueFiles().size());
      try (ReadView view = engine.acquireView()) {
        expectExpiring(engine, view);
      }
    }
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      engine.compactAll();
    }
    assertEquals(List.of(), valueFiles());
  }

  @Test
  void aFilterThatLooksAtValuesSeesLargeOnesAndAnotherCostsNoRead() {
    byte[] dead = value(3, 0, BYTES);
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      fill(engine, 10, 0);
      flush(engine);
      engine.setCompactionFilter(
          new CompactionFilter() {
            @Override
            public boolean drop(Slice userKey, Slice value) {
              return Arrays.equals(value.toByteArray(), dead);
            }

            @Override
            public boolean dropsRange(Slice smallest, Slice largest) {
              return false;
            }
          });
      put(engine, 20, new byte[10]);
      flush(engine);
      engine.compactAll();
      assertNull(engine.find(key(3)));
      assertNotNull(engine.find(key(4)));
    }
  }

  @Test
  void aDamagedValueIsAnErrorThatNamesTheFileAndHarmsNoOther() {
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      fill(engine, 10, 0);
    }
    String name = valueFiles().getFirst();
    // In the first value.
    files.corrupt(DIRECTORY.resolve(name), 100, 0x10);
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      CorruptionException e = assertThrows(CorruptionException.class, () -> engine.find(key(0)));
      assertEquals(name, e.file());
      assertEquals(0, e.offset());
      for (int i = 1; i < 10; i++) {
        assertArrayEquals(value(i, 0, BYTES), engine.find(key(i)));
      }
    }
    StoreVerifier.Report report = StoreVerifier.verify(files, DIRECTORY, (_, _, _) -> {});
    assertEquals(1, report.findings().size(), report.findings().toString());
    assertEquals(name, report.findings().getFirst().file());
  }

  @Test
  void aStoreWhoseValueFileIsMissingOrCutDoesNotOpen() {
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      fill(engine, 10, 0);
    }
    Path file = DIRECTORY.resolve(valueFiles().getFirst());
    Path aside = Path.of("/aside.val");
    files.rename(file, aside);
    CorruptionException e =
        assertThrows(CorruptionException.class, () -> Engine.open(DIRECTORY, options(files)));
    assertTrue(String.valueOf(e.getMessage()).contains(file.getFileName() + " is missing"));
    files.rename(aside, file);
    Engine.open(DIRECTORY, options(files)).close();
  }

  @Test
  void valueFilesThatNobodyKnowsAreDeletedAtOpen() {
    Engine.open(DIRECTORY, options(files)).close();
    files.create(DIRECTORY.resolve("000900.val")).close();
    assertTrue(
        StoreVerifier.verify(files, DIRECTORY, (_, _, _) -> {})
            .notes()
            .contains("000900.val belongs to no version; the next open deletes it"));
    Engine.open(DIRECTORY, options(files)).close();
    assertEquals(List.of(), valueFiles());
  }

  @Test
  void aJobThatFailsLeavesNoValueFile() {
    FaultInjectingFileSystem faulty = new FaultInjectingFileSystem(files);
    try (Engine engine = Engine.open(DIRECTORY, options(faulty))) {
      fill(engine, 10, 0);
      flush(engine);
      put(engine, 1, value(1, 1, BYTES));
      flush(engine);
      List<String> before = valueFiles();
      faulty.add(FaultRule.on(FileOperation.SYNC).files(".sst").fail("the disk is gone"));
      assertThrows(RuntimeException.class, engine::compactAll);
      assertEquals(before, valueFiles());
    }
  }

  @Test
  void valuesOfManyMegabytesComeBack() {
    byte[] huge = value(1, 0, 20 << 20);
    byte[] compressible = new byte[9 << 20];
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      put(engine, 1, huge);
      put(engine, 2, compressible);
      flush(engine);
      put(engine, 3, value(3, 0, BYTES));
      flush(engine);
      engine.compactAll();
    }
    try (Engine engine = Engine.open(DIRECTORY, options(files))) {
      assertArrayEquals(huge, engine.find(key(1)));
      assertArrayEquals(compressible, engine.find(key(2)));
    }
  }
}
