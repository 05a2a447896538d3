package io.varve.engine.wal;

import static io.varve.engine.wal.Batches.DIRECTORY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.CrashingFileSystem.Survival;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileOperation;
import io.varve.engine.wal.Batches.Replayed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Failing disks: what was acknowledged stays true, and what failed is never tried again.
@Timeout(120)
class WalFaultTest {

  /// Inline unless a test says otherwise: what a commit did is to be seen when it returns.
  private static final WalOptions SMALL =
      WalOptions.defaults()
          .withCommitMode(CommitMode.INLINE)
          .withSegmentBytes(16 << 10)
          .withIntervals(2, 2);

  private final CrashingFileSystem files = new CrashingFileSystem();
  private final FaultInjectingFileSystem faulty = new FaultInjectingFileSystem(files);
  private final RecordingListener listener = new RecordingListener(0);

  @BeforeEach
  void makeDirectory() {
    files.createDirectories(DIRECTORY);
  }

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void aFailedSyncPoisonsAndIsNeverRetried(CommitMode mode) {
    Wal wal = open(SMALL.withCommitMode(mode));
    FaultRule rule =
        faulty.add(
            FaultRule.on(FileOperation.SYNC)
                .files(".wal")
                .nth(3)
                .failAndLose("Input/output error"));
    for (long sequence = 1; sequence <= 2; sequence++) {
      Batches.append(wal, sequence, 100);
      wal.commit();
      listener.await(sequence);
    }
    Batches.append(wal, 3, 100);
    wal.commit();
    listener.await(3);
    EngineException failure = listener.failure();
    assertNotNull(failure);
    assertTrue(failure.getMessage().contains("000001.wal"), failure.getMessage());
    assertEquals(failure, wal.failure());
    StorageException refused =
        assertThrows(StorageException.class, () -> Batches.append(wal, 4, 100));
    assertTrue(refused.getMessage().contains("Input/output error"), refused.getMessage());
    wal.close();
    assertEquals(2, listener.durable());
    assertEquals(2, wal.durableSequence());
    assertEquals(3, rule.seen(), "syncs of the log");
    listener.assertUnbroken();
    List<Replayed> found = Batches.replayAll(files.crashClone(new Survival.Synced()));
    Batches.assertUnbroken(found, 1, 100, "after the fault");
    assertEquals(2, found.size());
  }

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void aFailedOrPartialWritePoisons(CommitMode mode) {
    Wal wal = open(SMALL.withCommitMode(mode).withSpareSegments(0));
    Batches.append(wal, 1, 100);
    wal.commit();
    listener.await(1);
    faulty.add(FaultRule.on(FileOperation.WRITE).files(".wal").nth(1).partialWrite(20, "EIO"));
    Batches.append(wal, 2, 100);
    wal.commit();
    listener.await(2);
    assertNotNull(listener.failure());
    assertThrows(StorageException.class, () -> Batches.append(wal, 3, 100));
    wal.close();
    assertEquals(1, listener.durable());
    assertEquals(1, Batches.replayAll(files.crashClone(new Survival.Everything())).size());
  }

  @Test
  void aFailedBackgroundSyncPoisons() {
    Wal wal = open(SMALL.withSyncPolicy(SyncPolicy.EVERY_SECOND));
    FaultRule rule =
        faulty.add(FaultRule.on(FileOperation.SYNC).files(".wal").nth(1).failAndLose("EIO"));
    Batches.append(wal, 1, 100);
    wal.commit();
    assertEquals(1, listener.durable());
    listener.await(Long.MAX_VALUE);
    assertThrows(StorageException.class, () -> Batches.append(wal, 2, 100));
    assertEquals(0, wal.syncedSequence());
    wal.close();
    assertEquals(1, rule.seen(), "syncs of the log");
    listener.assertUnbroken();
  }

  @Test
  void nothingIsAcknowledgedInASegmentWhoseNameIsNotDurable() {
    Wal wal = open(SMALL.withSpareSegments(0));
    Batches.append(wal, 1, 100);
    wal.commit();
    wal.roll();
    faulty.add(FaultRule.on(FileOperation.SYNC_DIRECTORY).fail("EIO"));
    Batches.append(wal, 2, 100);
    wal.commit();
    assertNotNull(listener.failure());
    assertEquals(1, listener.durable());
    wal.close();
    assertEquals(1, Batches.replayAll(files.crashClone(new Survival.Synced())).size());
  }

  @Test
  void everyAcknowledgementInANewSegmentSurvivesThatMoment() {
    Wal wal = open(SMALL.withSpareSegments(0));
    for (long sequence = 1; sequence <= 20; sequence++) {
      Batches.append(wal, sequence, 100);
      wal.commit();
      wal.roll();
      assertEquals(sequence, listener.durable());
      List<Replayed> found = Batches.replayAll(files.crashClone(new Survival.Synced()));
      assertEquals(sequence, found.size());
    }
    wal.close();
    assertTrue(wal.counters().segmentsUnprepared() > 10);
  }

  @Test
  void aDirectoryThatCannotBeSyncedDuringPreparationPoisons() {
    faulty.add(FaultRule.on(FileOperation.SYNC_DIRECTORY).nth(2).fail("EIO"));
    Wal wal = open(SMALL);
    listener.await(Long.MAX_VALUE);
    assertThrows(StorageException.class, () -> Batches.append(wal, 1, 100));
    wal.close();
  }

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void aFullDiskRefusesWithoutPoisonAndWritesResumeByThemselves(CommitMode mode) {
    files.setCapacity(100 << 10);
    Wal wal = open(SMALL.withCommitMode(mode));
    long accepted = 0;
    StorageException refusal = null;
    while (refusal == null) {
      try {
        Batches.append(wal, accepted + 1, 1_000);
        accepted++;
        wal.commit();
      } catch (StorageException e) {
        refusal = e;
      }
    }
    listener.await(accepted);
    assertNull(wal.failure());
    assertTrue(refusal.getMessage().contains("No space left"), refusal.getMessage());
    assertTrue(accepted > 100, accepted + " batches");
    assertTrue(wal.counters().refusals() > 0);
    for (int i = 0; i < 50; i++) {
      long next = accepted + 1;
      assertThrows(StorageException.class, () -> wal.append(Slice.of(new byte[5_000]), next));
    }
    files.setCapacity(10 << 20);
    for (int i = 0; i < 200; i++) {
      Batches.append(wal, ++accepted, 1_000);
      wal.commit();
    }
    wal.close();
    assertNull(wal.failure());
    listener.assertUnbroken();
    List<Replayed> found = Batches.replayAll(files.crashClone(new Survival.Synced()));
    Batches.assertUnbroken(found, 1, 1_000, "after the full disk");
    assertEquals(accepted, found.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"WRITE", "CREATE"})
  void aDiskThatIsFullAtTheStartRefusesWritesAndNotTheOpening(FileOperation operation) {
    faulty.add(FaultRule.on(operation).noSpace());
    Wal wal = open(SMALL);
    assertThrows(StorageException.class, () -> Batches.append(wal, 1, 100));
    assertNull(wal.failure());
    faulty.clearRules();
    Batches.append(wal, 1, 100);
    wal.commit();
    wal.close();
    assertEquals(1, listener.durable());
    assertEquals(1, Batches.replayAll(files.crashClone(new Survival.Synced())).size());
  }

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void aListenerThatThrowsStopsTheLog(CommitMode mode) {
    boolean[] failed = new boolean[1];
    DurabilityListener broken =
        new DurabilityListener() {
          @Override
          public void durable(long sequence) {
            throw new IllegalStateException("a bug");
          }

          @Override
          public void failed(EngineException cause) {
            failed[0] = true;
          }
        };
    Wal wal = Wal.open(faulty, DIRECTORY, SMALL.withCommitMode(mode), 1, 0, broken);
    Batches.append(wal, 1, 100);
    wal.commit();
    try {
      wal.close();
    } catch (StorageException e) {
      assertTrue(e.getMessage().contains("a bug"), e.getMessage());
    }
    assertTrue(failed[0]);
    assertNotNull(wal.failure());
  }

  @Test
  void aFailedPreparationIsTriedAgain() {
    FaultRule rule = faulty.add(FaultRule.on(FileOperation.SYNC).files(".tmp").nth(1).fail("EIO"));
    Wal wal = open(SMALL);
    while (wal.counters().segmentsPrepared() == 0) {
      Thread.onSpinWait();
    }
    assertTrue(rule.seen() >= 2);
    assertNull(wal.failure());
    wal.close();
  }

  @Test
  void aReadErrorDuringReplayIsAnErrorAndNoEnd() {
    Wal wal = open(SMALL);
    for (long sequence = 1; sequence <= 100; sequence++) {
      Batches.append(wal, sequence, 1_000);
      wal.commit();
    }
    wal.close();
    FaultRule reads = faulty.add(FaultRule.on(FileOperation.READ).delay(() -> {}));
    List<Replayed> whole = Batches.replayAll(faulty);
    assertEquals(100, whole.size());
    long count = reads.seen();
    for (long n = 1; n <= count; n++) {
      faulty.clearRules();
      faulty.add(FaultRule.on(FileOperation.READ).nth(n).fail("EIO"));
      assertThrows(StorageException.class, () -> Batches.replayAll(faulty));
    }
  }

  @Test
  void whatAnEarlierProcessLeftIsSyncedBeforeTheLogGoesOn() {
    Wal first = open(SMALL.withSyncPolicy(SyncPolicy.NEVER));
    Batches.append(first, 1, 100);
    first.commit();
    CrashingFileSystem disk = files.crashClone(new Survival.Everything());
    first.close();
    WalReplay replay = Batches.replay(disk, 0, 0, new ArrayList<>());
    FaultInjectingFileSystem failing = new FaultInjectingFileSystem(disk);
    failing.add(FaultRule.on(FileOperation.SYNC).files("000001.wal").fail("EIO"));
    assertThrows(
        StorageException.class,
        () ->
            Wal.open(failing, DIRECTORY, SMALL, replay.nextSegment(), 1, new RecordingListener(1)));
  }

  private Wal open(WalOptions options) {
    return Wal.open(faulty, DIRECTORY, options, 1, 0, listener);
  }
}
