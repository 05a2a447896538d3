package io.varve.engine.version;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileOperation;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.WritableFile;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VersionSetTest {

  private static final Path DIRECTORY = Path.of("/store");
  private static final VersionSet.Listener NOBODY = new VersionSet.Listener() {};

  private final CrashingFileSystem memory = new CrashingFileSystem();
  private final FaultInjectingFileSystem files = new FaultInjectingFileSystem(memory);

  VersionSetTest() {
    files.createDirectories(DIRECTORY);
  }

  private VersionSet open() {
    return open(files);
  }

  private static VersionSet open(FileSystem files) {
    return VersionSet.open(
        files,
        DIRECTORY,
        new VersionSet.Options(1 << 20, Map.of("keyspace.layout", "plain")),
        NOBODY);
  }

  /// A file that stands for a table, synced as a real one is.
  private static TableMetadata table(FileSystem files, VersionSet set, String from, String to) {
    long number = set.newNumber();
    try (WritableFile file = files.create(FileNames.sstable(DIRECTORY, number));
        Arena arena = Arena.ofConfined()) {
      file.append(arena.allocate(100), 0, 100);
      file.sync();
    }
    files.syncDirectory(DIRECTORY);
    return metadata(number, from, to, number, number);
  }

  private static TableMetadata metadata(
      long number, String from, String to, long smallestSequence, long largestSequence) {
    return new TableMetadata(
        number, 100, 10, 1, 200, Slice.of(from), Slice.of(to), smallestSequence, largestSequence);
  }

  private TableMetadata table(VersionSet set, String from, String to) {
    return table(files, set, from, to);
  }

  private static VersionEdit flush(TableMetadata table) {
    return VersionEdit.builder()
        .add(0, table.fileNumber(), table)
        .lastSequence(table.largestSequence())
        .walSegment(table.fileNumber())
        .build();
  }

  private static void apply(VersionSet set, VersionEdit edit) {
    set.apply(edit).release();
  }

  private boolean exists(TableMetadata table) {
    return files.exists(FileNames.sstable(DIRECTORY, table.fileNumber()));
  }

  @Test
  void aStoreThatWasClosedOpensWithTheSameLevelsAndNumbers() {
    String levels;
    long number;
    try (VersionSet set = open()) {
      TableMetadata young = table(set, "a", "m");
      apply(set, flush(young));
      TableMetadata old = table(set, "b", "z");
      apply(set, flush(old));
      apply(set, VersionEdit.builder().remove(0, young.fileNumber()).add(1, 2, young).build());
      levels = set.state().version().describe();
      number = set.newNumber();
    }
    try (VersionSet set = open()) {
      assertEquals(levels, set.state().version().describe());
      assertEquals("plain", set.findProperty("keyspace.layout"));
      assertTrue(set.newNumber() > number - 1);
      assertEquals(set.walSegment(), set.lastSequence());
    }
  }

  @Test
  void anEditThatDoesNotFitChangesNothing() {
    try (VersionSet set = open()) {
      TableMetadata table = table(set, "a", "m");
      apply(set, flush(table));
      String before = set.state().version().describe();
      assertThrows(
          IllegalArgumentException.class,
          () -> set.apply(VersionEdit.builder().remove(3, table.fileNumber()).build()));
      TableMetadata overlapping = table(set, "c", "d");
      assertThrows(
          IllegalArgumentException.class,
          () -> set.apply(VersionEdit.builder().add(0, table.fileNumber(), overlapping).build()));
      assertEquals(before, set.state().version().describe());
    }
    try (VersionSet set = open()) {
      assertEquals(1, set.state().version().tableCount());
    }
  }

  @Test
  void inputsOfAMergeGoWhenTheLastReaderHasGone() {
    try (VersionSet set = open()) {
      TableMetadata input = table(set, "a", "m");
      apply(set, flush(input));
      Version reader = set.acquire();
      TableMetadata output = table(set, "a", "m");
      apply(
          set,
          VersionEdit.builder()
              .remove(0, input.fileNumber())
              .add(1, input.fileNumber(), metadataLike(output, input))
              .build());
      assertEquals(0, set.deleteObsoleteTables());
      assertTrue(exists(input));
      reader.release();
      assertEquals(1, set.deleteObsoleteTables());
      assertFalse(exists(input));
      assertTrue(exists(output));
    }
  }

  private static TableMetadata metadataLike(TableMetadata file, TableMetadata content) {
    return metadata(
        file.fileNumber(), "a", "m", content.smallestSequence(), content.largestSequence());
  }

  @Test
  void tablesThatCameAndWentAfterAnOldSnapshotDoNotWaitForIt() {
    try (VersionSet set = open()) {
      Version snapshot = set.acquire();
      TableMetadata table = table(set, "a", "m");
      apply(set, flush(table));
      apply(set, VersionEdit.builder().remove(0, table.fileNumber()).build());
      assertEquals(1, set.deleteObsoleteTables());
      assertFalse(exists(table));
      snapshot.release();
    }
  }

  @Test
  void aMovedTableIsNotObsolete() {
    try (VersionSet set = open()) {
      TableMetadata table = table(set, "a", "m");
      apply(set, flush(table));
      apply(
          set,
          VersionEdit.builder()
              .remove(0, table.fileNumber())
              .add(6, StoreState.BASE_RUN_ID, table)
              .build());
      assertEquals(0, set.deleteObsoleteTables());
      assertTrue(exists(table));
    }
  }

  @Test
  void filesThatNoVersionKnowsAreDeletedAtOpenAndTheirNumbersNotUsedAgain() {
    TableMetadata unfinished;
    try (VersionSet set = open()) {
      apply(set, flush(table(set, "a", "m")));
      unfinished = table(set, "n", "o");
    }
    files.create(DIRECTORY.resolve("000009.sst.tmp")).close();
    files.create(FileNames.wal(DIRECTORY, 70)).close();
    try (VersionSet set = open()) {
      assertFalse(exists(unfinished));
      assertFalse(files.list(DIRECTORY).contains("000009.sst.tmp"));
      assertTrue(files.exists(FileNames.wal(DIRECTORY, 70)), "segments are the log's to delete");
      assertTrue(set.newNumber() > 70);
    }
  }

  @Test
  void aFailedManifestSyncPoisonsAndIsNeverRetried() {
    VersionSet set = open();
    apply(set, flush(table(set, "a", "m")));
    TableMetadata lost = table(set, "n", "o");
    FaultRule rule =
        files.add(FaultRule.on(FileOperation.SYNC).nth(1).failAndLose("Input/output error"));
    assertThrows(StorageException.class, () -> set.apply(flush(lost)));
    assertEquals(1, rule.seen());
    assertNotNull(set.poison());
    assertThrows(StorageException.class, () -> set.apply(flush(lost)));
    assertEquals(1, rule.seen(), "nothing was written or synced again");
    assertTrue(exists(lost), "the edit may be on disk after all");
    assertEquals(1, set.state().version().tableCount());
    set.close();
  }

  @Test
  void anEditThatFindsNoRoomFailsAndTheNextOneCounts() {
    VersionSet set = open();
    apply(set, flush(table(set, "a", "m")));
    TableMetadata first = table(set, "n", "o");
    files.add(FaultRule.on(FileOperation.WRITE).nth(1).partialWrite(3, "No space left on device"));
    assertThrows(StorageException.class, () -> set.apply(flush(first)));
    assertNull(set.poison());
    assertEquals(List.of(DataFile.table(first.fileNumber())), set.filesInDoubt());
    assertTrue(exists(first));
    TableMetadata second = table(set, "n", "o");
    apply(set, flush(second));
    assertFalse(exists(first), "the new manifest cannot speak of it");
    String levels = set.state().version().describe();
    set.close();
    try (VersionSet again = open()) {
      assertEquals(levels, again.state().version().describe());
    }
  }

  @Test
  void aManifestThatCannotBeStartedLeavesTheOldOneInPlace() {
    VersionSet set = VersionSet.open(files, DIRECTORY, new VersionSet.Options(1, Map.of()), NOBODY);
    TableMetadata first = table(set, "a", "m");
    apply(set, flush(first));
    TableMetadata second = table(set, "n", "o");
    for (FileOperation operation :
        List.of(FileOperation.CREATE, FileOperation.WRITE, FileOperation.SYNC)) {
      files.add(FaultRule.on(operation).nth(1).noSpace());
      assertThrows(StorageException.class, () -> set.apply(flush(second)), operation.name());
      assertNull(set.poison());
      files.clearRules();
      try (VersionSet crashed =
          open(memory.crashClone(new CrashingFileSystem.Survival.Everything()))) {
        assertEquals(1, crashed.state().version().tableCount());
      }
    }
    apply(set, flush(second));
    assertEquals(2, set.state().version().tableCount());
    set.close();
  }

  @Test
  void aSwitchOfCurrentThatIsInDoubtPoisons() {
    VersionSet set = VersionSet.open(files, DIRECTORY, new VersionSet.Options(1, Map.of()), NOBODY);
    TableMetadata table = table(set, "a", "m");
    files.add(FaultRule.on(FileOperation.RENAME).nth(1).fail("Input/output error"));
    assertThrows(StorageException.class, () -> set.apply(flush(table)));
    assertNotNull(set.poison());
    set.close();
  }

  @Test
  void theManifestIsRewrittenWhenItHasGrown() {
    try (VersionSet set =
        VersionSet.open(files, DIRECTORY, new VersionSet.Options(2_000, Map.of()), NOBODY)) {
      for (int i = 0; i < 200; i++) {
        TableMetadata table = table(set, "a", "m");
        apply(set, flush(table));
        apply(set, VersionEdit.builder().remove(0, table.fileNumber()).build());
        set.deleteObsoleteTables();
      }
      List<String> manifests =
          files.list(DIRECTORY).stream().filter(name -> name.startsWith("MANIFEST")).toList();
      assertEquals(1, manifests.size());
      assertTrue(files.size(DIRECTORY.resolve(manifests.getFirst())) < 3_000);
    }
  }

  @Test
  void aLostCurrentIsNotTakenForANewStore() {
    try (VersionSet set = open()) {
      apply(set, flush(table(set, "a", "m")));
    }
    files.delete(FileNames.current(DIRECTORY));
    assertThrows(CorruptionException.class, this::open);
  }

  @Test
  void aTableThatIsMissingOrCutStopsTheOpen() {
    TableMetadata table;
    try (VersionSet set = open()) {
      table = table(set, "a", "m");
      apply(set, flush(table));
    }
    Path path = FileNames.sstable(DIRECTORY, table.fileNumber());
    try (WritableFile file = files.openForOverwrite(path)) {
      file.truncate(99);
    }
    assertThrows(CorruptionException.class, this::open);
    files.delete(path);
    assertThrows(CorruptionException.class, this::open);
  }

  @Test
  void aFlippedBitIsNoticedWhereverItIs() {
    try (VersionSet set = open()) {
      for (int i = 0; i < 3; i++) {
        apply(set, flush(table(set, "a", "m" + i)));
      }
    }
    String expected;
    try (VersionSet set = open(memory.crashClone(new CrashingFileSystem.Survival.Everything()))) {
      expected = set.state().version().describe();
    }
    Path current = FileNames.current(DIRECTORY);
    Path manifest = FileNames.manifest(DIRECTORY, CurrentFile.read(files, DIRECTORY));
    int noticed = 0;
    int unharmed = 0;
    for (Path path : List.of(current, manifest)) {
      for (long offset = 0; offset < files.size(path); offset++) {
        CrashingFileSystem copy = memory.crashClone(new CrashingFileSystem.Survival.Everything());
        copy.corrupt(path, offset, 1 << (offset % 8));
        try (VersionSet set = open(copy)) {
          // Only the closing mark is of no consequence.
          assertEquals(expected, set.state().version().describe(), path + " at " + offset);
          unharmed++;
        } catch (EngineException e) {
          noticed++;
        }
      }
    }
    System.out.println("flipped bytes: " + noticed + " noticed, " + unharmed + " without effect");
    assertTrue(unharmed <= 15, "a mark has 15 bytes");
  }

  @Test
  void aPowerCutAtAnyMomentLeavesAStateThatWasAcknowledgedOrPending() {
    List<CrashingFileSystem> clones = new ArrayList<>();
    List<Integer> acknowledgedAt = new ArrayList<>();
    List<String> states = new ArrayList<>();
    int[] acknowledged = {0};
    memory.watch(
        (_, _) -> {
          for (CrashingFileSystem.Survival survival :
              Stream.of(
                      new CrashingFileSystem.Survival.Synced(),
                      new CrashingFileSystem.Survival.Everything(),
                      new CrashingFileSystem.Survival.Drawn(clones.size(), 50))
                  .toList()) {
            clones.add(memory.crashClone(survival));
            acknowledgedAt.add(acknowledged[0]);
          }
        });
    try (VersionSet set =
        VersionSet.open(files, DIRECTORY, new VersionSet.Options(300, Map.of()), NOBODY)) {
      states.add("");
      List<TableMetadata> tables = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        TableMetadata table = table(set, "a", "m" + i);
        VersionEdit.Builder edit = flush(table).toBuilder();
        if (i % 4 == 3) {
          edit.remove(0, tables.removeFirst().fileNumber());
        }
        tables.add(table);
        apply(set, edit.build());
        states.add(set.state().version().describe());
        acknowledged[0]++;
        set.deleteObsoleteTables();
      }
    }
    memory.watch(null);
    for (int i = 0; i < clones.size(); i++) {
      String recovered;
      try (VersionSet set = open(clones.get(i))) {
        recovered = set.state().version().describe();
      }
      int state = states.indexOf(recovered);
      assertTrue(
          state == acknowledgedAt.get(i) || state == acknowledgedAt.get(i) + 1,
          "crash " + i + ": state " + state + ", acknowledged " + acknowledgedAt.get(i));
    }
    System.out.println("crash points: " + clones.size() + ", lost 0");
  }

  @Test
  void aCheckpointOpensAsAStore() {
    Path target = Path.of("/copy");
    files.createDirectories(target);
    try (VersionSet set = open()) {
      TableMetadata table = table(set, "a", "m");
      apply(set, flush(table));
      Version version = set.acquire();
      files.link(
          FileNames.sstable(DIRECTORY, table.fileNumber()),
          FileNames.sstable(target, table.fileNumber()));
      StoreCopy.write(files, target, set.state());
      version.release();
    }
    try (VersionSet copy = VersionSet.open(files, target, VersionSet.Options.defaults(), NOBODY)) {
      assertEquals(1, copy.state().version().tableCount());
      assertEquals("plain", copy.findProperty("keyspace.layout"));
    }
  }
}
