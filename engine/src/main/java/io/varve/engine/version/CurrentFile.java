package io.varve.engine.version;

import io.varve.engine.bytes.Crc32c;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.IncompatibleFormatException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileNames.FileName;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.ReadableFile;
import io.varve.engine.file.WritableFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The file `CURRENT`: one line that says which manifest counts.
///
/// It is replaced by renaming a finished file over it, so there is always a whole one.
public final class CurrentFile {

  private CurrentFile() {}

  /// The number of the manifest that counts.
  ///
  /// @throws CorruptionException if the line is not as it was written
  public static long read(FileSystem files, Path directory) {
    Path path = FileNames.current(directory);
    try (ReadableFile file = files.open(path);
        Arena arena = Arena.ofConfined()) {
      if (file.size() > ManifestFormat.CURRENT_BYTES_MAX) {
        throw new CorruptionException(
            file.name(), 0, "expected one short line, found " + file.size() + " bytes");
      }
      MemorySegment bytes = arena.allocate(ManifestFormat.CURRENT_BYTES_MAX);
      int length = file.read(0, bytes, 0, (int) file.size());
      return parse(file.name(), new Slice(bytes, 0, length).toUtf8());
    }
  }

  private static long parse(String file, String line) {
    if (line.startsWith("varve-current ") && !line.startsWith(ManifestFormat.CURRENT_PREFIX)) {
      throw new IncompatibleFormatException(file, "it reads: " + line.strip());
    }
    int crcAt = line.lastIndexOf(' ') + 1;
    if (!line.startsWith(ManifestFormat.CURRENT_PREFIX)
        || !line.equals(line.substring(0, crcAt) + checksum(line.substring(0, crcAt)) + "\n")) {
      throw new CorruptionException(
          file, 0, "expected '" + ManifestFormat.CURRENT_PREFIX + "…', found '" + line + "'");
    }
    @Nullable FileName name =
        FileNames.parse(line.substring(ManifestFormat.CURRENT_PREFIX.length(), crcAt - 1));
    if (name == null || name.kind() != FileNames.Kind.MANIFEST) {
      throw new CorruptionException(file, 0, "names no manifest: '" + line + "'");
    }
    return name.number();
  }

  /// Writes the line to a file beside and syncs it; [#install] makes it count.
  static void prepare(FileSystem files, Path directory, long manifestNumber) {
    Path temporary = FileNames.temporary(FileNames.current(directory));
    if (files.exists(temporary)) {
      files.delete(temporary);
    }
    Slice line = Slice.of(line(manifestNumber));
    try (WritableFile file = files.create(temporary);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(line.length());
      line.copyTo(bytes, 0);
      file.append(bytes, 0, line.length());
      file.sync();
    }
  }

  /// The switch. Durable once the directory is synced, which the caller does.
  static void install(FileSystem files, Path directory) {
    Path current = FileNames.current(directory);
    files.rename(FileNames.temporary(current), current);
  }

  static String line(long manifestNumber) {
    String text =
        ManifestFormat.CURRENT_PREFIX
            + FileNames.nameOf(FileNames.manifest(Path.of(""), manifestNumber))
            + " ";
    return text + checksum(text) + "\n";
  }

  private static String checksum(String text) {
    MemorySegment bytes = MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    int crc = new Crc32c().update(bytes, 0, bytes.byteSize()).value();
    String hex = Integer.toHexString(crc);
    return "0".repeat(8 - hex.length()) + hex;
  }
}
