package io.varve.bench.contest;

/// How both stores are opened: what is the same for them.
///
/// @param memtableBytes memory of a memtable before it is flushed; tables are cut at this size too
/// @param cacheBytes bound of the block cache: data, index and filter blocks; 0 for none
/// @param mergeThreads threads that merge, beside one that flushes
/// @param codec how tables are compressed
/// @param sync when a write returns
record StoreOptions(long memtableBytes, long cacheBytes, int mergeThreads, Codec codec, Sync sync) {

  /// How tables are compressed.
  enum Codec {
    /// LZ4, and zstd at the fastest level for the deepest level: Varve's own choice, given to both.
    MIXED,
    /// Varve as it is, RocksDB with LZ4 on every level.
    ROCKSDB_LZ4,
    /// Neither compresses.
    NONE
  }

  /// When a write returns.
  enum Sync {
    /// When the operating system has it.
    NEVER,
    /// When it is on the disk.
    EACH_WRITE
  }

  static final int BLOCK_BYTES = 4 << 10;
  static final int FILTER_BITS_PER_KEY = 10;

  /// Full memtables that may wait for their flush.
  static final int SEALED_MEMTABLES_MAX = 4;

  StoreOptions withMemtableBytes(long bytes) {
    return new StoreOptions(bytes, cacheBytes, mergeThreads, codec, sync);
  }

  StoreOptions withCacheBytes(long bytes) {
    return new StoreOptions(memtableBytes, bytes, mergeThreads, codec, sync);
  }
}
