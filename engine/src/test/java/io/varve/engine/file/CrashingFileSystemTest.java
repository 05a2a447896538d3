package io.varve.engine.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.error.StorageException;
import io.varve.engine.file.CrashingFileSystem.Survival;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CrashingFileSystemTest {

  private static final Path DIRECTORY = Path.of("/db");
  private static final int BLOCK = CrashingFileSystem.BLOCK_BYTES;

  private final CrashingFileSystem files = new CrashingFileSystem();

  @BeforeEach
  void makeDirectory() {
    files.createDirectories(DIRECTORY);
  }

  @Test
  void contentWithoutSyncIsLost() {
    WritableFile file = files.create(path("f"));
    fill(file, 0, 2 * BLOCK, 1);
    file.sync();
    files.syncDirectory(DIRECTORY);
    fill(file, 0, 3 * BLOCK, 2);
    CrashingFileSystem after = files.crashClone(new Survival.Synced());
    assertEquals(2 * BLOCK, after.size(path("f")));
    assertEquals(Set.of(1), valuesOfBlocks(after, "f"));
    assertEquals(Set.of(2), valuesOfBlocks(files.crashClone(new Survival.Everything()), "f"));
  }

  @Test
  void aSyncedFileWithoutSyncedDirectoryIsLost() {
    WritableFile file = files.create(path("f"));
    fill(file, 0, 10, 1);
    file.sync();
    assertFalse(files.crashClone(new Survival.Synced()).exists(path("f")));
    files.syncDirectory(DIRECTORY);
    assertTrue(files.crashClone(new Survival.Synced()).exists(path("f")));
  }

  @Test
  void aRenameSurvivesWholeOrNotAtAll() {
    files.create(path("a")).close();
    files.syncDirectory(DIRECTORY);
    files.rename(path("a"), path("b"));
    Set<List<String>> outcomes = new HashSet<>();
    for (long seed = 0; seed < 50; seed++) {
      outcomes.add(files.crashClone(new Survival.Drawn(seed, 50)).list(DIRECTORY));
    }
    assertEquals(Set.of(List.of("a"), List.of("b")), outcomes);
  }

  @Test
  void eachBlockSurvivesByItsOwnDrawAndTheSameSeedGivesTheSameDisk() {
    WritableFile file = files.create(path("f"));
    fill(file, 0, 8 * BLOCK, 1);
    file.sync();
    files.syncDirectory(DIRECTORY);
    fill(file, 0, 8 * BLOCK, 2);
    Set<String> outcomes = new HashSet<>();
    for (long seed = 0; seed < 50; seed++) {
      String outcome = blocks(files.crashClone(new Survival.Drawn(seed, 50)), "f");
      assertEquals(outcome, blocks(files.crashClone(new Survival.Drawn(seed, 50)), "f"));
      outcomes.add(outcome);
    }
    assertTrue(outcomes.size() > 20, outcomes.toString());
  }

  @Test
  void deletionIsUndoneByAPowerCutBeforeTheDirectorySync() {
    files.create(path("f")).close();
    files.syncDirectory(DIRECTORY);
    files.delete(path("f"));
    assertTrue(files.crashClone(new Survival.Synced()).exists(path("f")));
    files.syncDirectory(DIRECTORY);
    assertFalse(files.crashClone(new Survival.Synced()).exists(path("f")));
  }

  @Test
  void aCloneIsUnmovedByWhatHappensLater() {
    WritableFile file = files.create(path("f"));
    fill(file, 0, BLOCK, 1);
    CrashingFileSystem after = files.crashClone(new Survival.Everything());
    fill(file, 0, BLOCK, 2);
    assertEquals(Set.of(1), valuesOfBlocks(after, "f"));
  }

  @Test
  void aFullDiskRefusesNewBlocksAndTakesOverwrites() {
    WritableFile file = files.create(path("f"));
    fill(file, 0, 2 * BLOCK, 1);
    files.setCapacity(2 * BLOCK);
    assertEquals(0, files.usableBytes(DIRECTORY));
    StorageException e = assertThrows(StorageException.class, () -> fill(file, 2 * BLOCK, 1, 1));
    assertTrue(e.getMessage().contains("No space left"), e.getMessage());
    fill(file, 0, 2 * BLOCK, 3);
    files.delete(path("f"));
    assertEquals(2 * BLOCK, files.usableBytes(DIRECTORY));
  }

  @Test
  void aFaultStrikesTheNthOperationOnMatchingFilesOnly() {
    FaultInjectingFileSystem faulty = new FaultInjectingFileSystem(files);
    FaultRule rule = faulty.add(FaultRule.on(FileOperation.SYNC).files(".wal").nth(2).fail("EIO"));
    WritableFile wal = faulty.create(path("1.wal"));
    WritableFile other = faulty.create(path("1.sst"));
    wal.sync();
    other.sync();
    assertThrows(StorageException.class, wal::sync);
    wal.sync();
    other.sync();
    assertEquals(3, rule.seen());
  }

  @Test
  void aLostSyncLosesThePagesThoughTheNextOneSucceeds() {
    FaultInjectingFileSystem faulty = new FaultInjectingFileSystem(files);
    faulty.add(FaultRule.on(FileOperation.SYNC).nth(1).failAndLose("EIO"));
    WritableFile file = faulty.create(path("f"));
    files.syncDirectory(DIRECTORY);
    fill(file, 0, BLOCK, 1);
    assertThrows(StorageException.class, file::sync);
    file.sync();
    assertEquals(Set.of(0), valuesOfBlocks(files.crashClone(new Survival.Synced()), "f"));
    assertEquals(Set.of(1), valuesOfBlocks(files, "f"));
  }

  @Test
  void shortReadsPartialWritesAndDelaysHappen() {
    FaultInjectingFileSystem faulty = new FaultInjectingFileSystem(files);
    WritableFile file = faulty.create(path("f"));
    fill(file, 0, 100, 1);
    faulty.add(FaultRule.on(FileOperation.READ).nth(1).shortRead(10));
    faulty.add(FaultRule.on(FileOperation.WRITE).partialWrite(3, "EIO"));
    int[] delays = new int[1];
    faulty.add(FaultRule.on(FileOperation.READ).delay(() -> delays[0]++));
    ReadableFile reader = faulty.open(path("f"));
    MemorySegment target = MemorySegment.ofArray(new byte[100]);
    assertEquals(10, reader.read(0, target, 0, 100));
    assertEquals(100, reader.read(0, target, 0, 100));
    assertEquals(2, delays[0]);
    assertThrows(StorageException.class, () -> fill(file, 100, 50, 2));
    assertEquals(103, files.size(path("f")));
  }

  private static Path path(String name) {
    return DIRECTORY.resolve(name);
  }

  private static void fill(WritableFile file, long position, int bytes, int value) {
    byte[] content = new byte[bytes];
    java.util.Arrays.fill(content, (byte) value);
    file.write(position, MemorySegment.ofArray(content), 0, bytes);
  }

  private static Set<Integer> valuesOfBlocks(FileSystem from, String name) {
    Set<Integer> values = new HashSet<>();
    blocks(from, name).chars().forEach(c -> values.add(c - '0'));
    return values;
  }

  private static String blocks(FileSystem from, String name) {
    StringBuilder text = new StringBuilder();
    try (ReadableFile file = from.open(path(name))) {
      byte[] content = new byte[(int) file.size()];
      file.readFully(0, MemorySegment.ofArray(content), 0, content.length);
      for (int i = 0; i < content.length; i += BLOCK) {
        text.append((char) ('0' + content[i]));
      }
    }
    return text.toString();
  }
}
