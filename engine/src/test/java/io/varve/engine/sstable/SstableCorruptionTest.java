package io.varve.engine.sstable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.block.BlockCache;
import io.varve.engine.block.BlockHandle;
import io.varve.engine.block.BlockIterator;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileOperation;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.ReadableFile;
import io.varve.engine.file.WritableFile;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.Lookup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Damaged tables give an error or the right answer, never a wrong one.
class SstableCorruptionTest {

  private static final long NUMBER = 7;
  private static final SstableOptions SMALL =
      SstableOptions.DEFAULT.withBlockBytes(256).withRestartInterval(3);

  private final CrashingFileSystem fileSystem = new CrashingFileSystem();
  private final Path directory = Path.of("/db");
  private final Path path = directory.resolve("000007.sst");

  @BeforeEach
  void createDirectory() {
    fileSystem.createDirectories(directory);
  }

  @Test
  void everyFlippedByteOfASmallTableIsDetected() {
    for (Compression compression : Compression.values()) {
      TableModel model = smallModel(30);
      Path file = directory.resolve(compression + ".sst");
      SstableSummary summary =
          model.write(fileSystem, file, NUMBER, SMALL.withCompression(compression));
      int xor =
          switch (compression) {
            case NONE -> 0x01;
            case LZ4 -> 0x80;
            case ZSTD -> 0xff;
          };
      flipEachByte(model, file, summary.fileBytes(), xor, 1);
    }
  }

  @Test
  void everyFlippedByteOfATableWithIndexPartitionsIsDetected() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    TableModel model = modelWithLongKeys(random);
    SstableSummary summary = model.write(fileSystem, path, NUMBER, SMALL);
    try (var cache = new BlockCache(0)) {
      SstableReader table = TableModel.open(fileSystem, path, NUMBER, cache);
      assertEquals(2, table.footer().indexLevels(), "seed " + seed);
      table.release();
    }
    // A stride that shares no factor with the layout: it meets each kind of byte.
    flipEachByte(model, path, summary.fileBytes(), 1 << random.nextInt(8), 23);
  }

  private void flipEachByte(TableModel model, Path file, long fileBytes, int xor, int stride) {
    long allocatedBefore = NativeMemory.allocatedBytes();
    int detected = 0;
    int flips = 0;
    for (long offset = 0; offset < fileBytes; offset += stride) {
      fileSystem.corrupt(file, offset, xor);
      flips++;
      detected += detects(model, file) ? 1 : 0;
      fileSystem.corrupt(file, offset, xor);
    }
    assertEquals(flips, detected);
    assertFalse(detects(model, file));
    assertEquals(allocatedBefore, NativeMemory.allocatedBytes());
  }

  /// Asks everything; wrong answers fail the test.
  ///
  /// @return whether opening or a check noticed damage
  private boolean detects(TableModel model, Path file) {
    try (var cache = new BlockCache(0)) {
      SstableReader table;
      try {
        table = TableModel.open(fileSystem, file, NUMBER, cache);
      } catch (EngineException e) {
        return true;
      }
      try {
        lookUpAll(model, table);
        walkAll(model, table);
        var findings = new ArrayList<SstableFinding>();
        table.verify(findings::add);
        return !findings.isEmpty();
      } finally {
        table.release();
      }
    }
  }

  private static void lookUpAll(TableModel model, SstableReader table) {
    var context = new ReadContext();
    var found = new Slice();
    var expected = new Slice();
    for (TableModel.Key key : model.entries.keySet()) {
      try {
        long sequence = InternalKey.sequence(key.trailer());
        Lookup lookup = table.get(Slice.of(key.userKey()), sequence, context, 0, found);
        assertEquals(model.get(key.userKey(), sequence, expected), lookup);
        if (lookup == Lookup.FOUND) {
          assertEquals(expected, found);
        }
      } catch (EngineException e) {
        assertTrue(e.getMessage().contains(".sst"), e.getMessage());
      }
      context.releasePins();
    }
  }

  private static void walkAll(TableModel model, SstableReader table) {
    var context = new ReadContext();
    try (EntryIterator iterator = table.iterator(context, 0, CachePolicy.BYPASS)) {
      iterator.seekToFirst();
      for (Map.Entry<TableModel.Key, byte[]> entry : model.entries.entrySet()) {
        assertTrue(iterator.isValid());
        assertEquals(Slice.of(entry.getKey().userKey()), iterator.userKey());
        assertEquals(Slice.of(entry.getValue()), iterator.value());
        iterator.next();
      }
      assertFalse(iterator.isValid());
    } catch (EngineException e) {
      assertTrue(e.getMessage().contains(".sst"), e.getMessage());
    }
    context.releasePins();
  }

  @Test
  void aTableCutOffAtAnyLengthDoesNotOpen() {
    SstableSummary summary = smallModel(30).write(fileSystem, path, NUMBER, SMALL);
    byte[] content = read(fileSystem, path);
    assertEquals(summary.fileBytes(), content.length);
    for (int length = 0; length < content.length; length++) {
      Path cut = directory.resolve("cut.sst");
      write(cut, Arrays.copyOf(content, length));
      try (var cache = new BlockCache(0)) {
        assertThrows(
            CorruptionException.class, () -> TableModel.open(fileSystem, cut, NUMBER, cache));
      }
      fileSystem.delete(cut);
    }
  }

  @Test
  void aTableUnderAnotherNumberDoesNotOpen() {
    smallModel(10).write(fileSystem, path, NUMBER, SMALL);
    try (var cache = new BlockCache(0)) {
      var e =
          assertThrows(
              CorruptionException.class, () -> TableModel.open(fileSystem, path, 8, cache));
      assertTrue(e.getMessage().contains("file number: expected 8, found 7"), e.getMessage());
    }
  }

  @Test
  void aBlockThatLandedInAnotherFileIsDetected() {
    // The same entries give the same blocks at the same offsets; only the binding differs.
    SstableOptions plain = SMALL.withCompression(Compression.NONE);
    TableModel model = smallModel(60);
    Path other = directory.resolve("000008.sst");
    model.write(fileSystem, path, NUMBER, plain);
    model.write(fileSystem, other, 8, plain);
    byte[] mixed = read(fileSystem, path);
    List<long[]> blocks = dataBlocks(path);
    long[] victim = blocks.get(blocks.size() / 2);
    System.arraycopy(
        read(fileSystem, other), (int) victim[0], mixed, (int) victim[0], (int) victim[1]);
    checkOneDamagedBlock(model, mixed, victim[0]);
  }

  @Test
  void aBlockThatLandedAtAnotherOffsetIsDetected() {
    SstableOptions plain = SMALL.withCompression(Compression.NONE);
    TableModel model = new TableModel();
    for (int i = 0; i < 100; i++) {
      model.put(String.format("key%06d", i), 10 + i, String.format("value%06d", i));
    }
    model.write(fileSystem, path, NUMBER, plain);
    List<long[]> blocks = dataBlocks(path);
    long[] from = blocks.get(1);
    long[] victim = blocks.get(2);
    assertEquals(from[1], victim[1], "the test wants blocks of one size");
    byte[] mixed = read(fileSystem, path);
    System.arraycopy(mixed, (int) from[0], mixed, (int) victim[0], (int) victim[1]);
    checkOneDamagedBlock(model, mixed, victim[0]);
  }

  private void checkOneDamagedBlock(TableModel model, byte[] content, long damagedOffset) {
    fileSystem.delete(path);
    write(path, content);
    try (var cache = new BlockCache(0)) {
      SstableReader table = TableModel.open(fileSystem, path, NUMBER, cache);
      lookUpAll(model, table);
      walkAll(model, table);
      var findings = new ArrayList<SstableFinding>();
      table.verify(findings::add);
      assertEquals(1, findings.size(), findings.toString());
      assertEquals(damagedOffset, findings.getFirst().offset());
      assertTrue(findings.getFirst().detail().contains("checksum"), findings.toString());
      table.release();
    }
  }

  @Test
  void aFailedReadIsAnErrorAndTheIteratorMayBeSoughtAgain() {
    TableModel model = smallModel(200);
    model.write(fileSystem, path, NUMBER, SMALL);
    var faulty = new FaultInjectingFileSystem(fileSystem);
    long allocatedBefore = NativeMemory.allocatedBytes();
    try (var cache = new BlockCache(0)) {
      SstableReader table = TableModel.open(faulty, path, NUMBER, cache);
      var context = new ReadContext();
      try (EntryIterator iterator = table.iterator(context, 0, CachePolicy.FILL)) {
        iterator.seekToFirst();
        faulty.add(FaultRule.on(FileOperation.READ).fail("Input/output error"));
        assertThrows(
            StorageException.class,
            () -> {
              while (iterator.isValid()) {
                iterator.next();
              }
            });
        assertFalse(iterator.isValid());
        assertThrows(
            StorageException.class,
            () ->
                table.get(
                    Slice.of(model.entries.lastKey().userKey()),
                    InternalKey.SEQUENCE_MAX,
                    new ReadContext(),
                    0,
                    new Slice()));
        faulty.clearRules();
        context.releasePins();
        iterator.seekToLast();
        assertTrue(iterator.isValid());
        assertEquals(Slice.of(model.entries.lastKey().userKey()), iterator.userKey());
      }
      context.releasePins();
      table.release();
    }
    assertEquals(allocatedBefore, NativeMemory.allocatedBytes());
  }

  @Test
  void aFailedReadWhileOpeningLeavesNothingBehind() {
    smallModel(20).write(fileSystem, path, NUMBER, SMALL);
    var faulty = new FaultInjectingFileSystem(fileSystem);
    faulty.add(FaultRule.on(FileOperation.READ).nth(1).fail("Input/output error"));
    long allocatedBefore = NativeMemory.allocatedBytes();
    try (var cache = new BlockCache(0)) {
      assertThrows(StorageException.class, () -> TableModel.open(faulty, path, NUMBER, cache));
    }
    assertEquals(allocatedBefore, NativeMemory.allocatedBytes());
  }

  private static TableModel smallModel(int keys) {
    var model = new TableModel();
    for (int i = 0; i < keys; i++) {
      model.put("key" + (i * 7 % 100) + "." + i, 100 + i, "value of " + i);
      if (i % 5 == 0) {
        model.put(Slice.of("gone" + i).toByteArray(), 200 + i, EntryKind.DELETE, new byte[0]);
        model.put("key" + (i * 7 % 100) + "." + i, 300 + i, "newer value of " + i);
      }
    }
    return model;
  }

  /// Keys whose separators stay long, so that a small file has an index with partitions.
  private static TableModel modelWithLongKeys(Random random) {
    var model = new TableModel();
    for (int i = 0; i < 20; i++) {
      byte[] key = new byte[500];
      random.nextBytes(key);
      for (int version = 0; version < 3; version++) {
        byte[] value = new byte[100];
        random.nextBytes(value);
        model.put(key, 10 + version, EntryKind.PUT, value);
      }
    }
    return model;
  }

  /// Offset and length, trailer included, of each data block.
  private List<long[]> dataBlocks(Path file) {
    var blocks = new ArrayList<long[]>();
    try (var cache = new BlockCache(0);
        var index = new BlockIterator()) {
      SstableReader table = TableModel.open(fileSystem, file, NUMBER, cache);
      assertEquals(1, table.footer().indexLevels());
      index.attach(table.rootIndex().retain());
      for (index.seekToFirst(); index.isValid(); index.next()) {
        var handle = BlockHandle.decode(new ByteCursor(index.value()));
        blocks.add(new long[] {handle.offset(), handle.end() - handle.offset()});
      }
      table.release();
    }
    return blocks;
  }

  static byte[] read(FileSystem fileSystem, Path file) {
    try (ReadableFile readable = fileSystem.open(file);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(readable.size());
      readable.readFully(0, bytes, 0, (int) readable.size());
      return new Slice(bytes, 0, (int) bytes.byteSize()).toByteArray();
    }
  }

  private void write(Path file, byte[] content) {
    try (WritableFile writable = fileSystem.create(file)) {
      Slice bytes = TableModel.nativeCopy(content);
      writable.append(bytes.segment(), 0, content.length);
    }
  }
}
