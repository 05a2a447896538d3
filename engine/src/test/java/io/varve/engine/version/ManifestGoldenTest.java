package io.varve.engine.version;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.engine.bytes.Slice;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.ReadableFile;
import io.varve.engine.file.WritableFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Manifests of format version 1 are read, and written, as they were when the version was fixed:
/// `src/test/resources/io/varve/engine/version/manifest-v1.bin`, rewritten only with -Dvarve.test.rewrite=true.
class ManifestGoldenTest {

  private static final Path GOLDEN =
      Path.of("src/test/resources/io/varve/engine/version/manifest-v1.bin");
  private static final Path DIRECTORY = Path.of("/store");
  private static final long NUMBER = 7;

  private static StoreState state() {
    TableMetadata young =
        new TableMetadata(20, 4_000, 70, 3, 9_000, Slice.of("apple"), Slice.of("pear"), 50, 119);
    TableMetadata old =
        new TableMetadata(9, 80_000, 900, 0, 200_000, Slice.of("ant"), Slice.of("zebra"), 1, 49);
    return new StoreState(
            Version.of(java.util.List.of()), 22, 119, 6, Map.of("keyspace.layout", "plain"))
        .apply(VersionEdit.builder().add(0, 19, young).add(6, StoreState.BASE_RUN_ID, old).build());
  }

  private static byte[] written() {
    CrashingFileSystem files = new CrashingFileSystem();
    files.createDirectories(DIRECTORY);
    try (ManifestWriter writer = ManifestWriter.create(files, DIRECTORY, NUMBER, state())) {
      writer.sync();
      writer.append(VersionEdit.builder().remove(0, 20).nextFileNumber(30).build());
      writer.sync();
    }
    try (ReadableFile file = files.open(FileNames.manifest(DIRECTORY, NUMBER))) {
      byte[] bytes = new byte[(int) file.size()];
      file.readFully(0, MemorySegment.ofArray(bytes), 0, bytes.length);
      return bytes;
    }
  }

  @Test
  void aManifestOfVersionOneIsWrittenByteByByteAsBefore() throws IOException {
    byte[] written = written();
    if (Boolean.getBoolean("varve.test.rewrite")) {
      Files.createDirectories(GOLDEN.getParent());
      Files.write(GOLDEN, written);
    }
    assertEquals(Slice.of(Files.readAllBytes(GOLDEN)).toString(), Slice.of(written).toString());
  }

  @Test
  void aManifestOfVersionOneIsRead() throws IOException {
    CrashingFileSystem files = new CrashingFileSystem();
    files.createDirectories(DIRECTORY);
    byte[] golden = Files.readAllBytes(GOLDEN);
    try (WritableFile file = files.create(FileNames.manifest(DIRECTORY, NUMBER));
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(golden.length);
      MemorySegment.copy(MemorySegment.ofArray(golden), 0, bytes, 0, golden.length);
      file.append(bytes, 0, golden.length);
    }
    StoreState state = ManifestReader.read(files, DIRECTORY, NUMBER);
    assertEquals("L6 run 1: 9[ant..zebra]x80000\n", state.version().describe());
    assertEquals(30, state.nextFileNumber());
    assertEquals(119, state.lastSequence());
    assertEquals(6, state.walSegment());
    assertEquals("plain", state.properties().get("keyspace.layout"));
  }
}
