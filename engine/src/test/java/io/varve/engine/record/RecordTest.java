package io.varve.engine.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.CrashingFileSystem.Survival;
import io.varve.engine.file.ReadableFile;
import io.varve.engine.file.WritableFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Framing: what was appended is read back, a torn tail is the end, damage to synced bytes is found.
class RecordTest {

  private static final Path DIRECTORY = Path.of("/db");
  private static final Path FILE = DIRECTORY.resolve("MANIFEST-000001");
  private static final long NUMBER = 1;
  private static final int BLOCK = RecordFormat.BLOCK_BYTES;

  private final CrashingFileSystem files = new CrashingFileSystem();

  @BeforeEach
  void makeDirectory() {
    files.createDirectories(DIRECTORY);
  }

  @Test
  void recordsOfAllSizesComeBackInOrder() {
    long seed = 42;
    Random random = new Random(seed);
    List<byte[]> records = new ArrayList<>();
    for (int size : new int[] {0, 1, 7, 100, BLOCK - 7, BLOCK - 8, BLOCK, BLOCK + 1, 5 * BLOCK}) {
      records.add(bytes(random, size));
    }
    for (int i = 0; i < 400; i++) {
      records.add(bytes(random, random.nextInt(3_000)));
    }
    try (WritableFile file = files.create(FILE)) {
      RecordWriter writer = new RecordWriter(file, NUMBER);
      for (byte[] record : records) {
        writer.append(Slice.of(record));
        if (random.nextInt(4) == 0) {
          writer.sync();
        }
      }
      writer.finish();
      assertEquals(files.size(FILE), writer.position());
    }
    assertRecords(records, read(NUMBER), "seed " + seed);
  }

  @Test
  void everyStartOffsetInABlockLeavesRoomForMarksAndHeaders() {
    for (int filler = BLOCK - 60; filler <= BLOCK; filler++) {
      Path path = DIRECTORY.resolve("f" + filler);
      List<byte[]> records =
          List.of(new byte[Math.max(0, filler - 7)], new byte[] {1, 2, 3}, new byte[] {4});
      try (WritableFile file = files.create(path)) {
        RecordWriter writer = new RecordWriter(file, NUMBER);
        for (byte[] record : records) {
          writer.append(Slice.of(record));
          writer.sync();
        }
      }
      assertRecords(records, read(files, path, NUMBER), "filler " + filler);
    }
  }

  @Test
  void aRecordIsReadInItsOwnFileAndPlaceOnly() {
    write(3, 100);
    assertEquals(3, read(NUMBER).size());
    assertEquals(0, read(NUMBER + 1).size());
    Path moved = DIRECTORY.resolve("moved");
    byte[] content = content(files, FILE);
    try (WritableFile file = files.create(moved)) {
      file.append(MemorySegment.ofArray(new byte[BLOCK]), 0, BLOCK);
      file.append(MemorySegment.ofArray(content), 0, content.length);
    }
    assertEquals(0, read(files, moved, NUMBER).size());
  }

  @Test
  void aFileCutAtAnyByteGivesThePrefixThatFits() {
    List<byte[]> records = write(20, 50);
    byte[] content = content(files, FILE);
    int longest = 0;
    for (int cut = 0; cut <= content.length; cut++) {
      Path path = DIRECTORY.resolve("cut" + cut);
      put(path, content, cut);
      List<byte[]> found = read(files, path, NUMBER);
      assertPrefix(records, found, "cut at " + cut);
      assertTrue(found.size() >= longest, "cut at " + cut);
      longest = found.size();
      files.delete(path);
    }
    assertEquals(records.size(), longest);
  }

  @Test
  void everyFlippedBitOfAFinishedFileIsFound() {
    List<byte[]> records = write(20, 50);
    byte[] content = content(files, FILE);
    // The final mark guards what is before it; nothing guards the mark, and nothing is lost with
    // it.
    int guarded = content.length - RecordFormat.MARK_BYTES;
    int accepted = 0;
    for (int at = 0; at < content.length; at++) {
      for (int bit = 0; bit < 8; bit += 3) {
        byte[] damaged = content.clone();
        damaged[at] ^= (byte) (1 << bit);
        Path path = DIRECTORY.resolve("flip");
        put(path, damaged, damaged.length);
        int offset = at;
        if (at < guarded) {
          try {
            read(files, path, NUMBER);
            accepted++;
          } catch (CorruptionException e) {
            assertEquals("flip", e.file());
            assertTrue(e.offset() <= offset, e.getMessage());
          }
        } else {
          assertRecords(records, read(files, path, NUMBER), "flip at " + at);
        }
        files.delete(path);
      }
    }
    assertEquals(0, accepted, "silent acceptances");
  }

  @Test
  void everyFlippedBitOfAnUnfinishedFileCostsAtMostTheLastGroup() {
    List<byte[]> records = new ArrayList<>();
    try (WritableFile file = files.create(FILE)) {
      RecordWriter writer = new RecordWriter(file, NUMBER);
      for (int group = 0; group < 5; group++) {
        for (int i = 0; i < 4; i++) {
          byte[] record = bytes(new Random(group * 10 + i), 30);
          records.add(record);
          writer.append(Slice.of(record));
        }
        writer.sync();
      }
    }
    byte[] content = content(files, FILE);
    for (int at = 0; at < content.length; at++) {
      byte[] damaged = content.clone();
      damaged[at] ^= 0x10;
      Path path = DIRECTORY.resolve("flip");
      put(path, damaged, damaged.length);
      try {
        List<byte[]> found = read(files, path, NUMBER);
        assertPrefix(records, found, "flip at " + at);
        assertTrue(found.size() >= 16, "flip at " + at + " was accepted with " + found.size());
      } catch (CorruptionException e) {
        assertTrue(at < content.length * 4 / 5 + 40, "only the last group may be torn: " + e);
      }
      files.delete(path);
    }
  }

  @Test
  void validFragmentsBehindALostSectorOfTheLastGroupAreATornTail() {
    byte[] content;
    int synced;
    try (WritableFile file = files.create(FILE)) {
      RecordWriter writer = new RecordWriter(file, NUMBER);
      writer.append(Slice.of(new byte[5_000]));
      writer.sync();
      synced = (int) writer.position();
      for (int i = 0; i < 100; i++) {
        writer.append(Slice.of(bytes(new Random(i), 1_000)));
      }
      writer.flush();
      content = content(files, FILE);
    }
    for (int sector = (synced + 511) / 512; sector < content.length / 512; sector += 7) {
      byte[] damaged = content.clone();
      java.util.Arrays.fill(damaged, sector * 512, sector * 512 + 512, (byte) 0);
      Path path = DIRECTORY.resolve("sector");
      put(path, damaged, damaged.length);
      assertTrue(read(files, path, NUMBER).size() >= 1, "sector " + sector);
      files.delete(path);
    }
  }

  @Test
  void swappedAndZeroedSectorsOfAFinishedFileAreFound() {
    List<byte[]> records = write(200, 97);
    byte[] content = content(files, FILE);
    int sectors = (content.length - RecordFormat.MARK_BYTES) / 512;
    int accepted = 0;
    for (int a = 0; a < sectors; a++) {
      byte[] zeroed = content.clone();
      java.util.Arrays.fill(zeroed, a * 512, a * 512 + 512, (byte) 0);
      accepted += isAccepted(zeroed) ? 1 : 0;
      for (int b = a + 1; b < sectors; b += 5) {
        byte[] swapped = content.clone();
        System.arraycopy(content, a * 512, swapped, b * 512, 512);
        System.arraycopy(content, b * 512, swapped, a * 512, 512);
        accepted += isAccepted(swapped) ? 1 : 0;
      }
    }
    assertEquals(0, accepted, "silent acceptances");
    assertEquals(200, records.size());
  }

  @Test
  void aPowerCutKeepsEverySyncedRecordAndNoOther() {
    int crashes = 0;
    for (long seed = 0; seed < 60; seed++) {
      CrashingFileSystem disk = new CrashingFileSystem();
      disk.createDirectories(DIRECTORY);
      Random random = new Random(seed);
      List<byte[]> records = new ArrayList<>();
      int synced = 0;
      WritableFile file = disk.create(FILE);
      disk.syncDirectory(DIRECTORY);
      RecordWriter writer = new RecordWriter(file, NUMBER);
      for (int i = 0; i < 60; i++) {
        byte[] record = bytes(random, random.nextInt(20) == 0 ? 70_000 : random.nextInt(5_000));
        records.add(record);
        writer.append(Slice.of(record));
        if (random.nextInt(3) == 0) {
          writer.sync();
          synced = records.size();
        } else if (random.nextBoolean()) {
          writer.flush();
        }
        CrashingFileSystem after = disk.crashClone(new Survival.Drawn(seed * 1_000 + i, 60));
        List<byte[]> found = read(after, FILE, NUMBER);
        String at = "seed " + seed + " record " + i;
        assertPrefix(records, found, at);
        assertTrue(found.size() >= synced, at + ": " + found.size() + " of " + synced);
        crashes++;
      }
    }
    System.out.println("record framing: " + crashes + " power cuts, lost 0");
  }

  @Test
  void aToolReadsOnBehindDamageAndSaysWhereItWas() {
    List<byte[]> records = write(30, 100);
    long damaged = 500;
    files.corrupt(FILE, damaged, 0x40);
    List<Long> offsets = new ArrayList<>();
    int count = 0;
    try (ReadableFile file = files.open(FILE)) {
      RecordReader reader =
          new RecordReader(
              file,
              NUMBER,
              (offset, resume, detail) -> {
                assertTrue(offset <= damaged && damaged < resume, offset + " to " + resume);
                assertFalse(detail.isEmpty());
                offsets.add(offset);
              });
      Slice record = new Slice();
      while (reader.next(record)) {
        count++;
      }
    }
    assertEquals(1, offsets.size());
    assertEquals(records.size() - 1, count);
    assertThrows(CorruptionException.class, () -> read(NUMBER));
  }

  @Test
  void theTailSaysWhyTheRecordsEnd() {
    write(3, 10);
    try (WritableFile file = files.openForOverwrite(FILE);
        ReadableFile before = files.open(FILE)) {
      RecordReader clean = new RecordReader(before, NUMBER);
      Slice record = new Slice();
      while (clean.next(record)) {
        assertEquals(10, record.length());
      }
      assertEquals(before.size(), clean.endOffset());
      assertFalse(clean.hasBytesBehindEnd());
      file.write(before.size(), MemorySegment.ofArray(new byte[] {9, 9, 9, 9, 9, 0, 1, 5}), 0, 8);
    }
    try (ReadableFile after = files.open(FILE)) {
      RecordReader torn = new RecordReader(after, NUMBER);
      Slice record = new Slice();
      while (torn.next(record)) {
        assertEquals(10, record.length());
      }
      assertTrue(torn.hasBytesBehindEnd());
      assertTrue(torn.tail().contains("offset " + torn.endOffset()), torn.tail());
    }
  }

  private boolean isAccepted(byte[] content) {
    Path path = DIRECTORY.resolve("sectors");
    put(path, content, content.length);
    try {
      read(files, path, NUMBER);
      return true;
    } catch (CorruptionException e) {
      return false;
    } finally {
      files.delete(path);
    }
  }

  /// Writes records of one size, each synced, and finishes the file.
  private List<byte[]> write(int count, int size) {
    List<byte[]> records = new ArrayList<>();
    try (WritableFile file = files.create(FILE)) {
      RecordWriter writer = new RecordWriter(file, NUMBER);
      for (int i = 0; i < count; i++) {
        byte[] record = bytes(new Random(i), size);
        records.add(record);
        writer.append(Slice.of(record));
        writer.sync();
      }
      writer.finish();
    }
    return records;
  }

  private List<byte[]> read(long number) {
    return read(files, FILE, number);
  }

  private static List<byte[]> read(CrashingFileSystem from, Path path, long number) {
    List<byte[]> records = new ArrayList<>();
    try (ReadableFile file = from.open(path)) {
      RecordReader reader = new RecordReader(file, number);
      Slice record = new Slice();
      while (reader.next(record)) {
        records.add(record.toByteArray());
      }
      assertFalse(reader.next(record));
    }
    return records;
  }

  private void put(Path path, byte[] content, int length) {
    try (WritableFile file = files.create(path)) {
      file.append(MemorySegment.ofArray(content), 0, length);
    }
  }

  private static byte[] content(CrashingFileSystem from, Path path) {
    try (ReadableFile file = from.open(path)) {
      byte[] bytes = new byte[(int) file.size()];
      file.readFully(0, MemorySegment.ofArray(bytes), 0, bytes.length);
      return bytes;
    }
  }

  private static byte[] bytes(Random random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private static void assertPrefix(List<byte[]> records, List<byte[]> found, String at) {
    assertTrue(found.size() <= records.size(), at);
    assertRecords(records.subList(0, found.size()), found, at);
  }

  private static void assertRecords(List<byte[]> expected, List<byte[]> found, String at) {
    assertEquals(expected.size(), found.size(), at);
    for (int i = 0; i < expected.size(); i++) {
      assertTrue(java.util.Arrays.equals(expected.get(i), found.get(i)), at + ", record " + i);
    }
  }
}
