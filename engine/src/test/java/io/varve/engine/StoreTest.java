package io.varve.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreTest {

  private static final Path DIRECTORY = Path.of("store");

  @TempDir private Path temporary;

  /// Milliseconds since 1970 that the stores of a test believe in.
  private long nowMillis = 1_000_000;

  private final InstantSource clock = () -> Instant.ofEpochMilli(nowMillis);

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static @Nullable String text(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, UTF_8);
  }

  private static List<String> keys(Scan scan) {
    try (scan) {
      List<String> keys = new ArrayList<>();
      while (scan.next()) {
        keys.add(scan.key().toUtf8() + "=" + scan.value().toUtf8());
      }
      return keys;
    }
  }

  private Store open() {
    return Store.open(temporary.resolve("s"), TestOptions.small());
  }

  @Test
  void whatIsPutIsFoundUntilItIsDeletedAndAfterAReopen() {
    try (Store store = open()) {
      store.put(bytes("a"), bytes("1"));
      store.put(bytes("b"), bytes("2"));
      store.put(bytes("a"), bytes("3"));
      store.delete(bytes("b"));
      store.delete(bytes("never"));
      assertEquals("3", text(store.get(bytes("a"))));
      assertNull(store.get(bytes("b")));
    }
    try (Store store = open()) {
      assertEquals("3", text(store.get(bytes("a"))));
      assertNull(store.get(bytes("b")));
    }
  }

  @Test
  void scansRespectTheirBoundsInBothDirections() {
    try (Store store = open()) {
      for (String key : List.of("a", "b", "c", "d", "e")) {
        store.put(bytes(key), bytes("v"));
      }
      assertEquals(List.of("b=v", "c=v"), keys(store.scan(bytes("b"), bytes("d"))));
      assertEquals(List.of("c=v", "b=v"), keys(store.scanDescending(bytes("b"), bytes("d"))));
      assertEquals(List.of("d=v", "e=v"), keys(store.scan(bytes("cc"), null)));
      assertEquals(List.of("b=v", "a=v"), keys(store.scanDescending(null, bytes("bb"))));
      assertEquals(5, keys(store.scan(null, null)).size());
      assertEquals(5, keys(store.scanDescending(null, null)).size());
      assertEquals(List.of(), keys(store.scan(bytes("d"), bytes("b"))));
      assertEquals(List.of(), keys(store.scanDescending(bytes("d"), bytes("b"))));
    }
  }

  @Test
  void aSnapshotStaysWhileTheStoreGoesOn() {
    try (Store store = open()) {
      store.put(bytes("a"), bytes("old"));
      try (StoreSnapshot before = store.snapshot()) {
        store.put(bytes("a"), bytes("new"));
        store.put(bytes("b"), bytes("new"));
        store.engine().sealMemtable();
        store.engine().awaitFlushed();
        store.engine().compactAll();
        assertEquals("old", text(before.get(bytes("a"))));
        assertEquals(List.of("a=old"), keys(before.scan(null, null)));
        assertEquals(List.of("a=old"), keys(before.scanDescending(null, null)));
      }
      assertEquals(List.of("a=new", "b=new"), keys(store.scan(null, null)));
    }
  }

  @Test
  void aBatchIsSeenAsAWhole() {
    try (Store store = open()) {
      WriteBatch batch = new WriteBatch();
      batch.put(Slice.of("x"), Slice.of("1"));
      batch.put(Slice.of("y"), Slice.of("2"));
      batch.delete(Slice.of("x"));
      store.write(batch);
      assertEquals(List.of("y=2"), keys(store.scan(null, null)));
    }
  }

  @Test
  void aCheckpointOpensAsAStoreAndIsIndependent() {
    try (Store store = open()) {
      store.put(bytes("a"), bytes("1"));
      store.checkpoint(temporary.resolve("copy"));
      store.put(bytes("a"), bytes("2"));
      try (Store copy = Store.open(temporary.resolve("copy"), TestOptions.small())) {
        assertEquals("1", text(copy.get(bytes("a"))));
        copy.put(bytes("b"), bytes("3"));
      }
      assertEquals(List.of("a=2"), keys(store.scan(null, null)));
    }
  }

  @Test
  void anExpiringKeyGoesAtItsTimeWhereverItLies() {
    EngineOptions options = TestOptions.small().toBuilder().clock(clock).build();
    try (Store store = Store.open(temporary.resolve("s"), options)) {
      store.put(bytes("kept"), bytes("1"));
      store.put(bytes("short"), bytes("old"));
      store.put(bytes("short"), bytes("2"), Duration.ofSeconds(10));
      store.put(bytes("tabled"), bytes("3"), Duration.ofSeconds(10));
      store.engine().sealMemtable();
      store.engine().awaitFlushed();
      store.put(bytes("long"), bytes("4"), Duration.ofSeconds(20));
      List<String> all = List.of("kept=1", "long=4", "short=2", "tabled=3");
      assertEquals(all, keys(store.scan(null, null)));
      assertEquals("3", text(store.get(bytes("tabled"))));
      nowMillis += 10_000;
      assertNull(store.get(bytes("short")));
      assertNull(store.get(bytes("tabled")));
      assertEquals(List.of("kept=1", "long=4"), keys(store.scan(null, null)));
      assertEquals(List.of("long=4", "kept=1"), keys(store.scanDescending(null, null)));
      store.engine().sealMemtable();
      store.engine().awaitFlushed();
      store.engine().compactAll();
      assertEquals(List.of("kept=1", "long=4"), keys(store.scan(null, null)));
      long entries = store.stats().levels().stream().mapToLong(level -> level.entries()).sum();
      assertEquals(2, entries, "expired entries went with the merge");
    }
    try (Store store = Store.open(temporary.resolve("s"), options)) {
      assertEquals("4", text(store.get(bytes("long"))));
      nowMillis += 10_000;
      assertNull(store.get(bytes("long")));
    }
  }

  @Test
  void aSecondOpenIsRefusedAndTheFirstGoesOn() {
    try (Store store = open()) {
      StorageException refused = assertThrows(StorageException.class, this::open);
      assertTrue(String.valueOf(refused.getMessage()).contains("lock"), refused.getMessage());
      store.put(bytes("a"), bytes("1"));
      assertEquals("1", text(store.get(bytes("a"))));
    }
  }

  @Test
  void nothingIsLeftAfterClose() throws IOException {
    Path directory = temporary.resolve("s");
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (Store store = open()) {
      for (int i = 0; i < 5_000; i++) {
        store.put(bytes("key" + i), new byte[50]);
      }
      store.engine().sealMemtable();
      store.engine().awaitFlushed();
      store.get(bytes("key1"));
      keys(store.scan(null, null));
    }
    Set<Thread> left =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !before.contains(thread) && thread.getName().startsWith("varve"))
            .collect(Collectors.toSet());
    assertEquals(Set.of(), left);
    Path descriptors = Path.of("/proc/self/fd");
    if (Files.isDirectory(descriptors)) {
      try (Stream<Path> open = Files.list(descriptors)) {
        assertEquals(
            List.of(), open.map(StoreTest::target).filter(t -> t.startsWith(directory)).toList());
      }
    }
  }

  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException gone) {
      return Path.of("gone");
    }
  }

  @Test
  void syncBringsToTheDiskWhatThePolicyLeavesToTheSystem() {
    for (CommitMode mode : CommitMode.values()) {
      CrashingFileSystem disk = new CrashingFileSystem();
      EngineOptions options =
          TestOptions.small(disk).toBuilder().syncPolicy(SyncPolicy.NEVER).commitMode(mode).build();
      try (Store store = Store.open(DIRECTORY, options)) {
        store.put(bytes("synced"), bytes("1"));
        store.sync();
        store.put(bytes("later"), bytes("2"));
        EngineOptions after =
            options.toBuilder()
                .fileSystem(disk.crashClone(new CrashingFileSystem.Survival.Synced()))
                .build();
        try (Store crashed = Store.open(DIRECTORY, after)) {
          assertEquals("1", text(crashed.get(bytes("synced"))), mode.name());
        }
      }
    }
  }

  @Test
  void writersOfManyThreadsShareTheStoreAndEachSeesItsOwn() throws Exception {
    int threads = 8;
    int writes = 400;
    for (CommitMode mode : CommitMode.values()) {
      EngineOptions options = TestOptions.small().toBuilder().commitMode(mode).build();
      try (Store store = Store.open(temporary.resolve("s" + mode), options);
          ExecutorService pool = Executors.newFixedThreadPool(threads)) {
        List<Future<Void>> running = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
          int mine = thread;
          Callable<Void> task =
              () -> {
                for (int i = 0; i < writes; i++) {
                  byte[] key = bytes(mine + ":" + i);
                  store.put(key, key);
                  assertArrayEquals(key, store.get(key));
                }
                return null;
              };
          running.add(pool.submit(task));
        }
        for (Future<Void> future : running) {
          future.get();
        }
        assertEquals(threads * writes, keys(store.scan(null, null)).size());
        assertTrue(
            store.stats().wal().syncs() <= (long) threads * writes + 20, "no sync without a write");
      }
    }
  }

  @Test
  void aClosedScanSaysSo() {
    try (Store store = open()) {
      Scan scan = store.scan(null, null);
      assertFalse(scan.next());
      assertFalse(scan.next());
      scan.close();
      scan.close();
      assertThrows(IllegalStateException.class, scan::next);
    }
  }

  @Test
  void aTimeToLiveMustBePositive() {
    try (Store store = open()) {
      assertThrows(
          IllegalArgumentException.class,
          () -> store.put(bytes("k"), bytes("v"), Duration.ofNanos(5)));
      assertNull(store.get(bytes("k")));
    }
  }
}
