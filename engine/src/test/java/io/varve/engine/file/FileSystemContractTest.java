package io.varve.engine.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every file system promises, run over all of them.
class FileSystemContractTest {

  @TempDir Path temporary;

  @Nested
  class OnDisk extends Contract {
    @Override
    FileSystem fileSystem() {
      return new DiskFileSystem();
    }

    @Override
    Path root() {
      return temporary;
    }
  }

  @Nested
  class InMemory extends Contract {
    @Override
    FileSystem fileSystem() {
      return new CrashingFileSystem();
    }

    @Override
    Path root() {
      return Path.of("/memory");
    }
  }

  @Nested
  class FaultInjectingWithoutRules extends Contract {
    @Override
    FileSystem fileSystem() {
      return new FaultInjectingFileSystem(new CrashingFileSystem());
    }

    @Override
    Path root() {
      return Path.of("/memory");
    }
  }

  abstract static class Contract {

    abstract FileSystem fileSystem();

    abstract Path root();

    private final FileSystem files = fileSystem();

    private Path directory() {
      Path directory = root().resolve("a/b");
      files.createDirectories(directory);
      return directory;
    }

    @Test
    void whatIsAppendedIsReadBackAtAnyPosition() {
      Path path = directory().resolve("f");
      byte[] expected = new byte[20_000];
      new Random(1).nextBytes(expected);
      try (WritableFile file = files.create(path)) {
        assertEquals("f", file.name());
        MemorySegment source = MemorySegment.ofArray(expected);
        file.append(source, 0, 5_000);
        assertEquals(5_000, file.position());
        file.append(source, 5_000, 15_000);
        file.sync();
      }
      assertEquals(20_000, files.size(path));
      try (ReadableFile file = files.open(path);
          Arena arena = Arena.ofConfined()) {
        assertEquals(20_000, file.size());
        MemorySegment target = arena.allocate(30_000);
        for (int from : new int[] {0, 1, 4_095, 4_096, 4_097, 19_999}) {
          assertEquals(20_000 - from, file.read(from, target, 7, 25_000));
          byte[] found = target.asSlice(7, 20_000 - from).toArray(ValueLayout.JAVA_BYTE);
          assertArrayEquals(java.util.Arrays.copyOfRange(expected, from, 20_000), found);
        }
        assertEquals(0, file.read(20_000, target, 0, 10));
        assertEquals(0, file.read(90_000, target, 0, 10));
        assertThrows(CorruptionException.class, () -> file.readFully(19_995, target, 0, 10));
      }
    }

    @Test
    void writesByPositionLeaveTheAppendPositionAlone() {
      Path path = directory().resolve("f");
      try (WritableFile file = files.create(path)) {
        append(file, "0123456789");
        write(file, 2, "ab");
        write(file, 12, "cd");
        assertEquals(10, file.position());
        append(file, "XY");
      }
      assertEquals("01ab456789XYcd", read(path));
    }

    @Test
    void aGapReadsAsZeros() {
      Path path = directory().resolve("f");
      try (WritableFile file = files.create(path)) {
        write(file, 3, "x");
      }
      assertEquals("\0\0\0x", read(path));
    }

    @Test
    void overwritingStartsAtZeroAndCutsNothing() {
      Path path = directory().resolve("f");
      create(path, "old content");
      try (WritableFile file = files.openForOverwrite(path)) {
        assertEquals(0, file.position());
        append(file, "NEW");
      }
      assertEquals("NEW content", read(path));
      assertThrows(
          StorageException.class, () -> files.openForOverwrite(directory().resolve("none")));
    }

    @Test
    void truncateCutsAndExtends() {
      Path path = directory().resolve("f");
      try (WritableFile file = files.create(path)) {
        append(file, "0123456789");
        file.truncate(4);
        assertEquals(4, file.position());
        append(file, "x");
        file.truncate(8);
        assertEquals(5, file.position());
      }
      assertEquals("0123x\0\0\0", read(path));
    }

    @Test
    void creatingWhatExistsFails() {
      Path path = directory().resolve("f");
      create(path, "1");
      StorageException e = assertThrows(StorageException.class, () -> files.create(path));
      assertTrue(e.getMessage().contains("f"), e.getMessage());
      assertEquals("1", read(path));
    }

    @Test
    void missingFilesAreErrors() {
      Path none = directory().resolve("none");
      assertFalse(files.exists(none));
      assertThrows(StorageException.class, () -> files.open(none));
      assertThrows(StorageException.class, () -> files.size(none));
      assertThrows(StorageException.class, () -> files.delete(none));
      assertThrows(StorageException.class, () -> files.rename(none, directory().resolve("x")));
      assertThrows(StorageException.class, () -> files.list(none));
    }

    @Test
    void renameReplacesItsTarget() {
      Path from = directory().resolve("from");
      Path to = directory().resolve("to");
      create(from, "new");
      create(to, "old");
      files.rename(from, to);
      assertFalse(files.exists(from));
      assertEquals("new", read(to));
      assertEquals(List.of("to"), files.list(directory()));
    }

    @Test
    void aLinkIsTheSameFileUnderASecondName() {
      Path first = directory().resolve("first");
      Path second = directory().resolve("second");
      create(first, "content");
      files.link(first, second);
      files.delete(first);
      assertEquals("content", read(second));
      create(first, "other");
      assertThrows(StorageException.class, () -> files.link(first, second));
    }

    @Test
    void anOpenFileOutlivesItsName() {
      Path path = directory().resolve("f");
      create(path, "content");
      try (ReadableFile file = files.open(path)) {
        files.delete(path);
        MemorySegment target = MemorySegment.ofArray(new byte[7]);
        assertEquals(7, file.read(0, target, 0, 7));
      }
    }

    @Test
    void directoriesAreListedWithFilesAndCanBeMadeTwice() {
      create(directory().resolve("f"), "1");
      files.createDirectories(directory().resolve("sub"));
      files.createDirectories(directory().resolve("sub"));
      files.syncDirectory(directory());
      assertEquals(List.of("f", "sub"), files.list(directory()).stream().sorted().toList());
      assertTrue(files.exists(directory().resolve("sub")));
      assertTrue(files.usableBytes(directory()) > 0);
    }

    @Test
    void aLockIsHeldOnceAndCanBeTakenAgain() {
      Path lock = directory().resolve("LOCK");
      FileLock held = files.lock(lock);
      StorageException e = assertThrows(StorageException.class, () -> files.lock(lock));
      assertTrue(e.getMessage().contains("in use by another store"), e.getMessage());
      assertTrue(e.getMessage().contains(directory().toString()), e.getMessage());
      held.close();
      files.lock(lock).close();
    }

    private void create(Path path, String content) {
      try (WritableFile file = files.create(path)) {
        append(file, content);
      }
    }

    private static void append(WritableFile file, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      file.append(MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    private static void write(WritableFile file, long position, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      file.write(position, MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    private String read(Path path) {
      try (ReadableFile file = files.open(path)) {
        byte[] bytes = new byte[(int) file.size()];
        file.readFully(0, MemorySegment.ofArray(bytes), 0, bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
      }
    }
  }
}
