package io.varve.engine.sstable;

import io.varve.engine.block.Block;
import io.varve.engine.block.BlockHandle;
import io.varve.engine.block.BlockReader;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import java.lang.foreign.MemorySegment;

/// The blocks at the end of a table, from the piece that was read to get at the footer where they
/// lie in it, from disk where not. For opening only; one thread.
///
/// @param tail bytes of the end of the file
/// @param tailOffset offset in the file at which `tail` starts
record TailBlocks(
    BlockReader reader, MemorySegment tail, long tailOffset, ReadContext context, int level) {

  /// A block with a reference that the caller releases.
  Block get(BlockHandle handle) {
    reader.checkBounds(handle.offset(), handle.length());
    if (handle.offset() >= tailOffset) {
      return reader.decode(tail, handle.offset() - tailOffset, handle.offset(), handle.length());
    }
    long start = System.nanoTime();
    Block block = reader.read(handle.offset(), handle.length());
    context.countReadIo(level, ReadReason.INDEX, handle.length(), System.nanoTime() - start);
    return block;
  }
}
