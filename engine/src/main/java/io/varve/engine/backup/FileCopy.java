package io.varve.engine.backup;

import io.varve.engine.bytes.Crc32c;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.ReadableFile;
import io.varve.engine.file.WritableFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Copies files byte by byte and knows their checksums. What is written is read back: a copy counts
/// when it is on the disk and holds what the original held.
final class FileCopy {

  private static final int CHUNK_BYTES = 1 << 20;

  private FileCopy() {}

  /// Copies a file and syncs the copy; its name is the caller's to sync.
  ///
  /// @return CRC-32C of the content
  /// @throws StorageException if what is read back is something else
  static int copy(FileSystem files, Path from, Path to) {
    int crc;
    try (ReadableFile source = files.open(from);
        WritableFile target = files.create(to);
        Arena arena = Arena.ofConfined()) {
      MemorySegment chunk = arena.allocate(CHUNK_BYTES, 8);
      Crc32c checksum = new Crc32c();
      for (long at = 0; at < source.size(); ) {
        int length = (int) Math.min(CHUNK_BYTES, source.size() - at);
        source.readFully(at, chunk, 0, length);
        checksum.update(chunk, 0, length);
        target.append(chunk, 0, length);
        at += length;
      }
      target.sync();
      crc = checksum.value();
    }
    int copied = checksum(files, to);
    if (copied != crc) {
      throw new StorageException(
          "copy",
          to.toString(),
          "wrote checksum "
              + ChecksummedLine.hex(crc)
              + " and read back "
              + ChecksummedLine.hex(copied));
    }
    return crc;
  }

  /// Copies a file whose checksum is known.
  ///
  /// @throws CorruptionException if the original is not what it was
  static void copy(FileSystem files, Path from, Path to, int expected) {
    int crc = copy(files, from, to);
    if (crc != expected) {
      throw new CorruptionException(
          FileNames.nameOf(from),
          0,
          "expected checksum "
              + ChecksummedLine.hex(expected)
              + ", found "
              + ChecksummedLine.hex(crc));
    }
  }

  /// CRC-32C of a file's content.
  static int checksum(FileSystem files, Path path) {
    try (ReadableFile file = files.open(path);
        Arena arena = Arena.ofConfined()) {
      MemorySegment chunk = arena.allocate(CHUNK_BYTES, 8);
      Crc32c checksum = new Crc32c();
      for (long at = 0; at < file.size(); ) {
        int length = (int) Math.min(CHUNK_BYTES, file.size() - at);
        file.readFully(at, chunk, 0, length);
        checksum.update(chunk, 0, length);
        at += length;
      }
      return checksum.value();
    }
  }
}
