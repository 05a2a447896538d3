package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.backup.StoreIdentity;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.CrashingFileSystem.Survival;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileOperation;
import io.varve.engine.file.FileSystem;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A checkpoint is a store with everything that was durable when it was asked for.
@Timeout(120)
class CheckpointTest {

  private static final Path STORE = Path.of("/store");
  private static final Path COPY = Path.of("/copy");

  /// Bounds what the writer does on a machine on which the checkpoints take long.
  private static final int BATCHES_MAX = 4_000;

  private final CrashingFileSystem files = new CrashingFileSystem();
  private final long seed = Long.getLong("varve.seed", System.nanoTime());

  @Test
  void itHoldsWhatNoFlushHasSeenAndBothGoOn() {
    WriteHistory history = new WriteHistory(seed, 300);
    try (Engine engine = Engine.open(STORE, TestOptions.small(files))) {
      long before = writeSome(history, engine, 100);
      assertEquals(0, engine.stats().levels().size(), "nothing is flushed");
      assertEquals(before, engine.checkpoint(COPY));
      writeSome(history, engine, 200);
      try (Engine copy = Engine.open(COPY, TestOptions.small(files))) {
        assertEquals(before, copy.lastSequence());
        history.assertReads(copy, before, "the checkpoint, seed " + seed);
        put(copy, "only", "here");
      }
      history.assertReads(engine, history.lastSequence(), "the original");
      assertNull(engine.find(Slice.of("only")));
    }
    try (Engine copy = Engine.open(COPY, TestOptions.small(files))) {
      assertNotNull(copy.find(Slice.of("only")));
    }
  }

  @ParameterizedTest
  @EnumSource(SyncPolicy.class)
  void takenWhileAnotherThreadWritesItIsAPrefixWithAllThatWasAcknowledged(SyncPolicy policy)
      throws InterruptedException {
    System.out.println("CheckpointTest seed " + seed);
    WriteHistory history = new WriteHistory(seed, 1_000);
    EngineOptions options =
        TestOptions.of(
            files, 64 << 10, 64 << 10, 2, Compression.LZ4, CommitMode.THREADED, 1024, policy);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Throwable> failed = new AtomicReference<>();
    List<Path> copies = new ArrayList<>();
    try (Engine engine = Engine.open(STORE, options)) {
      Thread writer =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < BATCHES_MAX && !stop.get(); i++) {
                    while (engine.isBacklogged() && !stop.get()) {
                      Thread.onSpinWait();
                    }
                    history.write(engine);
                    engine.commit();
                  }
                } catch (Throwable e) {
                  failed.set(e);
                }
              });
      writer.start();
      for (int i = 0; i < 15; i++) {
        long acknowledged = engine.durableSequence();
        Path path = Path.of("/copy" + i);
        long sequence = engine.checkpoint(path);
        assertTrue(sequence >= acknowledged, sequence + " < " + acknowledged);
        copies.add(path);
        try (Engine copy = Engine.open(path, options)) {
          assertEquals(sequence, copy.durableSequence());
        }
      }
      stop.set(true);
      writer.join();
      assertNull(failed.get());
    }
    for (Path path : copies) {
      try (Engine copy = Engine.open(path, options)) {
        history.assertHoldsPrefix(copy, 0, path + " seed " + seed);
      }
    }
  }

  @Test
  void whateverACrashLeavesOfItIsWholeOrDoesNotOpen() {
    System.out.println("CheckpointTest seed " + seed);
    WriteHistory history = new WriteHistory(seed, 2_000);
    record Cut(CrashingFileSystem disk, String at) {}
    List<Cut> cuts = new ArrayList<>();
    SplittableRandom draws = new SplittableRandom(seed);
    long acknowledged;
    try (Engine engine = Engine.open(STORE, TestOptions.small(files))) {
      writeSome(history, engine, 150);
      engine.sealMemtable();
      engine.awaitQuiet();
      acknowledged = writeSome(history, engine, 30);
      files.watch(
          (operation, file) -> {
            for (int i = 0; i < 3; i++) {
              Survival survival =
                  switch (draws.nextInt(3)) {
                    case 0 -> new Survival.Synced();
                    case 1 -> new Survival.Everything();
                    default -> new Survival.Drawn(draws.nextLong(), draws.nextInt(101));
                  };
              cuts.add(new Cut(files.crashClone(survival), operation + " " + file));
            }
          });
      engine.checkpoint(COPY);
      files.watch(null);
      cuts.add(new Cut(files.crashClone(new Survival.Synced()), "the end"));
    }
    int opened = 0;
    for (Cut cut : cuts) {
      String hint = "seed " + seed + " before " + cut.at();
      if (cut.disk().exists(COPY) && !cut.disk().list(COPY).isEmpty()) {
        boolean complete = cut.disk().exists(FileNames.current(COPY));
        try (Engine copy = Engine.open(COPY, TestOptions.small(cut.disk()))) {
          history.assertHoldsPrefix(copy, acknowledged, hint);
          opened++;
        } catch (EngineException refused) {
          assertTrue(!complete, () -> hint + ": " + refused);
        }
      }
      try (Engine engine = Engine.open(STORE, TestOptions.small(cut.disk()))) {
        history.assertHoldsPrefix(engine, acknowledged, hint + ", the original");
      }
    }
    assertTrue(opened > 0, "the last one opens");
    System.out.println("checkpoint crashes: " + cuts.size() + ", opened " + opened + ", half 0");
  }

  @Test
  void whereLinksDoNotReachTheErrorSaysWhatToDo() {
    FaultInjectingFileSystem faulty = new FaultInjectingFileSystem(files);
    try (Engine engine = Engine.open(STORE, TestOptions.small(faulty))) {
      put(engine, "a", "1");
      engine.sealMemtable();
      engine.awaitFlushed();
      faulty.add(FaultRule.on(FileOperation.LINK).fail("Invalid cross-device link"));
      StorageException refused =
          assertThrows(StorageException.class, () -> engine.checkpoint(COPY));
      assertTrue(refused.getMessage().contains("file system of the store"), refused.getMessage());
      assertThrows(EngineException.class, () -> Engine.open(COPY, TestOptions.small(files)));
      faulty.clearRules();
      put(engine, "a", "2");
    }
  }

  @Test
  void aFaultWhileItIsMadeHarmsNothing() {
    for (FileOperation operation :
        List.of(
            FileOperation.CREATE,
            FileOperation.WRITE,
            FileOperation.SYNC,
            FileOperation.SYNC_DIRECTORY,
            FileOperation.RENAME,
            FileOperation.LINK)) {
      for (int nth = 1; nth <= 3; nth++) {
        CrashingFileSystem disk = new CrashingFileSystem();
        FaultInjectingFileSystem faulty = new FaultInjectingFileSystem(disk);
        WriteHistory history = new WriteHistory(seed, 300);
        try (Engine engine = Engine.open(STORE, TestOptions.small(faulty))) {
          writeSome(history, engine, 50);
          engine.sealMemtable();
          engine.awaitQuiet();
          writeSome(history, engine, 20);
          FaultRule.Draft draft = FaultRule.on(operation);
          // In the store itself, that would be the end of its log.
          boolean ofDirectory = operation == FileOperation.SYNC_DIRECTORY;
          FaultRule rule =
              faulty.add(
                  (ofDirectory ? draft.files("copy") : draft).nth(nth).fail("Input/output error"));
          try {
            engine.checkpoint(COPY);
          } catch (EngineException expected) {
            if (!disk.exists(FileNames.current(COPY))) {
              assertThrows(EngineException.class, () -> openedAndClosed(disk, COPY));
            }
          }
          assertNotNull(rule);
          faulty.clearRules();
          writeSome(history, engine, 20);
          engine.checkpoint(Path.of("/another"));
        }
        try (Engine another = Engine.open(Path.of("/another"), TestOptions.small(disk))) {
          history.assertHoldsPrefix(another, history.lastSequence(), operation + " " + nth);
        }
      }
    }
  }

  private static void openedAndClosed(FileSystem disk, Path path) {
    if (disk.list(path).isEmpty()) {
      throw new StorageException("open", path.toString(), "it is empty");
    }
    Engine.open(path, TestOptions.small(disk)).close();
  }

  @Test
  void aCopyIsTheSameStoreOnAnotherTimeline() {
    StoreIdentity original;
    long sequence;
    try (Engine engine = Engine.open(STORE, TestOptions.small(files))) {
      put(engine, "a", "1");
      original = engine.identity();
      sequence = engine.checkpoint(COPY);
    }
    StoreIdentity first;
    try (Engine copy = Engine.open(COPY, TestOptions.small(files))) {
      first = copy.identity();
    }
    assertEquals(original.storeId(), first.storeId());
    assertNotEquals(original.timeline(), first.timeline());
    assertEquals(original.timeline(), first.parentTimeline());
    assertEquals(sequence, first.parentSequence());
    try (Engine copy = Engine.open(COPY, TestOptions.small(files));
        Engine engine = Engine.open(STORE, TestOptions.small(files))) {
      assertEquals(first, copy.identity(), "only the first opening is a fork");
      assertEquals(original, engine.identity());
    }
  }

  private static long writeSome(WriteHistory history, Engine engine, int batches) {
    for (int i = 0; i < batches; i++) {
      history.write(engine);
      engine.commit();
    }
    engine.writeDurably(new WriteBatch());
    return history.lastSequence();
  }

  private static void put(Engine engine, String key, String value) {
    WriteBatch batch = new WriteBatch();
    batch.put(Slice.of(key), Slice.of(value));
    engine.writeDurably(batch);
  }
}
