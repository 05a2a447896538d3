package io.varve.engine.wal;

import static io.varve.engine.wal.Batches.DIRECTORY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.IncompatibleFormatException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.CrashingFileSystem.Survival;
import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileOperation;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.WritableFile;
import io.varve.engine.record.RecordWriter;
import io.varve.engine.wal.Batches.Replayed;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class WalTest {

  /// Inline unless a test says otherwise: what a commit did is to be seen when it returns.
  private static final WalOptions SMALL =
      WalOptions.defaults()
          .withCommitMode(CommitMode.INLINE)
          .withSegmentBytes(16 << 10)
          .withIntervals(5, 5);

  private final CrashingFileSystem files = new CrashingFileSystem();
  private final FaultInjectingFileSystem faulty = new FaultInjectingFileSystem(files);
  private final RecordingListener listener = new RecordingListener(0);

  @TempDir Path temporary;

  @BeforeEach
  void makeDirectory() {
    files.createDirectories(DIRECTORY);
  }

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void whatIsCommittedIsReplayedInOrder(CommitMode mode) {
    try (Wal wal = open(files, SMALL.withCommitMode(mode))) {
      for (long sequence = 1; sequence <= 2_000; sequence++) {
        Batches.append(wal, sequence, 300);
        if (sequence % 7 == 0) {
          wal.commit();
        }
        if (sequence % 500 == 0) {
          wal.roll();
        }
      }
    }
    listener.assertUnbroken();
    assertEquals(2_000, listener.durable());
    assertReplays(2_000, 300);
  }

  @ParameterizedTest
  @EnumSource(SyncPolicy.class)
  void closeMakesEverythingDurableWhateverThePolicy(SyncPolicy policy) {
    Wal wal = open(files, SMALL.withSyncPolicy(policy));
    for (long sequence = 1; sequence <= 300; sequence++) {
      Batches.append(wal, sequence, 300);
      wal.commit();
    }
    Batches.append(wal, 301, 300);
    wal.close();
    wal.close();
    CrashingFileSystem after = files.crashClone(new Survival.Synced());
    List<Replayed> found = Batches.replayAll(after);
    Batches.assertUnbroken(found, 1, 300, "after close");
    assertEquals(301, found.size());
    assertThrows(IllegalStateException.class, () -> Batches.append(wal, 302, 300));
    assertNoThreadIsLeft();
  }

  @Test
  void itWorksOnTheRealDisk() {
    DiskFileSystem disk = new DiskFileSystem();
    RecordingListener told = new RecordingListener(10);
    try (Wal wal = Wal.open(disk, temporary, SMALL, 3, 10, told)) {
      for (long sequence = 11; sequence <= 500; sequence++) {
        Batches.append(wal, sequence, 500);
        wal.commit();
        if (sequence % 100 == 0) {
          wal.roll();
          wal.releaseUpTo(wal.currentSegment() - 1);
        }
      }
    }
    assertEquals(500, told.durable());
    List<Replayed> found = new ArrayList<>();
    WalReplay replay =
        WalReader.replay(
            disk,
            temporary,
            0,
            490,
            (_, sequence, batch) -> found.add(new Replayed(sequence, batch.toByteArray())));
    assertEquals(500, replay.lastSequence());
    Batches.assertUnbroken(found, found.getFirst().sequence(), 500, "disk");
  }

  @Test
  void commitsDuringASyncGoTogetherIntoTheNext() {
    CountDownLatch firstSyncRuns = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Wal wal =
        open(faulty, SMALL.withCommitMode(CommitMode.THREADED).withSyncPolicy(SyncPolicy.ALWAYS));
    faulty.add(
        FaultRule.on(FileOperation.SYNC)
            .files(".wal")
            .nth(1)
            .delay(
                () -> {
                  firstSyncRuns.countDown();
                  await(goOn);
                }));
    Batches.append(wal, 1, 100);
    wal.commit();
    await(firstSyncRuns);
    for (long sequence = 2; sequence <= 50; sequence++) {
      Batches.append(wal, sequence, 100);
      wal.commit();
    }
    assertEquals(0, listener.durable());
    assertTrue(wal.pendingBytes() > 0);
    goOn.countDown();
    listener.await(50);
    assertEquals(List.of(1L, 50L), listener.told());
    wal.close();
    assertEquals(0, wal.pendingBytes());
    assertReplays(50, 100);
  }

  @Test
  void slowSyncsMoveTheWorkToTheSyncerAndFastOnesBack() {
    AtomicLong clock = new AtomicLong();
    AtomicLong syncNanos = new AtomicLong(10_000_000);
    faulty.add(
        FaultRule.on(FileOperation.SYNC)
            .files(".wal")
            .delay(() -> clock.addAndGet(syncNanos.get())));
    WalOptions options = SMALL.withCommitMode(CommitMode.AUTO);
    Wal wal = Wal.open(faulty, DIRECTORY, options, 1, 0, listener, clock::get);
    long sequence = 0;
    for (int i = 0; i < 20; i++) {
      Batches.append(wal, ++sequence, 100);
      wal.commit();
      listener.await(sequence);
    }
    long threaded = wal.counters().threadedGroups();
    assertTrue(threaded >= 18, "groups of the syncer: " + threaded);
    syncNanos.set(20_000);
    // The mean forgets slowly, and what prepares segments in the background moves the clock, too.
    long inline = 0;
    for (int i = 0; i < 5_000 && inline <= 100; i++) {
      Batches.append(wal, ++sequence, 100);
      wal.commit();
      listener.await(sequence);
      inline = wal.counters().groups() - wal.counters().threadedGroups();
    }
    assertTrue(inline > 100, "groups written inline: " + inline);
    // Now without waiting for each, so that groups are under way when the mode changes.
    for (int i = 0; i < 2_000; i++) {
      syncNanos.set(i / 100 % 2 == 0 ? 10_000 : 3_000_000);
      Batches.append(wal, ++sequence, 100);
      wal.commit();
    }
    wal.close();
    listener.assertUnbroken();
    assertEquals(sequence, listener.durable());
    assertReplays(sequence, 100);
  }

  @Test
  void releasedSegmentsAreRecycledAndTheirOldRecordsNeverShow() {
    Wal wal = open(files, SMALL);
    long sequence = 0;
    for (int life = 0; life < 20; life++) {
      long recycled = wal.counters().segmentsRecycled();
      long prepared = wal.counters().segmentsPrepared();
      // Fill more than one segment, so that the released ones have records to their end.
      for (int i = 0; i < 200; i++) {
        Batches.append(wal, ++sequence, 300);
        wal.commit();
      }
      wal.roll();
      wal.releaseUpTo(wal.currentSegment());
      long floor = wal.currentSegment();
      long flushed = sequence;
      Batches.append(wal, ++sequence, 300);
      wal.commit();
      List<Replayed> found = new ArrayList<>();
      CrashingFileSystem after = files.crashClone(new Survival.Everything());
      WalReplay replay = Batches.replay(after, floor, flushed, found);
      Batches.assertUnbroken(found, flushed + 1, 300, "life " + life);
      assertEquals(sequence, replay.lastSequence());
      if (life > 2) {
        until(
            () ->
                wal.counters().segmentsRecycled() > recycled
                    || wal.counters().segmentsPrepared() > prepared);
      }
    }
    assertTrue(wal.counters().segmentsRecycled() > 0);
    assertTrue(files.list(DIRECTORY).size() < 12, files.list(DIRECTORY).toString());
    wal.close();
  }

  @Test
  void aRolledEmptySegmentStaysTheSame() {
    Wal wal = open(files, SMALL);
    long first = wal.currentSegment();
    wal.roll();
    assertEquals(first, wal.currentSegment());
    Batches.append(wal, 1, 100);
    wal.roll();
    long second = wal.currentSegment();
    assertTrue(second > first);
    wal.roll();
    assertEquals(second, wal.currentSegment());
    List<Long> segments = new ArrayList<>();
    Batches.append(wal, 2, 100);
    wal.close();
    WalReader.replay(files, DIRECTORY, 0, 0, (segment, _, _) -> segments.add(segment));
    assertEquals(List.of(first, second), segments);
  }

  @Test
  void aBatchLargerThanASegmentGoesThrough() {
    byte[] huge = new byte[300 << 10];
    java.util.Arrays.fill(huge, (byte) 7);
    try (Wal wal = open(files, SMALL)) {
      Batches.append(wal, 1, 100);
      wal.append(Slice.of(huge), 2);
      Batches.append(wal, 3, 100);
      wal.commit();
    }
    List<Replayed> found = Batches.replayAll(files);
    assertEquals(3, found.size());
    assertEquals(huge.length, found.get(1).bytes().length);
  }

  @Test
  void sequenceNumbersMustAscendAndNumbersOfSegmentsMustBeNew() {
    Wal wal = open(files, SMALL);
    Batches.append(wal, 5, 10);
    assertThrows(IllegalArgumentException.class, () -> Batches.append(wal, 5, 10));
    wal.close();
    assertThrows(
        IllegalArgumentException.class, () -> Wal.open(files, DIRECTORY, SMALL, 1, 5, listener));
  }

  @Test
  void reopeningContinuesAndReleasesWhatWasLeft() {
    long sequence = 0;
    for (int life = 0; life < 5; life++) {
      List<Replayed> found = new ArrayList<>();
      WalReplay replay = Batches.replay(files, 0, 0, found);
      Batches.assertUnbroken(found, 1, 100, "life " + life);
      assertEquals(sequence, replay.lastSequence());
      RecordingListener told = new RecordingListener(sequence);
      try (Wal wal = Wal.open(files, DIRECTORY, SMALL, replay.nextSegment(), sequence, told)) {
        for (int i = 0; i < 100; i++) {
          Batches.append(wal, ++sequence, 100);
          wal.commit();
        }
      }
    }
    WalReplay replay = Batches.replay(files, 0, 0, new ArrayList<>());
    Wal wal =
        Wal.open(
            files,
            DIRECTORY,
            SMALL,
            replay.nextSegment(),
            sequence,
            new RecordingListener(sequence));
    wal.releaseUpTo(wal.currentSegment());
    wal.roll();
    until(() -> files.list(DIRECTORY).stream().noneMatch(n -> n.startsWith("000001")));
    wal.close();
    assertEquals(0, Batches.replayAll(files).size());
  }

  @Test
  void everySecondSyncsInTheBackgroundAndKnowsTheOldestUnsyncedWrite() {
    Wal wal = open(files, SMALL.withSyncPolicy(SyncPolicy.EVERY_SECOND));
    assertEquals(0, wal.oldestUnsyncedNanos());
    Batches.append(wal, 1, 100);
    wal.commit();
    assertEquals(1, listener.durable());
    until(() -> wal.syncedSequence() == 1 && wal.oldestUnsyncedNanos() == 0);
    CrashingFileSystem after = files.crashClone(new Survival.Synced());
    assertEquals(1, Batches.replayAll(after).size());
    wal.close();
    assertNoThreadIsLeft();
  }

  @Test
  void neverSyncsOnlyOnClose() {
    Wal wal = open(files, SMALL.withSyncPolicy(SyncPolicy.NEVER));
    Batches.append(wal, 1, 100);
    wal.commit();
    assertEquals(1, listener.durable());
    assertEquals(0, wal.syncedSequence());
    assertTrue(wal.oldestUnsyncedNanos() > 0);
    wal.close();
    assertEquals(1, wal.syncedSequence());
  }

  @Test
  void appendsAllocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Wal wal =
        open(
            files,
            WalOptions.defaults()
                .withCommitMode(CommitMode.INLINE)
                .withSyncPolicy(SyncPolicy.NEVER));
    Slice batch = Slice.of(new byte[100]);
    long sequence = 0;
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1_000; i++) {
        wal.append(batch, ++sequence);
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      wal.commit();
    }
    wal.close();
    assertTrue(least < 1_000, least + " bytes for 1000 appends");
  }

  @Test
  void countersCountWhatHappened() {
    Wal wal = open(files, SMALL);
    for (long sequence = 1; sequence <= 10; sequence++) {
      wal.append(Slice.of(new byte[10]), sequence);
      if (sequence % 5 == 0) {
        wal.commit();
      }
    }
    WalCounters counters = wal.counters();
    assertEquals(10, counters.appends());
    assertEquals(100, counters.appendedBytes());
    assertEquals(2, counters.groups());
    assertEquals(2, counters.syncs());
    long inBuckets = 0;
    for (long count : counters.syncCounts()) {
      inBuckets += count;
    }
    assertEquals(2, inBuckets);
    assertEquals(counters.writtenBytes(), wal.liveBytes());
    assertNull(wal.failure());
    wal.close();
  }

  @Test
  void optionsHaveTheDocumentedDefaults() {
    WalOptions defaults = WalOptions.defaults();
    assertEquals(SyncPolicy.ALWAYS, defaults.syncPolicy());
    assertEquals(CommitMode.AUTO, defaults.commitMode());
    assertEquals(64L << 20, defaults.segmentBytes());
    assertEquals(1L << 20, defaults.firstSegmentBytes());
    assertEquals(1, defaults.spareSegments());
    assertEquals(3, defaults.reusableSegmentsMax());
    assertEquals(1_000, defaults.syncIntervalMillis());
    assertEquals(1_000, defaults.retryMillis());
    assertEquals(250_000, defaults.inlineNanosMax());
    assertThrows(IllegalArgumentException.class, () -> defaults.withSegmentBytes(10));
  }

  @Test
  void aLogOfTheFirstVersionIsReadAndALaterOneRefused() {
    for (int version = 1; version <= 3; version++) {
      Path folder = Path.of("/v" + version);
      files.createDirectories(folder);
      try (WritableFile file = files.create(FileNames.wal(folder, 1))) {
        RecordWriter records = new RecordWriter(file, 1);
        GrowableBuffer header = new GrowableBuffer(64);
        WalFormat.encodeHeader(new WalFormat.SegmentHeader(1, 0, 0), header);
        header.segment().set(Layouts.BYTE, 5, (byte) version);
        records.append(header.slice());
        GrowableBuffer batch = new GrowableBuffer(64);
        batch.putByte(WalFormat.BATCH);
        batch.putVarint(7);
        batch.putBytes(Slice.of("a batch"));
        records.append(batch.slice());
        records.finish();
      }
      if (version > WalFormat.VERSION) {
        assertThrows(
            IncompatibleFormatException.class,
            () -> WalReader.replay(files, folder, 0, 0, (_, _, _) -> {}));
      } else {
        assertEquals(7, WalReader.replay(files, folder, 0, 0, (_, _, _) -> {}).lastSequence());
      }
    }
  }

  @Test
  void timesAreWrittenOncePerMillisecondAndNeverGoBack() {
    AtomicLong millis = new AtomicLong(5);
    List<Long> times = new ArrayList<>();
    WalOptions options = SMALL.withClock(() -> Instant.ofEpochMilli(millis.get()));
    try (Wal wal = open(files, options)) {
      for (long now : new long[] {5, 5, 9, 3, 9, 10}) {
        millis.set(now);
        wal.append(Slice.of("batch"), wal.appendedSequence() + 1);
        wal.commit();
      }
    }
    WalReader.replay(
        files,
        DIRECTORY,
        0,
        0,
        new WalConsumer() {
          @Override
          public void batch(long segment, long lastSequence, Slice batch) {}

          @Override
          public void time(long told) {
            times.add(told);
          }
        });
    assertEquals(List.of(5L, 9L, 10L), times);
  }

  private Wal open(FileSystem on, WalOptions options) {
    return Wal.open(on, DIRECTORY, options, 1, 0, listener);
  }

  private void assertReplays(long count, int sizeMax) {
    List<Replayed> found = Batches.replayAll(files);
    Batches.assertUnbroken(found, 1, sizeMax, "replay");
    assertEquals(count, found.size());
  }

  private static void assertNoThreadIsLeft() {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      assertFalse(thread.getName().startsWith("varve-wal"), thread.getName());
    }
  }

  /// Waits for another thread to do its work.
  private static void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
