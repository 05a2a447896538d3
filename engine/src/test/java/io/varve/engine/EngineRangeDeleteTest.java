package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FileSystem;
import io.varve.engine.inspect.StoreVerifier;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.KeyRange;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a user of the engine may expect of a range delete.
@Timeout(120)
class EngineRangeDeleteTest {

  private static final Path DIRECTORY = Path.of("/store");

  private final FileSystem files = new CrashingFileSystem();
  private Engine engine;

  @BeforeEach
  void open() {
    engine = Engine.open(DIRECTORY, options());
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private EngineOptions options() {
    return TestOptions.of(
        files, 1 << 20, 256 << 10, 4, Compression.NONE, CommitMode.INLINE, 1024, SyncPolicy.ALWAYS);
  }

  private void reopen() {
    engine.close();
    engine = Engine.open(DIRECTORY, options());
  }

  private static Slice key(int number) {
    return Slice.of(String.format("member:%08d", number));
  }

  private void fill(int count) {
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < count; i++) {
      batch.put(key(i), Slice.of("a value of some length, number " + i));
      if (batch.count() == 500) {
        engine.write(batch);
        batch.clear();
      }
    }
    engine.writeDurably(batch);
  }

  private void deleteRange(Slice from, Slice to) {
    WriteBatch batch = new WriteBatch();
    batch.deleteRange(from, to);
    engine.writeDurably(batch);
  }

  private void flush() {
    engine.sealMemtable();
    engine.awaitFlushed();
  }

  /// Steps and block reads, from memory or disk, that a walk over everything takes.
  private long costOfWalk(int expectedKeys) {
    ReadContext reads = new ReadContext();
    try (ReadView view = engine.acquireView();
        KeyValueIterator walk = engine.iterator(view, engine.durableSequence(), reads)) {
      int keys = 0;
      for (walk.seekToFirst(); walk.isValid(); walk.next()) {
        keys++;
      }
      assertEquals(expectedKeys, keys);
      for (walk.seekToLast(); walk.isValid(); walk.prev()) {
        keys--;
      }
      assertEquals(0, keys);
      return reads.readIos() + reads.cacheHits();
    } finally {
      reads.reset();
    }
  }

  @Test
  void walkOverADeletedRangeReadsAFewBlocksAndNotThoseOfTheRange() {
    fill(20_000);
    flush();
    engine.awaitQuiet();
    engine.pauseMerges();
    long before = costOfWalk(20_000);
    deleteRange(key(10), key(19_990));
    long underMemtable = costOfWalk(20);
    flush();
    long underTable = costOfWalk(20);
    assertTrue(before > 1_000, "blocks before: " + before);
    assertTrue(underMemtable < 40, "blocks under a memtable's tombstone: " + underMemtable);
    assertTrue(underTable < 40, "blocks under a table's tombstone: " + underTable);
  }

  @Test
  void whatIsPutAgainAfterTheDeleteIsThere() {
    fill(100);
    flush();
    deleteRange(key(0), key(100));
    WriteBatch batch = new WriteBatch();
    batch.put(key(50), Slice.of("again"));
    engine.writeDurably(batch);
    for (int round = 0; round < 3; round++) {
      assertNull(engine.find(key(49)));
      assertNotNull(engine.find(key(50)));
      costOfWalk(1);
      if (round == 0) {
        flush();
      } else {
        engine.compactAll();
      }
    }
  }

  @Test
  void storeDeletesARangeWithAndWithoutBounds() {
    Path directory = Path.of("/library");
    try (Store store = Store.open(directory, options())) {
      for (String key : List.of("a", "b", "c", "d")) {
        store.put(bytes(key), bytes(key));
      }
      store.deleteRange(bytes("b"), bytes("d"));
      assertNotNull(store.get(bytes("a")));
      assertNull(store.get(bytes("b")));
      assertNull(store.get(bytes("c")));
      assertNotNull(store.get(bytes("d")));
      store.deleteRange(bytes("d"), null);
      assertNull(store.get(bytes("d")));
      assertNotNull(store.get(bytes("a")));
      assertThrows(IllegalArgumentException.class, () -> store.deleteRange(bytes("b"), bytes("a")));
      store.deleteRange(null, null);
      assertNull(store.get(bytes("a")));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void orderInsideABatchCounts() {
    WriteBatch batch = new WriteBatch();
    batch.put(Slice.of("b"), Slice.of("old"));
    batch.deleteRange(Slice.of("a"), Slice.of("c"));
    batch.put(Slice.of("a"), Slice.of("new"));
    engine.writeDurably(batch);
    assertNull(engine.find(Slice.of("b")));
    assertNotNull(engine.find(Slice.of("a")));
    reopen();
    assertNull(engine.find(Slice.of("b")));
    assertNotNull(engine.find(Slice.of("a")));
  }

  @Test
  void snapshotSeesTheRangeThroughFlushesAndMerges() {
    fill(500);
    flush();
    try (Snapshot snapshot = engine.snapshot()) {
      deleteRange(key(100), key(400));
      flush();
      engine.compactAll();
      ReadContext reads = new ReadContext();
      try (ReadView view = engine.acquireView();
          KeyValueIterator walk = engine.iterator(view, snapshot.sequence(), reads)) {
        int keys = 0;
        for (walk.seekToFirst(); walk.isValid(); walk.next()) {
          keys++;
        }
        assertEquals(500, keys);
      }
      reads.reset();
      costOfWalk(200);
    }
    engine.compactAll();
    costOfWalk(200);
    assertEquals(0, rangeTombstones(), "nobody needs the tombstone any more");
    assertEquals(200, entries());
  }

  private long rangeTombstones() {
    return engine.stats().levels().stream()
        .mapToLong(EngineStats.LevelStats::rangeTombstones)
        .sum();
  }

  private long entries() {
    return engine.stats().levels().stream().mapToLong(EngineStats.LevelStats::entries).sum();
  }

  @Test
  void deleteOfEverythingLeavesNothingOnDisk() {
    fill(2_000);
    flush();
    WriteBatch batch = new WriteBatch();
    batch.deleteRange(KeyRange.ofPrefix(Slice.of("")));
    engine.writeDurably(batch);
    costOfWalk(0);
    flush();
    costOfWalk(0);
    engine.compactAll();
    costOfWalk(0);
    assertEquals(0, engine.stats().tableBytes());
  }

  @Test
  void tablesUnderARangeTombstoneAreDroppedUnreadThoughNothingElseIsWritten()
      throws InterruptedException {
    fill(20_000);
    flush();
    engine.awaitQuiet();
    long before = engine.stats().tableBytes();
    long dropped = engine.stats().compaction().tablesDropped();
    long read = bytesReadByMerges();
    deleteRange(key(0), key(19_900));
    // Neither a flush nor a merge is asked for.
    while (engine.stats().tableBytes() > before / 10) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertTrue(engine.stats().compaction().tablesDropped() - dropped >= 10);
    long readSince = bytesReadByMerges() - read;
    assertTrue(readSince < before / 10, readSince + " of " + before + " bytes were read");
    costOfWalk(100);
    reopen();
    costOfWalk(100);
  }

  private long bytesReadByMerges() {
    long sum = 0;
    for (int level = 0; level < 16; level++) {
      sum += engine.stats().compaction().bytesRead(level);
    }
    return sum;
  }

  @Test
  void tableOfWhichAGoodPartIsDeletedIsRewrittenWithoutIt() throws InterruptedException {
    fill(20_000);
    flush();
    engine.compactAll();
    long before = engine.stats().tableBytes();
    // Every second stretch of keys, each shorter than a table.
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < 20_000; i += 400) {
      batch.deleteRange(key(i), key(i + 200));
    }
    engine.writeDurably(batch);
    flush();
    while (engine.stats().tableBytes() > before * 7 / 10) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    costOfWalk(10_000);
    engine.awaitQuiet();
    reopen();
    costOfWalk(10_000);
  }

  @Test
  void tablesThatASnapshotSeesStayUntilItIsClosed() throws InterruptedException {
    fill(5_000);
    flush();
    engine.awaitQuiet();
    long before = engine.stats().tableBytes();
    Snapshot snapshot = engine.snapshot();
    deleteRange(key(0), key(5_000));
    flush();
    engine.awaitQuiet();
    assertTrue(engine.stats().tableBytes() >= before);
    snapshot.close();
    while (engine.stats().tableBytes() > 0) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Test
  void rangeDeleteOverNothingLeavesNoTable() {
    deleteRange(key(0), key(100));
    flush();
    assertEquals(0, engine.stats().tableBytes());
    reopen();
    assertEquals(0, rangeTombstones());
  }

  @Test
  void storeWithRangeTombstonesInTablesAndLogIsFoundWithoutFault() {
    fill(3_000);
    flush();
    engine.pauseMerges();
    deleteRange(key(100), key(200));
    flush();
    // In the log, and perhaps in a table by now: it frees enough for a flush of its own.
    deleteRange(key(300), key(2_900));
    assertTrue(rangeTombstones() >= 1);
    engine.close();
    StoreVerifier.Report report = StoreVerifier.verify(files, DIRECTORY, (file, read, all) -> {});
    assertEquals(List.of(), report.findings());
    engine = Engine.open(DIRECTORY, options());
    costOfWalk(300);
    assertNull(engine.find(key(150)));
    assertFalse(mayContain(key(150)));
    assertTrue(mayContain(key(250)));
  }

  private boolean mayContain(Slice key) {
    ReadContext reads = new ReadContext();
    try (ReadView view = engine.acquireView()) {
      return engine.mayContain(view, key, engine.durableSequence(), reads, new Slice());
    } finally {
      reads.reset();
    }
  }
}
