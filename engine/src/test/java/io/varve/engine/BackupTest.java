package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.backup.BackupDirectory;
import io.varve.engine.backup.BackupManifest;
import io.varve.engine.backup.BackupManifest.Kind;
import io.varve.engine.backup.RestorePoint;
import io.varve.engine.backup.StoreImage;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.CrashingFileSystem.Survival;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileOperation;
import io.varve.engine.file.FileSystem;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Backups share what they have in common, and each of them comes back as it was.
@Timeout(120)
class BackupTest {

  private static final Path STORE = Path.of("/store");
  private static final Path BACKUPS = Path.of("/backups");

  private final CrashingFileSystem files = new CrashingFileSystem();
  private final long seed = Long.getLong("varve.seed", System.nanoTime());
  private final WriteHistory history = new WriteHistory(seed, 1_500);
  private int restores;

  private Engine open() {
    return Engine.open(STORE, TestOptions.small(files));
  }

  private static long writeSome(WriteHistory into, Engine engine, int batches) {
    for (int i = 0; i < batches; i++) {
      into.write(engine);
      engine.commit();
    }
    engine.writeDurably(new WriteBatch());
    return into.lastSequence();
  }

  private static BackupManifest backup(Engine engine, FileSystem on) {
    try (BackupDirectory backups = BackupDirectory.create(on, BACKUPS)) {
      return engine.backup(backups);
    }
  }

  /// Restores a backup to a fresh directory and holds it against the history.
  private void assertRestores(FileSystem on, BackupManifest backup, WriteHistory expected) {
    Path target = Path.of("/restored" + restores++);
    try (BackupDirectory backups = BackupDirectory.open(on, BACKUPS)) {
      assertEquals(List.of(), backups.verify(backup));
      backups.restore(backup, target, new RestorePoint.Latest(), null, null);
    }
    try (Engine restored = Engine.open(target, TestOptions.small(on))) {
      String hint = "seed " + seed + " backup " + backup.id();
      assertEquals(backup.sequence(), restored.durableSequence(), hint);
      expected.assertReads(restored, backup.sequence(), hint);
    }
  }

  @Test
  void theSecondBackupCopiesOnlyWhatIsNewAndBothComeBack() {
    BackupManifest first;
    BackupManifest second;
    BackupManifest third;
    try (Engine engine = open()) {
      writeSome(history, engine, 400);
      engine.sealMemtable();
      engine.awaitQuiet();
      engine.pauseMerges();
      first = backup(engine, files);
      writeSome(history, engine, 20);
      second = backup(engine, files);
      writeSome(history, engine, 100);
      engine.sealMemtable();
      engine.awaitFlushed();
      third = backup(engine, files);
      engine.resumeMerges();
      assertEquals(history.lastSequence(), third.sequence());
    }
    System.out.println(
        "backup bytes: "
            + List.of(first.bytes(), second.bytes(), third.bytes())
            + ", copied "
            + List.of(first.copiedBytes(), second.copiedBytes(), third.copiedBytes()));
    assertEquals(first.bytes(), first.copiedBytes());
    assertEquals(bytesNotIn(first, second), second.copiedBytes());
    assertEquals(bytesNotIn(second, third), third.copiedBytes());
    assertTrue(
        second.files().stream().allMatch(file -> file.kind() == Kind.OWN || isIn(first, file)),
        "no table is copied twice");
    assertTrue(third.copiedBytes() < third.bytes(), "the new tables only");
    assertRestores(files, first, history);
    assertRestores(files, second, history);
    assertRestores(files, third, history);
  }

  @Test
  void largeValuesThatLieApartComeAlong() {
    EngineOptions options = TestOptions.small(files).toBuilder().largeValueBytes(500).build();
    Path copy = Path.of("/copy");
    BackupManifest made;
    try (Engine engine = Engine.open(STORE, options)) {
      writeSome(history, engine, 150);
      engine.sealMemtable();
      engine.awaitQuiet();
      writeSome(history, engine, 20);
      engine.checkpoint(copy);
      made = backup(engine, files);
    }
    assertTrue(
        made.files().stream().anyMatch(file -> file.name().endsWith(".val")), made.toString());
    assertRestores(files, made, history);
    try (Engine checkpoint = Engine.open(copy, options)) {
      history.assertHoldsPrefix(checkpoint, history.lastSequence(), "seed " + seed);
    }
  }

  private static boolean isIn(BackupManifest backup, BackupManifest.StoredFile file) {
    return backup.files().contains(file);
  }

  private static long bytesNotIn(BackupManifest earlier, BackupManifest later) {
    return later.files().stream()
        .filter(file -> !isIn(earlier, file))
        .mapToLong(BackupManifest.StoredFile::bytes)
        .sum();
  }

  @Test
  void purgeKeepsTheNewestWholeAndGivesTheSpaceBack() {
    List<BackupManifest> made = new ArrayList<>();
    try (Engine engine = open()) {
      for (int i = 0; i < 4; i++) {
        writeSome(history, engine, 100);
        engine.sealMemtable();
        engine.awaitFlushed();
        engine.compactAll();
        made.add(backup(engine, files));
      }
    }
    int before = files.list(BACKUPS.resolve("tables")).size();
    try (BackupDirectory backups = BackupDirectory.open(files, BACKUPS)) {
      assertThrows(IllegalArgumentException.class, () -> backups.purge(0));
      assertEquals(made.subList(0, 2), backups.purge(2));
      assertEquals(made.subList(2, 4), backups.list());
    }
    assertTrue(files.list(BACKUPS.resolve("tables")).size() < before);
    assertFalse(files.exists(BACKUPS.resolve("000001")));
    assertRestores(files, made.get(2), history);
    assertRestores(files, made.get(3), history);
  }

  @Test
  void aCrashAtAnyMomentLeavesEarlierBackupsWholeAndTheNextOneWorks() {
    System.out.println("BackupTest seed " + seed);
    record Cut(CrashingFileSystem disk, String at) {}
    List<Cut> cuts = new ArrayList<>();
    SplittableRandom draws = new SplittableRandom(seed);
    BackupManifest first;
    try (Engine engine = open()) {
      writeSome(history, engine, 150);
      engine.sealMemtable();
      engine.awaitQuiet();
      first = backup(engine, files);
      writeSome(history, engine, 150);
      engine.sealMemtable();
      engine.awaitQuiet();
      files.watch(
          (operation, file) -> {
            Survival survival =
                draws.nextBoolean()
                    ? new Survival.Drawn(draws.nextLong(), draws.nextInt(101))
                    : draws.nextBoolean() ? new Survival.Synced() : new Survival.Everything();
            cuts.add(new Cut(files.crashClone(survival), operation + " " + file));
          });
      backup(engine, files);
      try (BackupDirectory backups = BackupDirectory.open(files, BACKUPS)) {
        var _ = backups.purge(2);
      }
      files.watch(null);
    }
    int complete = 0;
    for (Cut cut : cuts) {
      try {
        assertRestores(cut.disk(), first, history);
        List<BackupManifest> listed;
        try (BackupDirectory backups = BackupDirectory.open(cut.disk(), BACKUPS)) {
          listed = backups.list();
        }
        complete += listed.size() - 1;
        assertRestores(cut.disk(), listed.getLast(), history);
        try (Engine engine = Engine.open(STORE, TestOptions.small(cut.disk()))) {
          assertRestores(cut.disk(), backup(engine, cut.disk()), history);
        }
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + " before " + cut.at(), e);
      }
    }
    System.out.println("backup crashes: " + cuts.size() + ", complete in " + complete + ", lost 0");
  }

  @Test
  void aFaultWhileABackupIsMadeHarmsNeitherStoreNorBackups() {
    for (FileOperation operation :
        List.of(
            FileOperation.CREATE,
            FileOperation.WRITE,
            FileOperation.SYNC,
            FileOperation.SYNC_DIRECTORY,
            FileOperation.RENAME,
            FileOperation.READ)) {
      for (int nth = 1; nth <= 6; nth += 2) {
        CrashingFileSystem disk = new CrashingFileSystem();
        WriteHistory written = new WriteHistory(seed, 500);
        try (Engine engine = Engine.open(STORE, TestOptions.small(disk))) {
          writeSome(written, engine, 60);
          engine.sealMemtable();
          engine.awaitQuiet();
          BackupManifest first = backup(engine, disk);
          writeSome(written, engine, 60);
          FaultInjectingFileSystem faulty = new FaultInjectingFileSystem(disk);
          faulty.add(FaultRule.on(operation).nth(nth).fail("Input/output error"));
          try {
            backup(engine, faulty);
          } catch (EngineException expected) {
            // Whatever it was: the next one has to work.
          }
          assertRestores(disk, first, written);
          assertRestores(disk, backup(engine, disk), written);
          writeSome(written, engine, 5);
        }
      }
    }
  }

  @Test
  void damageIsFoundAndNeverRestored() {
    BackupManifest made;
    try (Engine engine = open()) {
      writeSome(history, engine, 200);
      engine.sealMemtable();
      engine.awaitQuiet();
      writeSome(history, engine, 20);
      made = backup(engine, files);
    }
    for (BackupManifest.StoredFile file : made.files()) {
      files.corrupt(BACKUPS.resolve(file.path()), file.bytes() / 2, 0x10);
      try (BackupDirectory backups = BackupDirectory.open(files, BACKUPS)) {
        List<String> findings = backups.verify(made);
        assertEquals(1, findings.size(), file.path());
        assertTrue(findings.getFirst().contains(file.path()), findings.getFirst());
        Path target = Path.of("/damaged" + restores++);
        assertThrows(
            CorruptionException.class,
            () -> backups.restore(made, target, new RestorePoint.Latest(), null, null));
      }
      files.corrupt(BACKUPS.resolve(file.path()), file.bytes() / 2, 0x10);
    }
    Path manifest = BACKUPS.resolve("000001.backup");
    // Without the mark behind the end, which says nothing of its own.
    for (long at = 0; at < files.size(manifest) - 15; at += 7) {
      files.corrupt(manifest, at, 0x04);
      try (BackupDirectory backups = BackupDirectory.open(files, BACKUPS)) {
        assertThrows(EngineException.class, backups::list, "offset " + at);
      }
      files.corrupt(manifest, at, 0x04);
    }
    assertRestores(files, made, history);
  }

  @Test
  void backupsOfAnotherStoreAndASecondProcessAreRefused() {
    try (Engine engine = open()) {
      writeSome(history, engine, 10);
      backup(engine, files);
    }
    try (Engine other = Engine.open(Path.of("/other"), TestOptions.small(files))) {
      StorageException refused = assertThrows(StorageException.class, () -> backup(other, files));
      assertTrue(refused.getMessage().contains("holds backups of store"), refused.getMessage());
      try (BackupDirectory held = BackupDirectory.open(files, BACKUPS)) {
        assertEquals(1, held.list().size());
        refused = assertThrows(StorageException.class, () -> BackupDirectory.open(files, BACKUPS));
        assertTrue(refused.getMessage().contains("at work"), refused.getMessage());
      }
      Path strange = Path.of("/other");
      assertThrows(StorageException.class, () -> BackupDirectory.create(files, strange));
    }
  }

  @Test
  void aStoreThatIsClosedAndACheckpointCanBeBackedUp() {
    Path copy = Path.of("/checkpoint");
    try (Engine engine = open()) {
      writeSome(history, engine, 100);
      engine.checkpoint(copy);
      assertThrows(
          StorageException.class, () -> StoreImage.ofClosed(files, STORE, InstantSource.system()));
    }
    for (Path from : List.of(copy, STORE)) {
      BackupManifest made;
      try (StoreImage image = StoreImage.ofClosed(files, from, InstantSource.system());
          BackupDirectory backups = BackupDirectory.create(files, BACKUPS)) {
        made = backups.backup(image);
      }
      assertEquals(history.lastSequence(), made.sequence());
      assertRestores(files, made, history);
    }
  }

  @Test
  void twoHistoriesOfOneStoreShareADirectoryAndAreNotMixed() {
    BackupManifest common;
    try (Engine engine = open()) {
      writeSome(history, engine, 50);
      common = backup(engine, files);
    }
    Path second = Path.of("/second");
    try (BackupDirectory backups = BackupDirectory.open(files, BACKUPS)) {
      backups.restore(common, second, new RestorePoint.Latest(), null, null);
    }
    // From here on both hand out the same numbers for different things of equal size.
    BackupManifest left;
    BackupManifest right;
    try (Engine engine = open();
        Engine other = Engine.open(second, TestOptions.small(files))) {
      put(engine, "left!");
      put(other, "right");
      for (Engine each : List.of(engine, other)) {
        each.sealMemtable();
        each.awaitFlushed();
      }
      left = backup(engine, files);
      right = backup(other, files);
    }
    assertEquals("left!", restoredValue(left));
    assertEquals("right", restoredValue(right));
  }

  private static void put(Engine engine, String value) {
    WriteBatch batch = new WriteBatch();
    batch.put(Slice.of("which"), Slice.of(value));
    engine.writeDurably(batch);
  }

  private String restoredValue(BackupManifest backup) {
    Path target = Path.of("/restored" + restores++);
    try (BackupDirectory backups = BackupDirectory.open(files, BACKUPS)) {
      backups.restore(backup, target, new RestorePoint.Latest(), null, null);
    }
    try (Engine engine = Engine.open(target, TestOptions.small(files))) {
      byte[] value = engine.find(Slice.of("which"));
      return value == null ? "none" : new String(value, java.nio.charset.StandardCharsets.UTF_8);
    }
  }
}
