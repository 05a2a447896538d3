package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.backup.BackupDirectory;
import io.varve.engine.backup.BackupManifest;
import io.varve.engine.backup.LogArchive;
import io.varve.engine.backup.Restore;
import io.varve.engine.backup.RestorePoint;
import io.varve.engine.backup.StoreIdentity;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.CrashingFileSystem.Survival;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileOperation;
import io.varve.engine.file.FileSystem;
import io.varve.engine.wal.SyncPolicy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// From a backup and the archived log the store comes back as it was at any moment.
@Timeout(180)
class PointInTimeTest {

  private static final Path STORE = Path.of("/store");
  private static final Path BACKUPS = Path.of("/backups");
  private static final Path ARCHIVE = Path.of("/archive");
  private static final long BACKLOG_BYTES = 512 << 10;

  private final CrashingFileSystem files = new CrashingFileSystem();
  private final LogArchive archive = new LogArchive(files, ARCHIVE);
  private final long seed = Long.getLong("varve.seed", System.nanoTime());
  private final WriteHistory history = new WriteHistory(seed, 1_000);
  private final AtomicLong clock = new AtomicLong(1_000_000);
  private int restores;

  private EngineOptions options(FileSystem on) {
    return TestOptions.small(on).toBuilder()
        .clock(() -> Instant.ofEpochMilli(clock.get()))
        .walArchive(new ArchiveOptions(ARCHIVE, 20, BACKLOG_BYTES))
        .build();
  }

  private long writeSome(Engine engine, int batches) {
    for (int i = 0; i < batches; i++) {
      history.write(engine);
      engine.commit();
    }
    engine.writeDurably(new WriteBatch());
    return history.lastSequence();
  }

  private BackupManifest backup(Engine engine) {
    try (BackupDirectory backups = BackupDirectory.create(files, BACKUPS)) {
      return engine.backup(backups);
    }
  }

  private Restore.Restored restore(
      FileSystem on, RestorePoint point, Path target, @Nullable String timeline) {
    LogArchive from = new LogArchive(on, ARCHIVE);
    try (BackupDirectory backups = BackupDirectory.open(on, BACKUPS)) {
      BackupManifest base = backups.choose(point, from, timeline);
      return backups.restore(base, target, point, from, timeline);
    }
  }

  private Path freshTarget() {
    return Path.of("/restored" + restores++);
  }

  /// Restores without touching what the archive holds.
  private long assertRestoresPrefix(FileSystem on, RestorePoint point, @Nullable String timeline) {
    Path target = freshTarget();
    Restore.Restored restored = restore(on, point, target, timeline);
    try (Engine engine = Engine.open(target, TestOptions.small(on))) {
      String hint = "seed " + seed + " to " + point;
      assertEquals(restored.sequence(), engine.durableSequence(), hint);
      history.assertHoldsPrefix(engine, 0, hint);
    }
    return restored.sequence();
  }

  @Test
  void everySequenceNumberOfAHistoryComesBackAsTheModelHasIt() {
    System.out.println("PointInTimeTest seed " + seed);
    long first;
    long second;
    try (Engine engine = Engine.open(STORE, options(files))) {
      writeSome(engine, 60);
      first = backup(engine).sequence();
      writeSome(engine, 120);
      engine.sealMemtable();
      engine.awaitQuiet();
      second = backup(engine).sequence();
      writeSome(engine, 60);
    }
    loseTheStore();
    long checked = 0;
    long before = 0;
    for (long sequence = first; sequence <= history.lastSequence(); sequence++) {
      long reached = assertRestoresPrefix(files, new RestorePoint.Sequence(sequence), null);
      assertTrue(reached <= sequence && reached >= before, "a batch is whole or not there");
      before = reached;
      checked++;
    }
    assertEquals(history.lastSequence(), before);
    assertEquals(
        history.lastSequence(), assertRestoresPrefix(files, new RestorePoint.Latest(), null));
    assertTrue(second > first);
    System.out.println("restored to each of " + checked + " sequence numbers");
    StorageException beyond =
        assertThrows(
            StorageException.class,
            () ->
                restore(
                    files,
                    new RestorePoint.Sequence(history.lastSequence() + 1),
                    freshTarget(),
                    null));
    assertTrue(beyond.getMessage().contains("ends at sequence number"), beyond.getMessage());
  }

  private void loseTheStore() {
    for (String name : files.list(STORE)) {
      files.delete(STORE.resolve(name));
    }
  }

  @Test
  void everyTimeComesBackAsItWas() {
    System.out.println("PointInTimeTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    TreeMap<Long, Long> sequenceAt = new TreeMap<>();
    long backupMillis;
    try (Engine engine = Engine.open(STORE, options(files))) {
      writeSome(engine, 20);
      backupMillis = backup(engine).millis();
      sequenceAt.put(backupMillis, history.lastSequence());
      for (int i = 0; i < 60; i++) {
        clock.addAndGet(1 + random.nextInt(3_000));
        sequenceAt.put(clock.get(), writeSome(engine, 1 + random.nextInt(3)));
        if (random.nextInt(20) == 0) {
          engine.sealMemtable();
        }
      }
    }
    for (Map.Entry<Long, Long> moment : sequenceAt.entrySet()) {
      assertEquals(
          moment.getValue(),
          assertRestoresPrefix(files, new RestorePoint.Time(moment.getKey()), null));
      Map.Entry<Long, Long> earlier = sequenceAt.lowerEntry(moment.getKey());
      if (earlier != null) {
        assertEquals(
            earlier.getValue(),
            assertRestoresPrefix(files, new RestorePoint.Time(moment.getKey() - 1), null));
      }
    }
    StorageException tooEarly =
        assertThrows(
            StorageException.class,
            () -> restore(files, new RestorePoint.Time(backupMillis - 1), freshTarget(), null));
    assertTrue(tooEarly.getMessage().contains("no backup is old enough"), tooEarly.getMessage());
  }

  @Test
  void aGapInTheArchiveIsNamedAndNeverStepsOver() {
    long sequence;
    try (Engine engine = Engine.open(STORE, options(files))) {
      writeSome(engine, 5);
      backup(engine);
      writeSome(engine, 5);
    }
    try (Engine engine = Engine.open(STORE, options(files))) {
      writeSome(engine, 5);
    }
    try (Engine engine = Engine.open(STORE, options(files))) {
      sequence = writeSome(engine, 5);
    }
    LogArchive.Timeline timeline = archive.timelines().getFirst();
    assertTrue(timeline.pieces().size() >= 3, timeline.toString());
    var lost = timeline.pieces().get(timeline.pieces().size() - 2);
    files.delete(ARCHIVE.resolve(timeline.name()).resolve(lost.name()));
    StorageException gap =
        assertThrows(
            StorageException.class,
            () -> restore(files, new RestorePoint.Latest(), freshTarget(), null));
    assertTrue(
        gap.getMessage()
            .contains(lost.firstSequence() + " to " + lost.lastSequence() + " is missing"),
        gap.getMessage());
    assertEquals(1, archive.verify(archive.timelines().getFirst()).size());
    long before = lost.firstSequence() - 1;
    assertEquals(before, assertRestoresPrefix(files, new RestorePoint.Sequence(before), null));
    assertTrue(sequence > before);
  }

  @Test
  void anArchiveThatTakesNothingHoldsNobodyUpAndItsBacklogIsBounded() {
    FaultInjectingFileSystem faulty = new FaultInjectingFileSystem(files);
    try (Engine engine = Engine.open(STORE, options(faulty))) {
      writeSome(engine, 5);
      faulty.add(FaultRule.on(FileOperation.CREATE).files(".wlog.tmp").noSpace());
      long givenUp = 0;
      for (int i = 0; i < 100 && givenUp == 0; i++) {
        writeSome(engine, 100);
        engine.sealMemtable();
        engine.awaitFlushed();
        givenUp = engine.stats().wal().archiveGivenUp();
      }
      assertTrue(givenUp > 0, "old segments are given up");
      assertTrue(engine.stats().wal().archiveFailures() > 0);
      assertTrue(
          engine.stats().archiveBacklogBytes() < 4 * BACKLOG_BYTES,
          "backlog " + engine.stats().archiveBacklogBytes());
      faulty.clearRules();
      long reachable = backup(engine).sequence();
      assertTrue(writeSome(engine, 50) > reachable);
    }
    // From the backup on, everything is there again.
    assertEquals(
        history.lastSequence(), assertRestoresPrefix(files, new RestorePoint.Latest(), null));
  }

  @Test
  void aRestoredStoreIsATimelineOfItsOwnWhichCanBeRestoredToo() {
    StoreIdentity original;
    try (Engine engine = Engine.open(STORE, options(files))) {
      writeSome(engine, 20);
      backup(engine);
      writeSome(engine, 20);
      original = engine.identity();
    }
    long fork = history.lastSequence() - 15;
    Path second = Path.of("/second");
    fork = restore(files, new RestorePoint.Sequence(fork), second, null).sequence();
    WriteHistory abandoned = history;
    long abandonedEnd = abandoned.lastSequence();
    StoreIdentity restored;
    long end;
    history.cutAt(fork);
    try (Engine engine = Engine.open(second, options(files))) {
      restored = engine.identity();
      end = writeSome(engine, 30);
    }
    assertEquals(original.storeId(), restored.storeId());
    assertEquals(original.timeline(), restored.parentTimeline());
    assertEquals(fork, restored.parentSequence());
    assertNotEquals(abandonedEnd, end, "or the test tells nothing");
    // The backup's own timeline ends where it was left; the new one goes by way of it.
    assertEquals(
        abandonedEnd, restore(files, new RestorePoint.Latest(), freshTarget(), null).sequence());
    assertEquals(
        end, assertRestoresPrefix(files, new RestorePoint.Latest(), restored.contentTimeline()));
    assertThrows(
        StorageException.class,
        () -> restore(files, new RestorePoint.Latest(), freshTarget(), "0123456789abcdef"));
  }

  @Test
  void aStoreThatWasPutBackByHandDoesNotWriteIntoTheHistoryItLeft() {
    StoreIdentity before;
    CrashingFileSystem copy;
    try (Engine engine = Engine.open(STORE, options(files))) {
      writeSome(engine, 20);
      before = engine.identity();
    }
    copy = files.crashClone(new Survival.Everything());
    long copied = history.lastSequence();
    try (Engine engine = Engine.open(STORE, options(files))) {
      writeSome(engine, 20);
    }
    // The old directory, and the archive as it is now.
    String folder = before.contentTimeline();
    for (String name : files.list(ARCHIVE.resolve(folder))) {
      Path path = ARCHIVE.resolve(folder).resolve(name);
      if (!copy.exists(path)) {
        copyFile(files, copy, path);
      }
    }
    try (Engine engine = Engine.open(STORE, options(copy))) {
      assertEquals(copied, engine.durableSequence());
      assertNotEquals(before.timeline(), engine.identity().timeline());
      assertEquals(before.timeline(), engine.identity().parentTimeline());
    }
  }

  private static void copyFile(FileSystem from, FileSystem to, Path path) {
    try (var source = from.open(path);
        var target = to.create(path);
        var arena = java.lang.foreign.Arena.ofConfined()) {
      var bytes = arena.allocate(source.size());
      source.readFully(0, bytes, 0, (int) source.size());
      target.append(bytes, 0, (int) source.size());
    }
  }

  @ParameterizedTest
  @EnumSource(SyncPolicy.class)
  void afterAPowerCutTheArchiveHoldsNothingThatTheStoreHasLost(SyncPolicy policy) {
    System.out.println("PointInTimeTest " + policy + " seed " + seed);
    record Cut(CrashingFileSystem disk, String at) {}
    List<Cut> cuts = new ArrayList<>();
    SplittableRandom draws = new SplittableRandom(seed);
    EngineOptions options = options(files).toBuilder().syncPolicy(policy).build();
    try (Engine engine = Engine.open(STORE, options)) {
      writeSome(engine, 10);
      backup(engine);
      files.watch(
          (operation, file) -> {
            if (draws.nextInt(6) == 0) {
              Survival survival =
                  draws.nextInt(3) == 0
                      ? new Survival.Synced()
                      : new Survival.Drawn(draws.nextLong(), draws.nextInt(101));
              cuts.add(new Cut(files.crashClone(survival), operation + " " + file));
            }
          });
      for (int i = 0; i < 30; i++) {
        writeSome(engine, 10);
        if (i % 10 == 5) {
          engine.sealMemtable();
          engine.awaitQuiet();
        }
      }
    }
    files.watch(null);
    for (Cut cut : cuts) {
      String hint = "seed " + seed + " " + policy + " before " + cut.at();
      try {
        long survived;
        StoreIdentity identity;
        try (Engine engine = Engine.open(STORE, TestOptions.small(cut.disk()))) {
          survived = engine.durableSequence();
          identity = engine.identity();
        }
        long archived = new LogArchive(cut.disk(), ARCHIVE).lastSequence(identity.timeline());
        assertTrue(archived <= survived, hint + ": archived " + archived + " of " + survived);
        assertRestoresPrefix(cut.disk(), new RestorePoint.Latest(), null);
        EngineOptions again = options(cut.disk()).toBuilder().syncPolicy(policy).build();
        try (Engine engine = Engine.open(STORE, again)) {
          assertEquals(identity, engine.identity());
        }
      } catch (EngineException | AssertionError e) {
        throw new AssertionError(hint, e);
      }
    }
    System.out.println(policy + ": " + cuts.size() + " crashes with an archive, ahead 0");
  }

  @Test
  void theArchiveIsTrimmedToTheOldestBackupOnly() {
    try (Engine engine = Engine.open(STORE, options(files))) {
      writeSome(engine, 20);
      backup(engine);
    }
    try (Engine engine = Engine.open(STORE, options(files))) {
      writeSome(engine, 20);
      backup(engine);
    }
    try (Engine engine = Engine.open(STORE, options(files))) {
      writeSome(engine, 20);
    }
    try (BackupDirectory backups = BackupDirectory.open(files, BACKUPS)) {
      var _ = backups.trim(archive);
      assertEquals(2, backups.list().size());
    }
    assertRestoresPrefix(files, new RestorePoint.Sequence(history.lastSequence()), null);
    try (BackupDirectory backups = BackupDirectory.open(files, BACKUPS)) {
      backups.purge(1);
      assertTrue(backups.trim(archive) > 0);
      long kept = backups.list().getFirst().sequence();
      assertTrue(
          archive.timelines().getFirst().pieces().stream()
              .allMatch(piece -> piece.lastSequence() > kept));
    }
    assertEquals(
        history.lastSequence(), assertRestoresPrefix(files, new RestorePoint.Latest(), null));
    assertTrue(files.exists(FileNames.current(STORE)));
  }
}
