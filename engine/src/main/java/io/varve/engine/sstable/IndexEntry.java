package io.varve.engine.sstable;

import io.varve.engine.block.Block;
import io.varve.engine.block.BlockSearch;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.error.CorruptionException;
import java.lang.foreign.MemorySegment;

/// Reads entries of an index block as [BlockSearch] found them, without allocating.
final class IndexEntry {

  private IndexEntry() {}

  /// The trailer to search the index with. A separator between two user keys has a trailer of all
  /// ones and stands before all versions of its key; a seek to before all versions must come out
  /// behind it.
  static long searchTrailer(long trailer) {
    return trailer == IndexBuilder.BEFORE_ALL_VERSIONS ? trailer - 1 : trailer;
  }

  /// Offset in the file of the block that an index entry points at.
  static long handleOffset(Block index, long entry) {
    return varint(index, BlockSearch.valueOffset(entry), entryEnd(entry));
  }

  /// Payload length of the block that an index entry points at.
  static int handleLength(Block index, long entry) {
    int at = BlockSearch.valueOffset(entry);
    int end = entryEnd(entry);
    MemorySegment bytes = index.bytes();
    while (at < end && bytes.get(Layouts.BYTE, at) < 0) {
      at++;
    }
    long length = varint(index, at + 1, end);
    if (length < 0 || length > Integer.MAX_VALUE) {
      throw badHandle(index);
    }
    return (int) length;
  }

  private static int entryEnd(long entry) {
    return BlockSearch.valueOffset(entry) + BlockSearch.valueBytes(entry);
  }

  private static long varint(Block index, int from, int end) {
    MemorySegment bytes = index.bytes();
    long value = 0;
    int at = from;
    for (int shift = 0; shift < 63 && at < end; shift += 7) {
      int b = bytes.get(Layouts.BYTE, at++);
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw badHandle(index);
  }

  private static CorruptionException badHandle(Block index) {
    return new CorruptionException(
        index.fileName(), index.offset(), "an index entry holds no block handle");
  }
}
