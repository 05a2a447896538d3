package io.varve.engine.wal;

import static io.varve.engine.wal.Batches.DIRECTORY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.error.EngineException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.CrashingFileSystem.Survival;
import io.varve.engine.wal.Batches.Replayed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Power cuts at every operation on the disk: recovery gives a prefix of what was appended, with all
/// that was acknowledged as safe, and the log goes on from there.
@Timeout(120)
class WalCrashTest {

  private static final int BATCH_BYTES_MAX = 400;

  private static final WalOptions SMALL =
      WalOptions.defaults().withSegmentBytes(8 << 10).withIntervals(1, 1);

  /// What the tables hold durably: everything up to a sequence number, so that segments below a
  /// number are not needed.
  private record Tables(long flushedSequence, long oldestSegment) {}

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void aPowerCutAtAnyOperationKeepsWhatWasAcknowledged(CommitMode mode) {
    long seed = 7;
    CrashingFileSystem files = new CrashingFileSystem();
    files.createDirectories(DIRECTORY);
    RecordingListener listener = new RecordingListener(0);
    Tables[] tables = {new Tables(0, 1)};
    AtomicLong cuts = new AtomicLong();
    List<Throwable> faults = new ArrayList<>();
    Wal wal = Wal.open(files, DIRECTORY, SMALL.withCommitMode(mode), 1, 0, listener);
    // Called with the disk held still, by whichever thread is about to change it.
    files.watch(
        (operation, file) -> {
          long acknowledged = listener.durable();
          Tables durable = tables[0];
          long cut = cuts.incrementAndGet();
          String at = mode + " seed " + seed + " cut " + cut + " before " + operation + " " + file;
          try {
            check(files.crashClone(new Survival.Synced()), durable, acknowledged, at);
            check(files.crashClone(new Survival.Drawn(seed + cut, 50)), durable, acknowledged, at);
          } catch (RuntimeException | AssertionError e) {
            synchronized (faults) {
              faults.add(new AssertionError(at, e));
            }
          }
        });
    Random random = new Random(seed);
    long sequence = 0;
    for (int round = 0; round < 150; round++) {
      for (int i = random.nextInt(8); i >= 0; i--) {
        Batches.append(wal, ++sequence, BATCH_BYTES_MAX);
      }
      wal.commit();
      if (random.nextInt(12) == 0) {
        listener.await(sequence);
        wal.roll();
        synchronized (files) {
          tables[0] = new Tables(sequence, wal.currentSegment());
        }
        wal.releaseUpTo(wal.currentSegment());
      }
    }
    wal.close();
    files.watch(null);
    listener.assertUnbroken();
    assertEquals(List.of(), faults, () -> "first: " + faults.getFirst());
    check(files.crashClone(new Survival.Synced()), tables[0], sequence, mode + " after close");
    System.out.println(
        "WAL, " + mode + ": " + cuts + " operations, two power cuts before each, lost 0");
  }

  @ParameterizedTest
  @CsvSource({
    "ALWAYS,INLINE",
    "ALWAYS,THREADED",
    "EVERY_SECOND,INLINE",
    "EVERY_SECOND,THREADED",
    "NEVER,AUTO"
  })
  void manyLivesOfOneLogNeverLeaveAHole(SyncPolicy policy, CommitMode mode) {
    for (long seed = 0; seed < 12; seed++) {
      liveAndDie(policy, mode, seed);
    }
  }

  /// Opens, writes, loses power in the middle, opens what is left, and so on.
  private static void liveAndDie(SyncPolicy policy, CommitMode mode, long seed) {
    Random random = new Random(seed);
    CrashingFileSystem disk = new CrashingFileSystem();
    disk.createDirectories(DIRECTORY);
    Tables tables = new Tables(0, 1);
    long sequence = 0;
    for (int life = 0; life < 12; life++) {
      String at = policy + " " + mode + " seed " + seed + " life " + life;
      List<Replayed> found = new ArrayList<>();
      WalReplay replay = replay(disk, tables, found, at);
      assertEquals(sequence, replay.lastSequence(), at);
      RecordingListener listener = new RecordingListener(sequence);
      Wal wal =
          Wal.open(
              disk,
              DIRECTORY,
              SMALL.withSyncPolicy(policy).withCommitMode(mode),
              replay.nextSegment(),
              sequence,
              listener);
      wal.releaseUpTo(tables.oldestSegment());
      for (int round = random.nextInt(40); round >= 0; round--) {
        for (int i = random.nextInt(10); i >= 0; i--) {
          Batches.append(wal, ++sequence, BATCH_BYTES_MAX);
        }
        if (round > 0 || random.nextBoolean()) {
          wal.commit();
        }
        if (random.nextInt(15) == 0) {
          wal.commit();
          listener.await(sequence);
          wal.roll();
          tables = new Tables(sequence, wal.currentSegment());
          wal.releaseUpTo(wal.currentSegment());
        }
      }
      long safe = policy == SyncPolicy.ALWAYS ? listener.durable() : wal.syncedSequence();
      boolean died = random.nextInt(3) == 0;
      long told = listener.durable();
      CrashingFileSystem after =
          disk.crashClone(
              died
                  ? new Survival.Everything()
                  : new Survival.Drawn(seed * 100 + life, random.nextInt(101)));
      wal.close();
      listener.assertUnbroken();
      disk = after;
      long last = check(after, tables, died ? told : safe, at + " after the cut");
      sequence = last;
    }
  }

  /// Recovers a disk and holds that nothing is missing.
  ///
  /// @return the last sequence number recovered
  private static long check(CrashingFileSystem after, Tables tables, long acknowledged, String at) {
    List<Replayed> found = new ArrayList<>();
    long last = replay(after, tables, found, at).lastSequence();
    assertTrue(last >= acknowledged, at + ": lost " + (acknowledged - last));
    return last;
  }

  private static WalReplay replay(
      CrashingFileSystem disk, Tables tables, List<Replayed> found, String at) {
    WalReplay replay;
    try {
      replay = Batches.replay(disk, tables.oldestSegment(), tables.flushedSequence(), found);
    } catch (EngineException e) {
      throw new AssertionError(at, e);
    }
    found.removeIf(replayed -> replayed.sequence() <= tables.flushedSequence());
    Batches.assertUnbroken(found, tables.flushedSequence() + 1, BATCH_BYTES_MAX, at);
    assertEquals(tables.flushedSequence() + found.size(), replay.lastSequence(), at);
    return replay;
  }
}
