package io.varve.engine.wal;

import static io.varve.engine.wal.Batches.DIRECTORY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.IncompatibleFormatException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.CrashingFileSystem.Survival;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.ReadableFile;
import io.varve.engine.file.WritableFile;
import io.varve.engine.record.RecordReader;
import io.varve.engine.record.RecordWriter;
import io.varve.engine.wal.Batches.Replayed;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Bytes that are not what was written: found, or else no more than the torn end of the log.
class WalDamageTest {

  /// Inline unless a test says otherwise: what a commit did is to be seen when it returns.
  private static final WalOptions SMALL =
      WalOptions.defaults()
          .withCommitMode(CommitMode.INLINE)
          .withSegmentBytes(8 << 10)
          .withSpareSegments(0);

  private final CrashingFileSystem files = new CrashingFileSystem();

  @BeforeEach
  void makeDirectory() {
    files.createDirectories(DIRECTORY);
  }

  @Test
  void aLogCutAtAnyByteOfItsLastGroupLosesThatGroupOnly() {
    write(1, 30, false);
    byte[] content = content(1);
    int end = endOf(content, 1);
    int shortest = Integer.MAX_VALUE;
    for (int cut = end; cut >= 0; cut--) {
      CrashingFileSystem disk = diskWith(content, cut, cut);
      List<Replayed> found = Batches.replayAll(disk);
      Batches.assertUnbroken(found, 1, 100, "cut at " + cut);
      assertTrue(found.size() <= shortest, "cut at " + cut);
      shortest = found.size();
    }
    assertEquals(0, shortest);
    assertEquals(30, Batches.replayAll(diskWith(content, end, end)).size());
  }

  @Test
  void everyFlippedByteOfAClosedLogIsFound() {
    write(1, 30, true);
    byte[] content = content(1);
    int end = endOf(content, 1);
    // What follows the last record is the mark that guards all before it.
    int guarded = end - 15;
    int accepted = 0;
    for (int at = 0; at < Math.min(content.length, end + 200); at++) {
      for (int flip : new int[] {0x01, 0x80, 0xff}) {
        byte[] damaged = content.clone();
        damaged[at] ^= (byte) flip;
        CrashingFileSystem disk = diskWith(damaged, 0, damaged.length);
        if (at >= guarded) {
          assertEquals(30, Batches.replayAll(disk).size(), "flip at " + at);
          continue;
        }
        try {
          Batches.replayAll(disk);
          accepted++;
        } catch (CorruptionException e) {
          assertEquals("000001.wal", e.file());
          assertTrue(e.offset() <= at, e.getMessage());
        }
      }
    }
    assertEquals(0, accepted, "silent acceptances");
  }

  @Test
  void everyFlippedByteOfALogInUseCostsAtMostItsLastGroup() {
    write(1, 30, false);
    byte[] content = content(1);
    int end = endOf(content, 1);
    for (int at = 0; at < end; at++) {
      byte[] damaged = content.clone();
      damaged[at] ^= 0x04;
      try {
        List<Replayed> found = Batches.replayAll(diskWith(damaged, 0, damaged.length));
        Batches.assertUnbroken(found, 1, 100, "flip at " + at);
        assertEquals(29, found.size(), "flip at " + at);
      } catch (CorruptionException e) {
        assertTrue(e.offset() <= at, e.getMessage());
      }
    }
  }

  @Test
  void swappedAndZeroedSectorsAreFound() {
    write(1, 60, true);
    byte[] content = content(1);
    int sectors = (endOf(content, 1) - 15) / 512;
    int accepted = 0;
    for (int a = 0; a < sectors; a++) {
      byte[] zeroed = content.clone();
      java.util.Arrays.fill(zeroed, a * 512, a * 512 + 512, (byte) 0);
      accepted += isAccepted(zeroed) ? 1 : 0;
      for (int b = a + 1; b < sectors; b++) {
        byte[] swapped = content.clone();
        System.arraycopy(content, a * 512, swapped, b * 512, 512);
        System.arraycopy(content, b * 512, swapped, a * 512, 512);
        accepted += isAccepted(swapped) ? 1 : 0;
      }
    }
    assertEquals(0, accepted, "silent acceptances");
  }

  @Test
  void aMissingSegmentInTheMiddleIsCorruption() {
    long last = writeSegments(4);
    for (long missing = 2; missing < last; missing++) {
      CrashingFileSystem disk = files.crashClone(new Survival.Everything());
      disk.delete(FileNames.wal(DIRECTORY, missing));
      CorruptionException e =
          assertThrows(CorruptionException.class, () -> Batches.replayAll(disk));
      assertEquals(FileNames.nameOf(FileNames.wal(DIRECTORY, missing + 1)), e.file());
      assertTrue(e.getMessage().contains("continues sequence number"), e.getMessage());
    }
    CrashingFileSystem disk = files.crashClone(new Survival.Everything());
    disk.delete(FileNames.wal(DIRECTORY, 1));
    assertThrows(CorruptionException.class, () -> Batches.replayAll(disk));
  }

  @Test
  void theLostEndOfASegmentThatAnotherOneContinuesIsCorruption() {
    writeSegments(3);
    CrashingFileSystem disk = files.crashClone(new Survival.Everything());
    byte[] content = content(2);
    int end = endOf(content, 2);
    try (WritableFile file = disk.openForOverwrite(FileNames.wal(DIRECTORY, 2))) {
      file.truncate(end - 10);
    }
    CorruptionException e = assertThrows(CorruptionException.class, () -> Batches.replayAll(disk));
    assertEquals("000003.wal", e.file());
    assertTrue(e.getMessage().contains("000002.wal"), e.getMessage());
  }

  @Test
  void segmentsUnderEachOthersNamesAreNotBelieved() {
    writeSegments(4);
    CrashingFileSystem disk = files.crashClone(new Survival.Everything());
    Path second = FileNames.wal(DIRECTORY, 2);
    Path third = FileNames.wal(DIRECTORY, 3);
    Path aside = FileNames.temporary(second);
    disk.rename(second, aside);
    disk.rename(third, second);
    disk.rename(aside, third);
    assertThrows(CorruptionException.class, () -> Batches.replayAll(disk));
  }

  @Test
  void aBatchThatTheConsumerCannotReadIsCorruptionWithFileAndOffset() {
    write(1, 3, true);
    CorruptionException e =
        assertThrows(
            CorruptionException.class,
            () ->
                WalReader.replay(
                    files, DIRECTORY, 0, 0, (_, _, _) -> new ByteCursor(new Slice()).readLong()));
    assertEquals("000001.wal", e.file());
    assertTrue(e.offset() > 0);
  }

  @Test
  void anotherVersionIsRefused() {
    try (WritableFile file = files.create(FileNames.wal(DIRECTORY, 1))) {
      RecordWriter writer = new RecordWriter(file, 1);
      byte[] header = new byte[WalFormat.HEADER_BYTES];
      header[0] = WalFormat.HEADER;
      System.arraycopy(
          "VWAL".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, header, 1, 4);
      header[5] = 9;
      writer.append(Slice.of(header));
      writer.finish();
    }
    IncompatibleFormatException e =
        assertThrows(IncompatibleFormatException.class, () -> Batches.replayAll(files));
    assertTrue(e.getMessage().contains("version 9"), e.getMessage());
  }

  private boolean isAccepted(byte[] content) {
    try {
      Batches.replayAll(diskWith(content, 0, content.length));
      return true;
    } catch (CorruptionException e) {
      return false;
    }
  }

  /// Writes one segment, a group per batch, and leaves it closed or as a power cut would.
  private void write(long first, long last, boolean closed) {
    CrashingFileSystem disk = new CrashingFileSystem();
    disk.createDirectories(DIRECTORY);
    Wal wal = Wal.open(disk, DIRECTORY, SMALL, 1, first - 1, new RecordingListener(first - 1));
    for (long sequence = first; sequence <= last; sequence++) {
      Batches.append(wal, sequence, 100);
      wal.commit();
    }
    CrashingFileSystem cut = disk.crashClone(new Survival.Synced());
    wal.close();
    copy(closed ? disk : cut, 1);
  }

  private long writeSegments(int count) {
    Wal wal = Wal.open(files, DIRECTORY, SMALL, 1, 0, new RecordingListener(0));
    long sequence = 0;
    for (int i = 0; i < count; i++) {
      wal.roll();
      for (int j = 0; j < 5; j++) {
        Batches.append(wal, ++sequence, 100);
        wal.commit();
      }
    }
    long last = wal.currentSegment();
    wal.close();
    return last;
  }

  private void copy(CrashingFileSystem from, long number) {
    Path path = FileNames.wal(DIRECTORY, number);
    byte[] bytes = read(from, path);
    try (WritableFile file = files.create(path)) {
      file.append(MemorySegment.ofArray(bytes), 0, bytes.length);
    }
  }

  private byte[] content(long number) {
    return read(files, FileNames.wal(DIRECTORY, number));
  }

  private static byte[] read(CrashingFileSystem from, Path path) {
    try (ReadableFile file = from.open(path)) {
      byte[] bytes = new byte[(int) file.size()];
      file.readFully(0, MemorySegment.ofArray(bytes), 0, bytes.length);
      return bytes;
    }
  }

  /// Offset behind the last valid record or mark.
  private static int endOf(byte[] content, long number) {
    CrashingFileSystem disk = new CrashingFileSystem();
    disk.createDirectories(DIRECTORY);
    Path path = FileNames.wal(DIRECTORY, number);
    try (WritableFile file = disk.create(path)) {
      file.append(MemorySegment.ofArray(content), 0, content.length);
    }
    try (ReadableFile file = disk.open(path)) {
      RecordReader records = new RecordReader(file, number);
      Slice record = new Slice();
      while (records.next(record)) {
        assertTrue(record.length() > 0);
      }
      return (int) records.endOffset();
    }
  }

  /// A disk with segment 1 only: the first `length` bytes of a content.
  private static CrashingFileSystem diskWith(byte[] content, int from, int length) {
    CrashingFileSystem disk = new CrashingFileSystem();
    disk.createDirectories(DIRECTORY);
    assert from <= length;
    try (WritableFile file = disk.create(FileNames.wal(DIRECTORY, 1))) {
      file.append(MemorySegment.ofArray(content), 0, length);
    }
    return disk;
  }
}
