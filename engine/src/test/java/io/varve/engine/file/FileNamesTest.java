package io.varve.engine.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.engine.file.FileNames.FileName;
import io.varve.engine.file.FileNames.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FileNamesTest {

  private static final Path DIRECTORY = Path.of("/db");

  @Test
  void whatIsBuiltIsRecognised() {
    for (long number : new long[] {0, 1, 999_999, 1_000_000, 123_456_789_012L}) {
      assertEquals(new FileName(Kind.WAL, number), parse(FileNames.wal(DIRECTORY, number)));
      assertEquals(new FileName(Kind.SSTABLE, number), parse(FileNames.sstable(DIRECTORY, number)));
      assertEquals(new FileName(Kind.VALUE, number), parse(FileNames.value(DIRECTORY, number)));
      assertEquals(
          new FileName(Kind.MANIFEST, number), parse(FileNames.manifest(DIRECTORY, number)));
    }
    assertEquals(new FileName(Kind.CURRENT, 0), parse(FileNames.current(DIRECTORY)));
    assertEquals(new FileName(Kind.LOCK, 0), parse(FileNames.lock(DIRECTORY)));
    assertEquals(
        new FileName(Kind.TEMPORARY, 0),
        parse(FileNames.temporary(FileNames.sstable(DIRECTORY, 3))));
  }

  @Test
  void namesAreAsDocumented() {
    assertEquals(Path.of("/db/000123.wal"), FileNames.wal(DIRECTORY, 123));
    assertEquals(Path.of("/db/000123.val"), FileNames.value(DIRECTORY, 123));
    assertEquals(Path.of("/db/MANIFEST-000007"), FileNames.manifest(DIRECTORY, 7));
    assertEquals(Path.of("/db/CURRENT.tmp"), FileNames.temporary(FileNames.current(DIRECTORY)));
    assertThrows(IllegalArgumentException.class, () -> FileNames.wal(DIRECTORY, -1));
  }

  @Test
  void whatIsNotOursIsLeftAlone() {
    for (String name :
        new String[] {
          "",
          ".wal",
          "123.wal",
          "0000123.wal",
          "00012a.wal",
          "-00123.wal",
          "000123",
          "current",
          "MANIFEST-",
          "MANIFEST-7",
          "MANIFEST-000007x",
          "000123.sst.bak",
          "9999999999999999999.sst"
        }) {
      assertNull(FileNames.parse(name), name);
    }
  }

  private static FileName parse(Path path) {
    return FileNames.parse(FileNames.nameOf(path));
  }
}
