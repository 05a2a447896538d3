package io.varve.engine.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.WritableFile;
import io.varve.engine.inspect.SstableDump.Detail;
import io.varve.engine.sstable.GoldenTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Dumps of a golden table as text files, and dumps of what is left of damaged ones.
///
/// The expected text is written anew with `-Dvarve.rewrite=true`.
class SstableDumpTest {

  private static final Path DIRECTORY = Path.of("src/test/resources/io/varve/engine/inspect");

  private final CrashingFileSystem memory = new CrashingFileSystem();
  private final Path directory = Path.of("/db");

  private static boolean dump(FileSystem files, Path table, StringBuilder text) {
    return SstableDump.dumpFile(
        files, table, DumpFormat.TEXT, Detail.INDEX, line -> text.append(line).append('\n'));
  }

  private Path copy(byte[] content, long fileNumber) {
    memory.createDirectories(directory);
    Path copy = FileNames.sstable(directory, fileNumber);
    if (memory.exists(copy)) {
      memory.delete(copy);
    }
    var bytes = new GrowableBuffer(content.length);
    bytes.putBytes(content);
    try (WritableFile file = memory.create(copy)) {
      file.append(bytes.segment(), 0, content.length);
    }
    return copy;
  }

  @Test
  void textAndJsonAreWhatTheyWere() throws IOException {
    GoldenTables golden = GoldenTables.V1_LZ4;
    for (DumpFormat format : DumpFormat.values()) {
      var text = new StringBuilder();
      assertTrue(
          SstableDump.dumpFile(
              new DiskFileSystem(),
              golden.path(),
              format,
              Detail.ENTRIES,
              line -> text.append(line).append('\n')));
      String suffix =
          switch (format) {
            case TEXT -> ".txt";
            case JSON -> ".jsonl";
          };
      check(golden.fileName() + suffix, text.toString());
    }
  }

  private static void check(String name, String found) throws IOException {
    Path expected = DIRECTORY.resolve(name);
    if (Boolean.getBoolean("varve.rewrite")) {
      Files.createDirectories(DIRECTORY);
      Files.writeString(expected, found);
    }
    assertEquals(Files.readString(expected), found);
  }

  @Test
  void everyFlippedByteIsToldAndTheRestIsShown() throws IOException {
    long allocatedBefore = NativeMemory.allocatedBytes();
    for (GoldenTables golden : List.of(GoldenTables.V1_LZ4, GoldenTables.V1_PARTITIONED)) {
      byte[] whole = Files.readAllBytes(golden.path());
      Path copy = copy(whole, golden.fileNumber());
      var undamaged = new StringBuilder();
      assertTrue(dump(memory, copy, undamaged));
      long blocks = undamaged.toString().lines().filter(line -> line.startsWith("block")).count();
      // Strides that share no factor with the layout: they meet each kind of byte.
      int stride = whole.length < 4096 ? 3 : 67;
      for (int offset = 0; offset < whole.length; offset += stride) {
        memory.corrupt(copy, offset, 0x40);
        var text = new StringBuilder();
        assertFalse(dump(memory, copy, text), "flip at " + offset);
        assertTrue(text.toString().contains("DAMAGE at offset "), text.toString());
        boolean inData = offset < whole.length / 3;
        long shown = text.toString().lines().filter(line -> line.startsWith("block")).count();
        assertTrue(!inData || shown == blocks, "flip at " + offset + "\n" + text);
        SstableDump.dumpFile(memory, copy, DumpFormat.JSON, Detail.ENTRIES, _ -> {});
        memory.corrupt(copy, offset, 0x40);
      }
    }
    assertEquals(allocatedBefore, NativeMemory.allocatedBytes());
  }

  @Test
  void aTableCutOffIsToldToBeOne() throws IOException {
    byte[] whole = Files.readAllBytes(GoldenTables.V1_NONE.path());
    for (int length = 0; length < whole.length; length += 5) {
      Path copy = copy(Arrays.copyOf(whole, length), GoldenTables.V1_NONE.fileNumber());
      assertFalse(dump(memory, copy, new StringBuilder()), "cut to " + length);
    }
  }

  @Test
  void aDamagedFooterChecksumDoesNotHideTheTable() throws IOException {
    byte[] whole = Files.readAllBytes(GoldenTables.V1_NONE.path());
    Path copy = copy(whole, GoldenTables.V1_NONE.fileNumber());
    // The checksum itself: everything else in the footer still holds.
    memory.corrupt(copy, whole.length - 12, 0xff);
    var text = new StringBuilder();
    assertFalse(dump(memory, copy, text));
    assertTrue(text.toString().contains("damage found in 1 place"), text.toString());
    assertTrue(text.toString().contains("checksum of the footer: expected 0x"), text.toString());
    assertTrue(text.toString().contains("block at 0, "), text.toString());
  }

  @Test
  void aTableUnderAWrongNameIsShownWithItsOwnNumber() throws IOException {
    Path copy = copy(Files.readAllBytes(GoldenTables.V1_NONE.path()), 99);
    var text = new StringBuilder();
    assertFalse(dump(memory, copy, text));
    assertTrue(text.toString().contains("file number: expected 99, found 40"), text.toString());
    assertTrue(text.toString().contains("block at 0, "), text.toString());
  }
}
