package io.varve.engine.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.error.CorruptionException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileOperation;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What background work does when the disk does not do what it should.
class BackgroundWorkTest {

  private final CrashingFileSystem memory = new CrashingFileSystem();
  private final FaultInjectingFileSystem files = new FaultInjectingFileSystem(memory);
  private final Map<String, String> model = new TreeMap<>();

  private void write(TableTree tree, int from, int to) {
    for (int i = from; i < to; i++) {
      String key = "key" + i % 300;
      tree.put(key, "value" + i);
      model.put(key, "value" + i);
    }
  }

  private void check(TableTree tree) {
    TableTree.Snapshot snapshot = tree.snapshot();
    assertEquals(model, tree.scan(snapshot));
    tree.release(snapshot);
  }

  private static void awaitFault(TableTree tree, BackgroundFault.Kind kind) {
    while (tree.faults.stream().noneMatch(fault -> fault.kind() == kind)) {
      Thread.onSpinWait();
    }
  }

  @Test
  void flushesOnAFullDiskAreTriedAgainUntilThereIsRoom() {
    try (TableTree tree = new TableTree(files, 4096, 3)) {
      write(tree, 0, 500);
      tree.settle();
      files.add(FaultRule.on(FileOperation.WRITE).files(".sst").noSpace());
      write(tree, 500, 1_000);
      tree.seal();
      awaitFault(tree, BackgroundFault.Kind.FLUSH_DELAYED);
      check(tree);
      files.clearRules();
      tree.settle();
      check(tree);
      awaitFault(tree, BackgroundFault.Kind.RECOVERED);
      assertNoLitter(tree);
    }
  }

  /// No table lies in the directory that the version does not know. The flush thread may be about to
  /// delete some: it has taken them from the list and not yet from the disk, so this waits for it.
  private void assertNoLitter(TableTree tree) {
    tree.versions.deleteObsoleteTables();
    long tables = tree.versions.state().version().tableCount();
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (tableFiles() != tables && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
    assertEquals(tables, tableFiles());
  }

  private long tableFiles() {
    return files.list(TableTree.DIRECTORY).stream().filter(name -> name.endsWith(".sst")).count();
  }

  @Test
  void aFullDiskInTheManifestDelaysAndDoesNotPoison() {
    try (TableTree tree = new TableTree(files, 4096, 3)) {
      write(tree, 0, 500);
      tree.settle();
      // The manifest's name ends in its number.
      for (int digit = 0; digit < 10; digit++) {
        files.add(FaultRule.on(FileOperation.WRITE).files("" + digit).noSpace());
      }
      write(tree, 500, 1_000);
      tree.seal();
      awaitFault(tree, BackgroundFault.Kind.FLUSH_DELAYED);
      files.clearRules();
      tree.settle();
      check(tree);
      assertNoLitter(tree);
    }
  }

  @Test
  void aFailedManifestSyncEndsFlushesAndLosesNothingThatWasInTables() {
    try (TableTree tree = new TableTree(files, 4096, 3)) {
      write(tree, 0, 500);
      tree.settle();
      for (int digit = 0; digit < 10; digit++) {
        files.add(FaultRule.on(FileOperation.SYNC).files("" + digit).failAndLose("EIO"));
      }
      write(tree, 500, 1_000);
      tree.seal();
      awaitFault(tree, BackgroundFault.Kind.MANIFEST_POISONED);
      assertNotNull(tree.versions.poison());
      check(tree);
      // Nothing more will come of the memtable, so nobody waits for it.
      tree.work.awaitQuiet();
    }
  }

  @Test
  void aDamagedTableIsReportedAndLeftAloneWhileTheRestGoesOn() {
    try (TableTree tree = new TableTree(files, 4096, 3)) {
      tree.work.pauseMerges();
      write(tree, 0, 400);
      tree.settle();
      Version version = tree.versions.acquire();
      TableMetadata victim = version.run(0).table(0);
      version.release();
      memory.corrupt(FileNames.sstable(TableTree.DIRECTORY, victim.fileNumber()), 100, 0x10);
      assertThrows(CorruptionException.class, () -> tree.work.compactRange(null, null));
      awaitFault(tree, BackgroundFault.Kind.TABLE_DAMAGED);
      tree.work.resumeMerges();
      write(tree, 400, 2_000);
      tree.settle();
      assertTrue(
          tree.faults.stream()
              .allMatch(fault -> fault.kind() == BackgroundFault.Kind.TABLE_DAMAGED),
          tree.faults.toString());
      assertNotNull(
          Stream.of(tree.versions.state().version())
              .map(now -> now.findTable(0, victim.fileNumber()))
              .findFirst()
              .orElse(null),
          "it stays where it is");
    }
  }

  @Test
  void aReadErrorDelaysAMergeAndTheNextTrySucceeds() {
    try (TableTree tree = new TableTree(files, 4096, 3)) {
      tree.work.pauseMerges();
      write(tree, 0, 6_000);
      tree.settle();
      FaultRule rule = files.add(FaultRule.on(FileOperation.READ).files(".sst").nth(1).fail("EIO"));
      tree.work.resumeMerges();
      tree.work.awaitQuiet();
      assertTrue(rule.seen() > 1);
      assertEquals(BackgroundFault.Kind.MERGE_DELAYED, tree.faults.getFirst().kind());
      assertTrue(tree.work.counters().merges() > 0);
      check(tree);
      assertNoLitter(tree);
    }
  }

  @Test
  void retriesWaitLongerEachTimeHoweverOftenTheBellRings() {
    WakeUp bell = new WakeUp();
    bell.ring();
    long start = System.nanoTime();
    bell.pause(20);
    assertTrue(System.nanoTime() - start >= 20_000_000L, "a ring is no reason to try again");
    bell.end();
    bell.pause(Long.MAX_VALUE);
    Backoff backoff = new Backoff(new BackgroundOptions(1, 100, 350, 1));
    assertEquals(
        List.of(100L, 200L, 350L, 350L), Stream.generate(backoff::failed).limit(4).toList());
    assertTrue(backoff.succeeded());
    assertFalse(backoff.succeeded());
    assertEquals(100, backoff.failed());
  }

  @Test
  void closingEndsAMergeAtItsNextStepAndDeletesItsOutputs() throws InterruptedException {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch closing = new CountDownLatch(1);
    TableTree tree = new TableTree(files, 64 << 10, 3);
    tree.work.pauseMerges();
    write(tree, 0, 20_000);
    tree.settle();
    files.add(
        FaultRule.on(FileOperation.CREATE)
            .files(".sst")
            .delay(
                () -> {
                  writing.countDown();
                  try {
                    closing.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                }));
    Thread compaction =
        Thread.ofPlatform()
            .start(
                () ->
                    assertThrows(RuntimeException.class, () -> tree.work.compactRange(null, null)));
    writing.await();
    tree.pacer.stop();
    closing.countDown();
    int tables = tree.versions.state().version().tableCount();
    compaction.join();
    tree.close();
    assertEquals(
        tables,
        files.list(TableTree.DIRECTORY).stream().filter(name -> name.endsWith(".sst")).count());
    files.clearRules();
    try (TableTree again = new TableTree(files, 64 << 10, 3)) {
      again.work.awaitQuiet();
      check(again);
    }
  }

  @Test
  void oldReadersKeepTheirTablesAndNewOnesDoNotWaitForThem() {
    try (TableTree tree = new TableTree(files, 4096, 3)) {
      write(tree, 0, 500);
      tree.settle();
      TableTree.Snapshot old = tree.snapshot();
      Map<String, String> then = new TreeMap<>(model);
      write(tree, 500, 5_000);
      tree.settle();
      tree.work.compactRange(null, null);
      assertTrue(tree.versions.obsoleteTablesWaiting() > 0);
      assertEquals(then, tree.scan(old));
      check(tree);
      tree.release(old);
      tree.work.compactRange(null, null);
      tree.versions.deleteObsoleteTables();
      assertEquals(0, tree.versions.obsoleteTablesWaiting());
      assertNoLitter(tree);
    }
  }

  @Test
  void countersAddUp() {
    try (TableTree tree = new TableTree(files, 4096, 3)) {
      write(tree, 0, 10_000);
      tree.settle();
      CompactionCounters counters = tree.work.counters();
      assertTrue(counters.flushes() > 10);
      assertTrue(counters.merges() > 0);
      assertTrue(counters.writeAmplification() > 1);
      assertEquals(
          10_000 - tree.versions.state().version().entryCount(), counters.entriesDropped());
      assertEquals(0, counters.running());
      assertFalse(tree.work.debt().excessBytes() > 0);
    }
  }
}
