package io.varve.server.replica;

import io.varve.server.rdb.Crc64;
import io.varve.server.rdb.RdbFormat;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Looks at an RDB file as a whole before any of it is used: half an import is worse than none.
///
/// ```
/// file := "REDIS", version (4 digits), ..., FF, [checksum of all before it (8), from version 5 on]
/// ```
final class RdbFile {

  private static final String MAGIC = "REDIS";
  private static final int HEADER_BYTES = 9;
  private static final int CHECKSUM_BYTES = 8;
  private static final int FIRST_WITH_CHECKSUM = 5;
  private static final ValueLayout.OfLong LONG_LE =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private RdbFile() {}

  /// @return its size in bytes
  /// @throws ImportException if it is none, or damaged
  static long check(Path path) throws ImportException {
    if (!Files.isRegularFile(path)) {
      throw new ImportException("no such file: " + path);
    }
    try (FileChannel channel = FileChannel.open(path);
        Arena arena = Arena.ofConfined()) {
      long size = channel.size();
      if (size < HEADER_BYTES + 1) {
        throw new ImportException(path + " is no RDB file: it has " + size + " bytes");
      }
      check(path, channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena));
      return size;
    } catch (IOException unreadable) {
      throw new ImportException(path + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  private static void check(Path path, MemorySegment file) throws ImportException {
    byte[] header = new byte[HEADER_BYTES];
    MemorySegment.copy(file, 0, MemorySegment.ofArray(header), 0, HEADER_BYTES);
    String text = new String(header, StandardCharsets.ISO_8859_1);
    if (!text.matches(MAGIC + "[0-9]{4}")) {
      throw new ImportException(path + " is no RDB file: it does not begin with " + MAGIC);
    }
    int version = Integer.parseInt(text, MAGIC.length(), HEADER_BYTES, 10);
    if (version > RdbFormat.VERSION_MAX) {
      throw new ImportException(
          path + " has version " + version + "; the greatest known is " + RdbFormat.VERSION_MAX);
    }
    if (version < FIRST_WITH_CHECKSUM) {
      return;
    }
    long end = file.byteSize() - CHECKSUM_BYTES;
    if (end < HEADER_BYTES || file.get(ValueLayout.JAVA_BYTE, end - 1) != (byte) 0xff) {
      throw new ImportException(path + " is damaged: it does not end as an RDB file does");
    }
    long stated = file.get(LONG_LE, end);
    // Redis writes zeros where checksums are turned off.
    if (stated != 0 && stated != Crc64.of(file, 0, end)) {
      throw new ImportException(path + " is damaged: its checksum is wrong");
    }
  }
}
