package io.varve.engine.sstable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.block.BlockCache;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileOperation;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.Lookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SstableWriterTest {

  private final CrashingFileSystem fileSystem = new CrashingFileSystem();
  private final Path path = Path.of("/db/000001.sst");

  @BeforeEach
  void createDirectory() {
    fileSystem.createDirectories(path.getParent());
  }

  private static long put(long sequence) {
    return InternalKey.trailer(sequence, EntryKind.PUT);
  }

  @Test
  void entriesOutOfOrderAreRefused() {
    var writer = new SstableWriter(fileSystem, path, 1, SstableOptions.DEFAULT);
    writer.add(Slice.of("b"), put(5), Slice.of("x"));
    assertThrows(
        IllegalArgumentException.class, () -> writer.add(Slice.of("a"), put(9), new Slice()));
    assertThrows(
        IllegalArgumentException.class, () -> writer.add(Slice.of("b"), put(6), new Slice()));
    assertThrows(
        IllegalArgumentException.class, () -> writer.add(Slice.of("b"), put(5), new Slice()));
    writer.add(Slice.of("b"), put(4), Slice.of("older"));
    writer.abandon();
    assertFalse(fileSystem.exists(path));
  }

  @Test
  void anUnknownKindIsRefused() {
    var writer = new SstableWriter(fileSystem, path, 1, SstableOptions.DEFAULT);
    assertThrows(
        IllegalArgumentException.class, () -> writer.add(Slice.of("a"), 5 << 8 | 77, new Slice()));
    writer.abandon();
  }

  @Test
  void anEmptyTableIsRefused() {
    var writer = new SstableWriter(fileSystem, path, 1, SstableOptions.DEFAULT);
    assertThrows(IllegalStateException.class, writer::finish);
    writer.abandon();
    assertFalse(fileSystem.exists(path));
  }

  @Test
  void abandoningAFinishedTableKeepsIt() {
    var writer = new SstableWriter(fileSystem, path, 1, SstableOptions.DEFAULT);
    writer.add(Slice.of("a"), put(1), Slice.of("x"));
    assertEquals(0, fileSystem.size(path));
    SstableSummary summary = writer.finish();
    writer.abandon();
    assertEquals(summary.fileBytes(), fileSystem.size(path));
    assertThrows(IllegalStateException.class, writer::finish);
  }

  @Test
  void aFinishedTableSurvivesAPowerCutOnceItsDirectoryIsSynced() {
    var writer = new SstableWriter(fileSystem, path, 1, SstableOptions.DEFAULT);
    writer.add(Slice.of("a"), put(1), Slice.of("x"));
    writer.finish();
    fileSystem.syncDirectory(path.getParent());
    var after = fileSystem.crashClone(new CrashingFileSystem.Survival.Synced());
    try (var cache = new BlockCache(0)) {
      SstableReader table = TableModel.open(after, path, 1, cache);
      table.verify(finding -> assertEquals("", finding.toString()));
      table.release();
    }
  }

  @Test
  void aFullDiskLeavesNoFileBehindOnceAbandoned() {
    var faulty = new FaultInjectingFileSystem(fileSystem);
    faulty.add(FaultRule.on(FileOperation.WRITE).noSpace());
    long allocatedBefore = NativeMemory.allocatedBytes();
    var writer = new SstableWriter(faulty, path, 1, SstableOptions.DEFAULT);
    for (int i = 0; i < 100; i++) {
      writer.add(Slice.of("key" + (100 + i)), put(i), Slice.of("x"));
    }
    assertThrows(StorageException.class, writer::finish);
    writer.abandon();
    assertFalse(fileSystem.exists(path));
    assertEquals(allocatedBefore, NativeMemory.allocatedBytes());
  }

  @Test
  void aFailedSyncIsReported() {
    var faulty = new FaultInjectingFileSystem(fileSystem);
    faulty.add(FaultRule.on(FileOperation.SYNC).failAndLose("Input/output error"));
    var writer = new SstableWriter(faulty, path, 1, SstableOptions.DEFAULT);
    writer.add(Slice.of("a"), put(1), Slice.of("x"));
    assertThrows(StorageException.class, writer::finish);
    writer.abandon();
  }

  @Test
  void largeValuesAndLongKeysComeBackWhole() {
    long allocatedBefore = NativeMemory.allocatedBytes();
    long seed = new Random().nextLong();
    for (Compression compression : Compression.values()) {
      var random = new Random(seed);
      var model = new TableModel();
      int[] sizes = {
        0,
        1,
        SstableFormat.LARGE_VALUE_BYTES - 1,
        SstableFormat.LARGE_VALUE_BYTES,
        SstableFormat.LARGE_VALUE_BYTES + 1,
        3 << 20,
        9 << 20
      };
      for (int i = 0; i < sizes.length; i++) {
        byte[] key = new byte[i % 2 == 0 ? 10 : InternalKey.USER_KEY_BYTES_MAX];
        random.nextBytes(key);
        byte[] value = new byte[sizes[i]];
        if (i % 3 > 0) {
          random.nextBytes(value);
        }
        model.put(key, 10 + i, EntryKind.PUT, value);
      }
      Path file = path.resolveSibling(compression + ".sst");
      model.write(fileSystem, file, 1, SstableOptions.DEFAULT.withCompression(compression));
      try (var cache = new BlockCache(1 << 20)) {
        checkAll(model, TableModel.open(fileSystem, file, 1, cache), seed);
      }
      fileSystem.delete(file);
    }
    assertEquals(allocatedBefore, NativeMemory.allocatedBytes());
  }

  private static void checkAll(TableModel model, SstableReader table, long seed) {
    var context = new ReadContext();
    var value = new Slice();
    for (var entry : model.entries.entrySet()) {
      Slice key = Slice.of(entry.getKey().userKey());
      assertEquals(
          Lookup.FOUND,
          table.get(key, InternalKey.SEQUENCE_MAX, context, 0, value),
          "seed " + seed);
      assertTrue(Slice.of(entry.getValue()).contentEquals(value), "seed " + seed);
      context.releasePins();
    }
    try (EntryIterator iterator = table.iterator(context, 0, CachePolicy.BYPASS)) {
      int count = 0;
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        count++;
      }
      assertEquals(model.entries.size(), count);
    }
    var findings = new ArrayList<SstableFinding>();
    table.verify(findings::add);
    assertEquals(List.of(), findings);
    table.release();
  }

  @Test
  void optionsAreWhatTheyWere() {
    assertEquals(new SstableOptions(4096, 16, Compression.LZ4, 10, 0), SstableOptions.DEFAULT);
    assertThrows(IllegalArgumentException.class, () -> SstableOptions.DEFAULT.withBlockBytes(63));
    assertThrows(
        IllegalArgumentException.class, () -> SstableOptions.DEFAULT.withRestartInterval(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> SstableOptions.DEFAULT.withBloomBitsPerKey(Double.NaN));
  }
}
