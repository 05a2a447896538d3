package io.varve.engine.block;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Keeps blocks in memory within a bound in bytes, whatever table they belong to and whatever they
/// hold: data, index and filter count into one budget. Safe from any thread.
///
/// Caffeine decides what stays (W-TinyLFU: a scan does not sweep out what is asked for often). The
/// cache holds one reference to each block; who gets a block gets a reference of his own, so an
/// eviction never takes memory from under a reader. Maintenance runs in the thread that caused it:
/// the bound holds at once, and no foreign pool comes into play.
public final class BlockCache implements AutoCloseable {

  /// A block larger than this fraction of the capacity would drive out too much: it is not kept.
  private static final int LARGEST_FRACTION = 8;

  private record Key(long fileNumber, long offset) {
    @Override
    public int hashCode() {
      long mixed = (fileNumber * 0x9E3779B97F4A7C15L + offset) * 0xD6E8FEB86659FD93L;
      return (int) (mixed >>> 32);
    }
  }

  private final Cache<Key, Block> blocks;

  /// Which blocks of a file are kept, so that dropping a file does not walk the whole cache: whoever
  /// lets go of the last version with that file may be a thread that must not linger.
  private final ConcurrentHashMap<Long, Set<Key>> keysOfFiles = new ConcurrentHashMap<>();

  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder evictions = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder count = new LongAdder();
  private volatile long capacityBytes;

  /// @param capacityBytes bytes of memory for blocks, 0 for none
  public BlockCache(long capacityBytes) {
    this.capacityBytes = capacityBytes;
    this.blocks =
        Caffeine.newBuilder()
            .maximumWeight(capacityBytes)
            .weigher((Key _, Block block) -> (int) block.memoryBytes())
            .executor(Runnable::run)
            .removalListener(this::removed)
            .build();
  }

  /// A block with a reference for the caller, or null if it is not in memory.
  public @Nullable Block find(long fileNumber, long offset) {
    Block block = blocks.getIfPresent(new Key(fileNumber, offset));
    // The block may be evicted and freed between the two steps; then it is a miss like any other.
    if (block != null && block.tryRetain()) {
      hits.increment();
      return block;
    }
    misses.increment();
    return null;
  }

  /// Counts hits of which the cache was not asked.
  public void countHits(int count) {
    hits.add(count);
  }

  /// Offers a block that was just read. Whether it stays is the cache's choice.
  ///
  /// @return the block to use, with the caller's reference: the one given, or, if another thread was
  ///     faster, the one that is already kept (the given one is then released)
  public Block add(Block block) {
    if (block.memoryBytes() > capacityBytes / LARGEST_FRACTION) {
      return block;
    }
    Key key = new Key(block.fileNumber(), block.offset());
    block.retain();
    bytes.add(block.memoryBytes());
    count.increment();
    keysOfFiles.computeIfAbsent(block.fileNumber(), _ -> ConcurrentHashMap.newKeySet()).add(key);
    Block kept = blocks.asMap().putIfAbsent(key, block);
    if (kept == null) {
      return block;
    }
    uncount(block);
    block.release();
    if (kept.tryRetain()) {
      block.release();
      return kept;
    }
    return block;
  }

  /// Drops the blocks of a file that is gone, in time proportional to their number. The file's number
  /// is never used again, so this saves memory and is not needed for correctness: a block that slips
  /// through ages out.
  public void invalidateFile(long fileNumber) {
    Set<Key> keys = keysOfFiles.remove(fileNumber);
    if (keys != null) {
      blocks.invalidateAll(keys);
    }
  }

  /// Changes the bound; what is over it is dropped at once.
  public void setCapacityBytes(long bytes) {
    capacityBytes = bytes;
    blocks.policy().eviction().orElseThrow().setMaximum(bytes);
    blocks.cleanUp();
  }

  public long capacityBytes() {
    return capacityBytes;
  }

  public BlockCacheStats stats() {
    return new BlockCacheStats(
        hits.sum(), misses.sum(), evictions.sum(), count.sum(), bytes.sum(), capacityBytes);
  }

  /// Drops all blocks. Readers keep those they hold.
  public void clear() {
    blocks.invalidateAll();
    blocks.cleanUp();
  }

  /// Drops all blocks. Readers keep those they hold.
  @Override
  public void close() {
    clear();
    keysOfFiles.clear();
  }

  private void removed(@Nullable Key key, @Nullable Block block, RemovalCause cause) {
    if (block != null) {
      Set<Key> keys = keysOfFiles.get(block.fileNumber());
      if (keys != null && key != null) {
        keys.remove(key);
      }
      if (cause.wasEvicted()) {
        evictions.increment();
      }
      uncount(block);
      block.release();
    }
  }

  private void uncount(Block block) {
    bytes.add(-block.memoryBytes());
    count.decrement();
  }
}
