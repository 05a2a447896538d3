package io.varve.engine.sstable;

import static io.varve.engine.sstable.SstableFormat.FOOTER_BYTES;

import io.varve.engine.block.BlockFormat;
import io.varve.engine.block.BlockHandle;
import io.varve.engine.bytes.Crc32c;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.IncompatibleFormatException;
import java.lang.foreign.MemorySegment;

/// The last bytes of a table: where everything else lies.
///
/// The checksum covers the bytes before it and the footer's offset; the file number among them binds
/// the footer to its file.
///
/// @param properties the properties block
/// @param rootIndex the root of the index
/// @param indexLevels 1 if the root points at data blocks, 2 if at index partitions
/// @param filterOffset offset of the first filter partition, also the end of the data blocks
/// @param filterLines 64-byte lines of the filter, 0 for no filter
/// @param filterPartitionLines lines in a filter partition, fewer in the last
/// @param filterProbes bits that are probed in a line
/// @param fileNumber number of the file that the footer was written to
/// @param version version of the format, 1 or 2
public record SstableFooter(
    BlockHandle properties,
    BlockHandle rootIndex,
    int indexLevels,
    long filterOffset,
    long filterLines,
    int filterPartitionLines,
    int filterProbes,
    long fileNumber,
    int version) {

  void encode(GrowableBuffer into, long footerOffset) {
    int start = into.size();
    into.putLong(properties.offset());
    into.putLong(rootIndex.offset());
    into.putLong(filterOffset);
    into.putInt(properties.length());
    into.putInt(rootIndex.length());
    into.putInt((int) filterLines);
    into.putByte(filterPartitionLines);
    into.putByte(filterPartitionLines >>> 8);
    into.putByte(filterProbes);
    into.putByte(indexLevels);
    into.putLong(fileNumber);
    into.putInt(version);
    into.putInt(checksum(into.segment(), start, footerOffset));
    into.putLong(SstableFormat.MAGIC);
    assert into.size() - start == FOOTER_BYTES;
  }

  /// Reads and checks a footer.
  ///
  /// @param bytes the footer starts at `at`
  /// @param fileNumber the number that the file should have
  /// @param fileBytes size of the file
  public static SstableFooter decode(
      MemorySegment bytes, long at, String fileName, long fileNumber, long fileBytes) {
    long footerOffset = fileBytes - FOOTER_BYTES;
    long magic = bytes.get(Layouts.LONG_LE, at + SstableFormat.FOOTER_MAGIC);
    if (magic != SstableFormat.MAGIC) {
      throw new CorruptionException(
          fileName,
          footerOffset + SstableFormat.FOOTER_MAGIC,
          "magic: expected 0x"
              + Long.toHexString(SstableFormat.MAGIC)
              + ", found 0x"
              + Long.toHexString(magic)
              + "; not a table, or cut off");
    }
    int version = bytes.get(Layouts.INT_LE, at + SstableFormat.FOOTER_VERSION);
    if (version < SstableFormat.VERSION || version > SstableFormat.VERSION_RANGE_TOMBSTONES) {
      throw new IncompatibleFormatException(
          fileName,
          "table format version "
              + version
              + ", this build reads "
              + SstableFormat.VERSION
              + " to "
              + SstableFormat.VERSION_RANGE_TOMBSTONES);
    }
    int expected = checksum(bytes, at, footerOffset);
    int found = bytes.get(Layouts.INT_LE, at + SstableFormat.FOOTER_CHECKSUM);
    if (expected != found) {
      throw new CorruptionException(
          fileName,
          footerOffset,
          "checksum of the footer: expected 0x"
              + Integer.toHexString(expected)
              + ", found 0x"
              + Integer.toHexString(found));
    }
    var footer = parse(bytes, at);
    if (footer.fileNumber != fileNumber) {
      throw new CorruptionException(
          fileName,
          footerOffset + SstableFormat.FOOTER_FILE_NUMBER,
          "file number: expected " + fileNumber + ", found " + footer.fileNumber);
    }
    footer.checkSense(fileName, footerOffset);
    return footer;
  }

  /// Reads a footer without checking anything: for tools that look at a damaged file.
  ///
  /// @param bytes the footer starts at `at`
  public static SstableFooter parse(MemorySegment bytes, long at) {
    return new SstableFooter(
        new BlockHandle(
            bytes.get(Layouts.LONG_LE, at + SstableFormat.FOOTER_PROPERTIES_OFFSET),
            bytes.get(Layouts.INT_LE, at + SstableFormat.FOOTER_PROPERTIES_LENGTH)),
        new BlockHandle(
            bytes.get(Layouts.LONG_LE, at + SstableFormat.FOOTER_ROOT_INDEX_OFFSET),
            bytes.get(Layouts.INT_LE, at + SstableFormat.FOOTER_ROOT_INDEX_LENGTH)),
        bytes.get(Layouts.BYTE, at + SstableFormat.FOOTER_INDEX_LEVELS) & 0xff,
        bytes.get(Layouts.LONG_LE, at + SstableFormat.FOOTER_FILTER_OFFSET),
        bytes.get(Layouts.INT_LE, at + SstableFormat.FOOTER_FILTER_LINES) & 0xffffffffL,
        bytes.get(Layouts.SHORT_LE, at + SstableFormat.FOOTER_FILTER_PARTITION_LINES) & 0xffff,
        bytes.get(Layouts.BYTE, at + SstableFormat.FOOTER_FILTER_PROBES) & 0xff,
        bytes.get(Layouts.LONG_LE, at + SstableFormat.FOOTER_FILE_NUMBER),
        bytes.get(Layouts.INT_LE, at + SstableFormat.FOOTER_VERSION));
  }

  /// A footer with a good checksum can still come from a writer with a bug.
  private void checkSense(String fileName, long footerOffset) {
    boolean sense =
        (indexLevels == 1 || indexLevels == 2)
            && filterOffset >= 0
            && filterOffset <= footerOffset
            && (filterLines == 0
                || (filterPartitionLines > 0
                    && filterProbes > 0
                    && filterOffset + filterBytes() <= footerOffset));
    if (!sense) {
      throw new CorruptionException(fileName, footerOffset, "the footer makes no sense: " + this);
    }
  }

  /// Filter partitions.
  public long filterPartitionCount() {
    return filterLines == 0 ? 0 : (filterLines - 1) / filterPartitionLines + 1;
  }

  /// Filter and index partitions, about: the sizes of the latter vary.
  long partitionCount() {
    long indexBytes = rootIndex.offset() - filterOffset - filterBytes();
    return filterPartitionCount() + indexBytes / SstableFormat.INDEX_PARTITION_BYTES + 1;
  }

  /// Where a filter partition lies. All are uncompressed and of one size but the last, so their
  /// places are computed and need no index.
  public BlockHandle filterPartition(long index) {
    long fullBytes = (long) filterPartitionLines * BloomFilter.LINE_BYTES;
    long lines = Math.min(filterPartitionLines, filterLines - index * filterPartitionLines);
    return new BlockHandle(
        filterOffset + index * (fullBytes + BlockFormat.TRAILER_BYTES),
        (int) (lines * BloomFilter.LINE_BYTES));
  }

  /// Bytes of the file that the filter takes.
  long filterBytes() {
    return filterLines * BloomFilter.LINE_BYTES
        + filterPartitionCount() * BlockFormat.TRAILER_BYTES;
  }

  private static int checksum(MemorySegment bytes, long at, long footerOffset) {
    return new Crc32c()
        .update(bytes, at, SstableFormat.FOOTER_CHECKSUM)
        .updateLong(footerOffset)
        .value();
  }
}
