package io.varve.engine.sstable;

import io.varve.engine.block.Block;
import io.varve.engine.block.BlockCache;
import io.varve.engine.block.BlockReader;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;

/// Gets the blocks of one table: from the cache, from what the read already holds, from disk. Safe
/// from any thread.
///
/// Every block that is returned carries a reference that the caller releases. A block that came
/// from disk is also pinned to the read's context, so that a read which is repeated by a thread
/// that may not wait finds it, however small the cache is.
///
/// The cache is asked before the pins: with many keys read in one context the list of pins grows,
/// and almost always the cache knows.
final class TableBlocks {

  /// Iterators pin what they load only up to this many bytes, or a long scan would hold everything
  /// it passed.
  private static final long ITERATOR_PINNED_BYTES_MAX = 8 << 20;

  /// One use of a partition in so many goes to the cache although the short way is known, so that it sees
  /// what is wanted. Partitions are used far more often than data blocks: even a sixteenth keeps them
  /// ahead.
  private static final int SAMPLE = 16;

  private final BlockReader reader;
  private final BlockCache cache;
  private final long fileNumber;
  private final NearBlocks near;

  /// Races lose some, which does no harm.
  private int partitionUses;

  /// @param partitions filter and index partitions that the table has
  TableBlocks(BlockReader reader, BlockCache cache, long fileNumber, long partitions) {
    this.reader = reader;
    this.cache = cache;
    this.fileNumber = fileNumber;
    this.near = new NearBlocks(partitions);
  }

  /// A block for a lookup.
  ///
  /// @param length bytes of the payload, from the block's handle
  /// @throws NotInMemoryException if it is not in memory and the context may not wait
  Block get(long offset, int length, ReadReason reason, ReadContext context, int level) {
    Block cached = cache.find(fileNumber, offset);
    if (cached != null) {
      context.countCacheHit();
      return cached;
    }
    Block block = pinnedOrRead(offset, length, reason, context, level);
    if (context.findPin(fileNumber, offset) == null) {
      context.pin(block.retain());
    }
    return block;
  }

  /// A filter or index partition for a lookup; as [#get], by the short way if it is known.
  Block getPartition(long offset, int length, ReadReason reason, ReadContext context, int level) {
    if ((++partitionUses & (SAMPLE - 1)) == 0) {
      cache.countHits(SAMPLE - 1);
    } else {
      Block known = near.find(offset);
      if (known != null) {
        context.countCacheHit();
        return known;
      }
    }
    Block block = get(offset, length, reason, context, level);
    near.put(block);
    return block;
  }

  /// A block for an iterator that fills the cache: pinned only while few are.
  Block getForScan(long offset, int length, ReadReason reason, ReadContext context, int level) {
    if (reason == ReadReason.INDEX) {
      return getPartition(offset, length, reason, context, level);
    }
    Block cached = cache.find(fileNumber, offset);
    if (cached != null) {
      context.countCacheHit();
      return cached;
    }
    Block block = pinnedOrRead(offset, length, reason, context, level);
    if (context.pinnedBytes() < ITERATOR_PINNED_BYTES_MAX
        && context.findPin(fileNumber, offset) == null) {
      context.pin(block.retain());
    }
    return block;
  }

  /// A block for an iterator that leaves the cache alone.
  Block getPrivately(long offset, int length, ReadReason reason, ReadContext context, int level) {
    if (context.memoryOnly()) {
      throw NotInMemoryException.INSTANCE;
    }
    long start = System.nanoTime();
    Block block = reader.read(offset, length);
    context.countReadIo(level, reason, block.size(), System.nanoTime() - start);
    return block;
  }

  private Block pinnedOrRead(
      long offset, int length, ReadReason reason, ReadContext context, int level) {
    if (context.findPin(fileNumber, offset) instanceof Block pinned) {
      return pinned.retain();
    }
    if (context.memoryOnly()) {
      throw NotInMemoryException.INSTANCE;
    }
    long start = System.nanoTime();
    Block block =
        switch (reason) {
          case FILTER -> reader.readAligned(offset, length);
          case DATA, INDEX, VALUE -> reader.read(offset, length);
        };
    context.countReadIo(level, reason, length, System.nanoTime() - start);
    return cache.add(block);
  }
}
