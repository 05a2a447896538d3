package io.varve.engine.backup;

import io.varve.engine.bytes.Crc32c;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.IncompatibleFormatException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.ReadableFile;
import io.varve.engine.file.WritableFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// A small file of one line: what it is, its version, words, and a checksum; `docs/format/backup.md`.
///
/// ```
/// line := kind " " version (" " word)* " " crc "\n"
/// crc  := CRC-32C of all before it, eight hexadecimal digits
/// ```
final class ChecksummedLine {

  private static final int BYTES_MAX = 1024;
  private static final int VERSION = 1;

  private ChecksummedLine() {}

  /// Writes the file so that it is there whole or not at all, and durable on return.
  static void write(FileSystem files, Path path, String kind, List<String> words) {
    String text = kind + " " + VERSION + " " + String.join(" ", words) + " ";
    Slice line = Slice.of(text + checksum(text) + "\n");
    Path temporary = FileNames.temporary(path);
    if (files.exists(temporary)) {
      files.delete(temporary);
    }
    try (WritableFile file = files.create(temporary);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(line.length());
      line.copyTo(bytes, 0);
      file.append(bytes, 0, line.length());
      file.sync();
    }
    files.rename(temporary, path);
    Path directory = path.getParent();
    if (directory == null) {
      throw new IllegalArgumentException(path + " has no directory");
    }
    files.syncDirectory(directory);
  }

  /// The words of a file.
  ///
  /// @param count how many there have to be
  /// @throws CorruptionException if it is not as it was written
  static List<String> read(FileSystem files, Path path, String kind, int count) {
    String line = readText(files, path);
    String name = FileNames.nameOf(path);
    int crcAt = line.lastIndexOf(' ') + 1;
    String text = line.substring(0, crcAt);
    if (crcAt == 0 || !line.equals(text + checksum(text) + "\n")) {
      throw new CorruptionException(name, 0, "expected one line with a checksum: '" + line + "'");
    }
    List<String> words = List.of(text.split(" ", -1));
    if (!words.getFirst().equals(kind)) {
      throw new CorruptionException(name, 0, "expected '" + kind + " …', found '" + line + "'");
    }
    if (words.size() < 2 || !words.get(1).equals(Integer.toString(VERSION))) {
      throw new IncompatibleFormatException(name, "it reads: " + line.strip());
    }
    // The text ends with a blank, so there is an empty word behind the last.
    if (words.size() != count + 3) {
      throw new CorruptionException(
          name, 0, "expected " + count + " words, found " + (words.size() - 3));
    }
    return words.subList(2, 2 + count);
  }

  private static String readText(FileSystem files, Path path) {
    try (ReadableFile file = files.open(path);
        Arena arena = Arena.ofConfined()) {
      if (file.size() > BYTES_MAX) {
        throw new CorruptionException(
            file.name(), 0, "expected one short line, found " + file.size() + " bytes");
      }
      MemorySegment bytes = arena.allocate(BYTES_MAX);
      int length = file.read(0, bytes, 0, (int) file.size());
      return new Slice(bytes, 0, length).toUtf8();
    }
  }

  private static String checksum(String text) {
    MemorySegment bytes = MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    return hex(new Crc32c().update(bytes, 0, bytes.byteSize()).value());
  }

  /// A checksum as eight hexadecimal digits.
  static String hex(int crc) {
    String digits = Integer.toHexString(crc);
    return "0".repeat(8 - digits.length()) + digits;
  }
}
