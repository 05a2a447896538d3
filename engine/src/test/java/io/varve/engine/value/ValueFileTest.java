package io.varve.engine.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.block.Block;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.IncompatibleFormatException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FileNames;
import io.varve.engine.iterator.ReadContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What goes into a value file comes out, or an error does.
class ValueFileTest {

  private static final long NUMBER = 12;

  private final CrashingFileSystem files = new CrashingFileSystem();
  private final Path directory = Path.of("/db");
  private final Path path = FileNames.value(directory, NUMBER);

  @BeforeEach
  void createDirectory() {
    files.createDirectories(directory);
  }

  @Test
  void valuesOfAllSizesAndCompressionsComeBack() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    long allocatedBefore = NativeMemory.allocatedBytes();
    for (Compression compression : Compression.values()) {
      List<byte[]> values = new ArrayList<>();
      for (int bytes : new int[] {0, 1, 100, 4096, 5000, 70_000, 1_500_000}) {
        values.add(value(random, bytes, 2));
        values.add(value(random, bytes, 256));
      }
      List<ValueReference> references = write(values, compression);
      ValueFile file = open();
      assertEquals(references, file.directory(), "seed " + seed);
      assertEquals(values.size(), file.footer().valueCount());
      for (int i = 0; i < values.size(); i++) {
        assertArrayEquals(values.get(i), file, references.get(i), "seed " + seed);
      }
      file.release();
      files.delete(path);
    }
    assertEquals(allocatedBefore, NativeMemory.allocatedBytes());
  }

  @Test
  void whatDoesNotShrinkIsStoredAsItIs() {
    Random random = new Random(1);
    List<ValueReference> references =
        write(List.of(value(random, 8192, 256), value(random, 8192, 2)), Compression.LZ4);
    assertEquals(8192, references.get(0).length());
    assertTrue(references.get(1).length() < 8192 * 7 / 8, references.get(1).toString());
  }

  @Test
  void everyFlippedByteIsDetected() {
    Random random = new Random(2);
    List<byte[]> values =
        List.of(value(random, 300, 2), value(random, 100, 256), value(random, 500, 4));
    for (Compression compression : Compression.values()) {
      List<ValueReference> references = write(values, compression);
      for (long offset = 0; offset < files.size(path); offset++) {
        files.corrupt(path, offset, 1 << (offset % 8));
        assertTrue(detects(values, references), compression + " byte " + offset);
        files.corrupt(path, offset, 1 << (offset % 8));
      }
      assertFalse(detects(values, references));
      files.delete(path);
    }
  }

  private boolean detects(List<byte[]> values, List<ValueReference> references) {
    ValueFile file;
    try {
      file = open();
    } catch (EngineException e) {
      return true;
    }
    boolean found = false;
    try {
      for (int i = 0; i < values.size(); i++) {
        try {
          assertArrayEquals(values.get(i), file, references.get(i), "value " + i);
        } catch (CorruptionException e) {
          assertEquals("000012.val", e.file());
          assertEquals(references.get(i).offset(), e.offset());
          found = true;
        }
      }
      try {
        file.directory();
      } catch (CorruptionException e) {
        found = true;
      }
    } finally {
      file.release();
    }
    return found;
  }

  @Test
  void aFileUnderAnotherNameIsNotTakenForIt() {
    write(List.of(new byte[5000]), Compression.NONE);
    Path other = FileNames.value(directory, 13);
    files.link(path, other);
    assertThrows(
        CorruptionException.class, () -> ValueFile.open(files, other, 13, new ReadContext(), 0));
  }

  @Test
  void anotherVersionIsIncompatibleAndNotDamage() {
    write(List.of(new byte[5000]), Compression.NONE);
    files.corrupt(path, files.size(path) - 64 + ValueFileFormat.FOOTER_VERSION, 2);
    assertThrows(IncompatibleFormatException.class, this::open);
  }

  @Test
  void aReferenceThatDoesNotFitTheFileIsCorruption() {
    ValueReference good = write(List.of(new byte[5000]), Compression.NONE).getFirst();
    ValueFile file = open();
    for (ValueReference bad :
        List.of(
            new ValueReference(NUMBER, good.offset() + 1, good.length(), good.rawLength()),
            new ValueReference(NUMBER, good.offset(), good.length() - 1, good.rawLength()),
            new ValueReference(NUMBER, good.offset(), good.length(), good.rawLength() + 1),
            new ValueReference(NUMBER, 1L << 40, good.length(), good.rawLength()))) {
      CorruptionException e = assertThrows(CorruptionException.class, () -> file.read(bad));
      assertEquals("000012.val", e.file());
    }
    file.release();
  }

  @Test
  void referencesAreReadAsTheyWereWritten() {
    ValueReference reference =
        new ValueReference(1L << 50, 1L << 40, Integer.MAX_VALUE, Integer.MAX_VALUE);
    GrowableBuffer buffer = new GrowableBuffer(64);
    reference.encode(buffer);
    assertTrue(buffer.size() <= ValueReference.ENCODED_BYTES_MAX);
    assertEquals(reference, ValueReference.decode(buffer.slice()));
    Slice cut = buffer.slice();
    cut.set(cut.segment(), 0, buffer.size() - 1);
    assertThrows(CorruptionException.class, () -> ValueReference.decode(cut));
    buffer.putByte(0);
    assertThrows(ByteCursor.MalformedException.class, () -> ValueReference.parse(buffer.slice()));
  }

  @Test
  void anAbandonedFileIsGone() {
    ValueFileWriter writer = new ValueFileWriter(files, path, NUMBER, Compression.NONE);
    writer.add(nativeSlice(new byte[100_000]));
    writer.abandon();
    assertFalse(files.exists(path));
  }

  @Test
  void aFinishedFileSurvivesAPowerCut() {
    List<ValueReference> references = write(List.of(new byte[100_000]), Compression.NONE);
    files.syncDirectory(directory);
    CrashingFileSystem after = files.crashClone(new CrashingFileSystem.Survival.Synced());
    ValueFile file = ValueFile.open(after, path, NUMBER, new ReadContext(), 0);
    assertArrayEquals(new byte[100_000], file, references.getFirst(), "after the cut");
    file.release();
    assertNotEquals(0, after.size(path));
  }

  private List<ValueReference> write(List<byte[]> values, Compression compression) {
    ValueFileWriter writer = new ValueFileWriter(files, path, NUMBER, compression);
    List<ValueReference> references = new ArrayList<>();
    for (byte[] value : values) {
      references.add(writer.add(nativeSlice(value)));
    }
    ValueFileWriter.Summary summary = writer.finish();
    assertEquals(files.size(path), summary.fileBytes());
    assertEquals(
        references.stream().mapToLong(ValueReference::storedBytes).sum(), summary.valueBytes());
    return references;
  }

  private ValueFile open() {
    return ValueFile.open(files, path, NUMBER, new ReadContext(), 0);
  }

  private static void assertArrayEquals(
      byte[] expected, ValueFile file, ValueReference reference, String message) {
    Block block = file.read(reference);
    byte[] found = new Slice(block.bytes(), 0, block.size()).toByteArray();
    block.release();
    assertTrue(Arrays.equals(expected, found), message);
  }

  static Slice nativeSlice(byte[] bytes) {
    GrowableBuffer buffer = new GrowableBuffer(bytes.length);
    buffer.putBytes(bytes);
    return buffer.slice();
  }

  /// @param symbols fewer of them compress better
  static byte[] value(Random random, int bytes, int symbols) {
    byte[] value = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      value[i] = (byte) random.nextInt(symbols);
    }
    return value;
  }
}
