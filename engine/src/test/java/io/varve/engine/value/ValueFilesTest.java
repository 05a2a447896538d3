package io.varve.engine.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.engine.block.Block;
import io.varve.engine.block.BlockCache;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FileNames;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Large values come from memory where they are there, and from disk only where that is allowed.
class ValueFilesTest {

  private static final int LEVEL = 3;

  private final CrashingFileSystem files = new CrashingFileSystem();
  private final Path directory = Path.of("/db");

  private ValueReference write(long number, int bytes) {
    files.createDirectories(directory);
    ValueFileWriter writer =
        new ValueFileWriter(files, FileNames.value(directory, number), number, Compression.NONE);
    ValueReference reference = writer.add(ValueFileTest.nativeSlice(new byte[bytes]));
    writer.finish();
    return reference;
  }

  private ValueFiles open(BlockCache cache, int openFilesMax) {
    return new ValueFiles(files, number -> FileNames.value(directory, number), cache, openFilesMax);
  }

  @Test
  void aColdValueCostsOneReadAndAWarmOneNone() {
    ValueReference reference = write(1, 5000);
    try (BlockCache cache = new BlockCache(1 << 20);
        ValueFiles values = open(cache, 10)) {
      ReadContext cold = new ReadContext();
      values.get(reference, cold, LEVEL).release();
      assertEquals(1, cold.readIos(LEVEL, ReadReason.VALUE));
      // The footer, once per opening of the file.
      assertEquals(1, cold.readIos(LEVEL, ReadReason.INDEX));
      cold.releasePins();
      ReadContext warm = new ReadContext();
      values.get(reference, warm.setMemoryOnly(true), LEVEL).release();
      assertEquals(0, warm.readIos());
      assertEquals(1, warm.cacheHits());
      warm.releasePins();
    }
  }

  @Test
  void aReadThatMayNotWaitIsRefusedAndFindsWhatTheOneThatMayLeft() {
    long allocatedBefore = NativeMemory.allocatedBytes();
    ValueReference reference = write(1, 5000);
    try (BlockCache cache = new BlockCache(0);
        ValueFiles values = open(cache, 10)) {
      ReadContext reads = new ReadContext().setMemoryOnly(true);
      assertThrows(NotInMemoryException.class, () -> values.get(reference, reads, LEVEL));
      ReadContext waiting = new ReadContext();
      values.get(reference, waiting, LEVEL).release();
      reads.adoptPins(waiting);
      Block value = values.get(reference, reads, LEVEL);
      assertEquals(5000, value.size());
      value.release();
      reads.releasePins();
    }
    assertEquals(allocatedBefore, NativeMemory.allocatedBytes());
  }

  @Test
  void aValueThatWouldDriveOutTooMuchIsNotKept() {
    ValueReference large = write(1, 200_000);
    ValueReference small = write(2, 100_000);
    try (BlockCache cache = new BlockCache(1 << 20);
        ValueFiles values = open(cache, 10)) {
      ReadContext reads = new ReadContext();
      values.get(large, reads, LEVEL).release();
      assertEquals(0, cache.stats().blocks());
      values.get(small, reads, LEVEL).release();
      assertEquals(1, cache.stats().blocks());
      values.evict(2);
      assertEquals(0, cache.stats().blocks());
      reads.releasePins();
    }
  }

  @Test
  void aScanPinsOnlyUpToABound() {
    ValueReference first = write(1, 9 << 20);
    ValueReference second = write(2, 1 << 20);
    try (BlockCache cache = new BlockCache(0);
        ValueFiles values = open(cache, 10)) {
      ReadContext reads = new ReadContext();
      values.getForScan(first, reads, LEVEL).release();
      long pinned = reads.pinnedBytes();
      values.getForScan(second, reads, LEVEL).release();
      assertEquals(pinned, reads.pinnedBytes());
      reads.releasePins();
    }
  }

  @Test
  void noMoreFilesStayOpenThanAllowed() {
    List<ValueReference> references = new ArrayList<>();
    for (int number = 1; number <= 9; number++) {
      references.add(write(number, 100 * number));
    }
    try (BlockCache cache = new BlockCache(0);
        ValueFiles values = open(cache, 4)) {
      ReadContext reads = new ReadContext();
      for (int round = 0; round < 3; round++) {
        for (ValueReference reference : references) {
          Block value = values.getPrivately(reference, reads, LEVEL);
          assertEquals(reference.rawLength(), value.size());
          value.release();
          assertEquals(true, values.openFiles() <= 4);
        }
      }
    }
  }
}
