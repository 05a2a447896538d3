package io.varve.engine.value;

import io.varve.engine.block.BlockFormat;
import io.varve.engine.block.BlockHandle;
import io.varve.engine.bytes.Crc32c;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.IncompatibleFormatException;
import java.lang.foreign.MemorySegment;

/// The last bytes of a value file.
///
/// @param directory where the directory block lies; value blocks fill the file up to there
/// @param valueCount values in the file
/// @param rawBytes bytes of all values before compression
/// @param fileNumber the number that all checksums are bound to
public record ValueFileFooter(
    BlockHandle directory, long valueCount, long rawBytes, long fileNumber) {

  /// Bytes of all value blocks: what shares are fractions of.
  public long valueBytes() {
    return directory.offset();
  }

  /// @param footerOffset where the footer will lie in the file
  void encode(GrowableBuffer into, long footerOffset) {
    into.clear();
    into.putLong(directory.offset());
    into.putLong(valueCount);
    into.putLong(rawBytes);
    into.putLong(fileNumber);
    into.putInt(directory.length());
    into.putZeros(ValueFileFormat.FOOTER_VERSION - ValueFileFormat.FOOTER_RESERVED);
    into.putInt(ValueFileFormat.VERSION);
    into.putInt(checksum(into.segment(), 0, footerOffset));
    into.putLong(ValueFileFormat.MAGIC);
    assert into.size() == ValueFileFormat.FOOTER_BYTES;
  }

  /// Reads and checks a footer.
  ///
  /// @param at where it starts in `bytes`
  /// @param fileNumber the number in the file's name
  /// @param fileBytes size of the file
  /// @throws CorruptionException if it is damaged or belongs to another file
  /// @throws IncompatibleFormatException if another version wrote it
  public static ValueFileFooter decode(
      MemorySegment bytes, long at, String fileName, long fileNumber, long fileBytes) {
    long offset = fileBytes - ValueFileFormat.FOOTER_BYTES;
    long magic = bytes.get(Layouts.LONG_LE, at + ValueFileFormat.FOOTER_MAGIC);
    if (magic != ValueFileFormat.MAGIC) {
      throw new CorruptionException(
          fileName,
          offset + ValueFileFormat.FOOTER_MAGIC,
          "expected the magic of a value file, found 0x" + Long.toHexString(magic));
    }
    int version = bytes.get(Layouts.INT_LE, at + ValueFileFormat.FOOTER_VERSION);
    if (version != ValueFileFormat.VERSION) {
      throw new IncompatibleFormatException(
          fileName,
          "value file version " + version + ", this build reads " + ValueFileFormat.VERSION);
    }
    int expected = checksum(bytes, at, offset);
    int found = bytes.get(Layouts.INT_LE, at + ValueFileFormat.FOOTER_CHECKSUM);
    if (expected != found) {
      throw new CorruptionException(
          fileName,
          offset,
          "checksum of the footer: expected 0x"
              + Integer.toHexString(expected)
              + ", found 0x"
              + Integer.toHexString(found));
    }
    long number = bytes.get(Layouts.LONG_LE, at + ValueFileFormat.FOOTER_FILE_NUMBER);
    if (number != fileNumber) {
      throw new CorruptionException(
          fileName, offset, "expected value file " + fileNumber + ", found that of " + number);
    }
    ValueFileFooter footer = parse(bytes, at);
    if (footer.directory.offset() < 0
        || footer.directory.length() < 0
        || footer.directory.end() != offset
        || footer.valueCount < 0) {
      throw new CorruptionException(
          fileName, offset, "the footer names an impossible directory: " + footer);
    }
    return footer;
  }

  private static ValueFileFooter parse(MemorySegment bytes, long at) {
    return new ValueFileFooter(
        new BlockHandle(
            bytes.get(Layouts.LONG_LE, at + ValueFileFormat.FOOTER_DIRECTORY_OFFSET),
            bytes.get(Layouts.INT_LE, at + ValueFileFormat.FOOTER_DIRECTORY_LENGTH)),
        bytes.get(Layouts.LONG_LE, at + ValueFileFormat.FOOTER_VALUE_COUNT),
        bytes.get(Layouts.LONG_LE, at + ValueFileFormat.FOOTER_RAW_BYTES),
        bytes.get(Layouts.LONG_LE, at + ValueFileFormat.FOOTER_FILE_NUMBER));
  }

  private static int checksum(MemorySegment bytes, long at, long footerOffset) {
    return new Crc32c()
        .update(bytes, at, ValueFileFormat.FOOTER_CHECKSUM)
        .updateLong(footerOffset)
        .value();
  }

  /// Bytes that a value takes in its file.
  static long storedBytes(int payloadBytes) {
    return (long) payloadBytes + BlockFormat.TRAILER_BYTES;
  }
}
