package io.varve.engine.sstable;

import io.varve.engine.block.BlockBuilder;
import io.varve.engine.block.BlockHandle;
import io.varve.engine.block.BlockWriter;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import java.util.ArrayList;

/// Builds the index of a table: one entry per data block, its key a separator, its value the block's
/// handle. One thread.
///
/// The separator of a block is at or after all of its entries and before all of the next block's.
/// Between two user keys it is the shortest prefix of the next block's first user key that is
/// greater than the block's last, with a trailer of all ones, which sorts before every version of
/// that key. Between two versions of one user key, and behind the last block, it is the block's last
/// internal key. So a search for the first separator at or after a target finds the one block that
/// can hold it.
///
/// Entries gather in partitions; finished ones wait in memory, because the file order is data,
/// filter, index.
final class IndexBuilder {

  /// Sorts before all versions of a user key. A seek never uses it: see
  /// [IndexEntry#searchTrailer(long)].
  static final long BEFORE_ALL_VERSIONS = -1L;

  private record Partition(Slice lastUserKey, long lastTrailer, Slice payload) {}

  /// Where the index lies.
  ///
  /// @param levels 1 if the root points at data blocks, 2 if at partitions
  record Root(BlockHandle handle, int levels) {}

  private final ArrayList<Partition> finished = new ArrayList<>();
  private final BlockBuilder partition =
      new BlockBuilder(
          SstableFormat.INDEX_RESTART_INTERVAL, SstableFormat.INDEX_PARTITION_BYTES * 2);
  private final GrowableBuffer encodedHandle = new GrowableBuffer(BlockHandle.ENCODED_BYTES_MAX);
  private final GrowableBuffer lastSeparator = new GrowableBuffer(128);
  private final Slice separator = new Slice();
  private final Slice value = new Slice();
  private long lastTrailer;

  /// Adds a block that another one follows.
  ///
  /// @param lastUserKey user key of the block's last entry
  /// @param lastTrailer trailer of the block's last entry
  /// @param nextUserKey user key of the next block's first entry
  void add(Slice lastUserKey, long lastTrailer, Slice nextUserKey, BlockHandle handle) {
    int common = lastUserKey.commonPrefixLength(nextUserKey);
    if (common == nextUserKey.length()) {
      addEntry(lastUserKey, lastTrailer, handle);
    } else {
      separator.set(nextUserKey.segment(), nextUserKey.offset(), common + 1);
      addEntry(separator, BEFORE_ALL_VERSIONS, handle);
    }
  }

  /// Adds the last block.
  void addLast(Slice lastUserKey, long lastTrailer, BlockHandle handle) {
    addEntry(lastUserKey, lastTrailer, handle);
  }

  /// Writes the partitions and the root.
  Root finish(BlockWriter writer) {
    if (finished.isEmpty()) {
      return new Root(writer.write(partition.finish(value), Compression.NONE), 1);
    }
    cut();
    for (Partition each : finished) {
      encode(writer.write(each.payload, Compression.NONE));
      partition.add(each.lastUserKey, each.lastTrailer, value);
    }
    return new Root(writer.write(partition.finish(value), Compression.NONE), 2);
  }

  private void addEntry(Slice userKey, long trailer, BlockHandle handle) {
    // Cut before, not after: the last entry of all must not leave an empty partition behind it.
    if (partition.size() >= SstableFormat.INDEX_PARTITION_BYTES) {
      cut();
    }
    encode(handle);
    partition.add(userKey, trailer, value);
    lastSeparator.clear();
    lastSeparator.putBytes(userKey);
    lastTrailer = trailer;
  }

  private void cut() {
    // A native copy: blocks are written from native memory.
    Slice payload = partition.finish(new Slice());
    var copy = new GrowableBuffer(payload.length());
    copy.putBytes(payload);
    finished.add(new Partition(lastSeparator.slice().copy(), lastTrailer, copy.slice()));
    partition.reset();
  }

  private void encode(BlockHandle handle) {
    encodedHandle.clear();
    handle.encode(encodedHandle);
    encodedHandle.slice(value);
  }
}
