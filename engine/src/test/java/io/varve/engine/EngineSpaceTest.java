package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.block.Compression;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.CrashingFileSystem.Survival;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileOperation;
import io.varve.engine.file.FileSystem;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A disk without room, and flushes that do not keep up: writers are told, nothing breaks, and all
/// goes on by itself.
@Timeout(120)
class EngineSpaceTest {

  private static final Path DIRECTORY = Path.of("/store");

  private static EngineOptions options(FileSystem files, CommitMode mode) {
    return TestOptions.of(
        files, 64 << 10, 64 << 10, 4, Compression.NONE, mode, 1024, SyncPolicy.ALWAYS);
  }

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void aFullDiskRefusesWritesAndTakesThemAgainWhenThereIsRoom(CommitMode mode) {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    System.out.println("EngineSpaceTest " + mode + " seed " + seed);
    String hint = mode + " seed " + seed;
    CrashingFileSystem disk = new CrashingFileSystem();
    WriteHistory history = new WriteHistory(seed, 4_000);
    int refusals = 0;
    try (Engine engine = Engine.open(DIRECTORY, options(disk, mode))) {
      for (int round = 1; round <= 4; round++) {
        disk.setCapacity(round * (1L << 20));
        refusals += writeUntilRefused(engine, history);
        assertNull(engine.failure(), hint);
        engine.writeDurably(new WriteBatch());
        assertEquals(history.lastSequence(), engine.durableSequence(), hint);
        history.assertReads(engine, history.lastSequence(), hint + " while full");
        CrashingFileSystem cut = disk.crashClone(new Survival.Synced());
        cut.setCapacity(Long.MAX_VALUE / 2);
        try (Engine other = Engine.open(DIRECTORY, options(cut, mode))) {
          history.assertHoldsPrefix(other, engine.durableSequence(), hint + " cut while full");
        }
      }
      disk.setCapacity(Long.MAX_VALUE / 2);
      for (int i = 0; i < 100; i++) {
        history.write(engine);
      }
      engine.writeDurably(new WriteBatch());
      engine.awaitQuiet();
      history.assertReads(engine, history.lastSequence(), hint + " with room again");
    }
    try (Engine again = Engine.open(DIRECTORY, options(disk, mode))) {
      history.assertHoldsPrefix(again, history.lastSequence(), hint + " reopened");
    }
    System.out.println("EngineSpaceTest " + mode + ": refused " + refusals + " times, lost 0");
  }

  /// Fills the disk until ten writes in a row are refused.
  private static int writeUntilRefused(Engine engine, WriteHistory history) {
    int refusals = 0;
    while (refusals < 10) {
      try {
        history.write(engine);
        engine.commit();
      } catch (StorageException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("No space left"), e.getMessage());
        refusals++;
      }
    }
    return refusals;
  }

  @Test
  void aStoreOpensOnAFullDiskAndReads() {
    CrashingFileSystem disk = new CrashingFileSystem();
    WriteHistory history = new WriteHistory(5, 2_000);
    try (Engine engine = Engine.open(DIRECTORY, options(disk, CommitMode.INLINE))) {
      for (int i = 0; i < 200; i++) {
        history.write(engine);
      }
    }
    long used = Long.MAX_VALUE / 2 - disk.usableBytes(DIRECTORY);
    // Room for a manifest, none for a segment of the log.
    disk.setCapacity(used + (32 << 10));
    try (Engine engine = Engine.open(DIRECTORY, options(disk, CommitMode.INLINE))) {
      history.assertReads(engine, history.lastSequence(), "full");
      assertTrue(writeUntilRefused(engine, history) > 0);
      disk.setCapacity(Long.MAX_VALUE / 2);
      history.write(engine);
      engine.writeDurably(new WriteBatch());
    }
  }

  @Test
  void putsAreRefusedBelowTheReserveAndTakenAboveIt() throws InterruptedException {
    CrashingFileSystem disk = new CrashingFileSystem();
    disk.setCapacity(4 << 20);
    EngineOptions options =
        options(disk, CommitMode.INLINE).toBuilder().reserveBytes(8 << 20).build();
    try (Engine engine = Engine.open(DIRECTORY, options)) {
      String refusal = engine.findRoomShortage();
      assertNotNull(refusal);
      assertTrue(refusal.contains("kept in reserve"), refusal);
      assertNull(engine.failure());
      disk.setCapacity(64 << 20);
      // The engine looks once a second.
      while (engine.findRoomShortage() != null) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
  }

  @Test
  void aBacklogIsSaidWhenFlushesStandAndItsEndIsTold() throws InterruptedException {
    FaultInjectingFileSystem files = new FaultInjectingFileSystem(new CrashingFileSystem());
    CountDownLatch flushing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch room = new CountDownLatch(1);
    files.add(
        FaultRule.on(FileOperation.CREATE)
            .files(".sst")
            .delay(
                () -> {
                  flushing.countDown();
                  await(goOn);
                }));
    WriteHistory history = new WriteHistory(3, 2_000);
    try (Engine engine = Engine.open(DIRECTORY, options(files, CommitMode.INLINE))) {
      engine.addRoomListener(
          () -> {
            assertFalse(engine.isBacklogged());
            room.countDown();
          });
      while (!engine.isBacklogged()) {
        history.write(engine);
      }
      flushing.await();
      assertEquals(
          options(files, CommitMode.INLINE).sealedMemtablesMax(), engine.stats().sealedMemtables());
      assertTrue(engine.stats().backlogged());
      // Whoever writes all the same is not refused.
      history.write(engine);
      engine.writeDurably(new WriteBatch());
      history.assertReads(engine, history.lastSequence(), "backlogged");
      goOn.countDown();
      assertTrue(room.await(60, TimeUnit.SECONDS), "nobody told of the room");
      engine.awaitFlushed();
      assertFalse(engine.isBacklogged());
      history.assertReads(engine, history.lastSequence(), "flushed");
    }
  }

  @Test
  void aBacklogNeverOutlivesItsCause() {
    CrashingFileSystem disk = new CrashingFileSystem();
    WriteHistory history = new WriteHistory(4, 4_000);
    try (Engine engine = Engine.open(DIRECTORY, options(disk, CommitMode.INLINE))) {
      for (int round = 0; round < 30; round++) {
        for (int i = 0; i < 60; i++) {
          history.write(engine);
        }
        engine.commit();
        engine.awaitFlushed();
        engine.awaitQuiet();
        assertFalse(engine.isBacklogged(), "round " + round);
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
