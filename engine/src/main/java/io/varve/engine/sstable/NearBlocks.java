package io.varve.engine.sstable;

import io.varve.engine.block.Block;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// A short way to the filter and index partitions of one open table, past the cache's hash table: a
/// lookup asks for them once per run, and most of what that costs is finding them.
///
/// Holds no references. The cache decides what stays in memory; a block that it has dropped fails
/// [Block#tryRetain()] here and is looked up anew. A direct-mapped table by offset; two partitions that
/// share a slot take turns. Any thread.
final class NearBlocks {

  private static final long MIX = 0x9E3779B97F4A7C15L;

  private final AtomicReferenceArray<@Nullable Block> slots;
  private final int shift;

  /// @param partitions that the table has
  NearBlocks(long partitions) {
    int log2 = 65 - Long.numberOfLeadingZeros(Math.clamp(partitions, 1, 1 << 20));
    this.slots = new AtomicReferenceArray<>(1 << log2);
    this.shift = 64 - log2;
  }

  /// The block at an offset with a reference for the caller, or null if the cache has to be asked.
  @Nullable Block find(long offset) {
    Block block = slots.getAcquire(slotOf(offset));
    return block != null && block.offset() == offset && block.tryRetain() ? block : null;
  }

  /// Notes where a block is.
  void put(Block block) {
    int slot = slotOf(block.offset());
    if (slots.getPlain(slot) != block) {
      slots.setRelease(slot, block);
    }
  }

  private int slotOf(long offset) {
    return (int) ((offset * MIX) >>> shift);
  }
}
