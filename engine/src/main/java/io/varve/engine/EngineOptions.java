package io.varve.engine;

import io.varve.engine.block.Compression;
import io.varve.engine.compaction.PlannerOptions;
import io.varve.engine.compaction.TableFormats;
import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.file.FileSystem;
import io.varve.engine.sstable.SstableOptions;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;

/// How a store is opened. Start from [#defaults()] and change what matters.
///
/// None of these lies on disk: a store may be opened with other options than it was written with.
///
/// @param fileSystem the door to the disk; tests put faults behind it
/// @param syncPolicy when a write counts as durable; `ALWAYS` unless losing a second is acceptable
/// @param commitMode who writes the log; `AUTO` measures and decides
/// @param memtableBytes memory of a memtable before it is sealed and flushed, in bytes. Larger means
///     fewer runs and less write amplification, and a longer replay
/// @param sealedMemtablesMax sealed memtables waiting for their flush before writers are asked to wait
/// @param blockCacheBytes bound of the block cache, in bytes: data, index and filter blocks
/// @param blockBytes size of a data block before compression, in bytes
/// @param compression of young runs; the deepest level always uses zstd unless this is `NONE`
/// @param openTablesMax tables kept open at once; each costs a descriptor and its top index
/// @param fanOut runs of one level that are merged into one run of the next
/// @param tableBytes size at which a merge cuts its output into another table, in bytes
/// @param bloomBitsPerKey filter bits per key over all; each level's share follows from it
/// @param walSegmentBytes size of a log segment, in bytes
/// @param mergeThreads threads that merge; flushes have one of their own
/// @param backgroundBytesPerSecond bound on what merges write; 0 is none
/// @param reserveBytes free space below which puts are refused, so that deletes, flushes and merges
///     still have room
public record EngineOptions(
    FileSystem fileSystem,
    SyncPolicy syncPolicy,
    CommitMode commitMode,
    long memtableBytes,
    int sealedMemtablesMax,
    long blockCacheBytes,
    int blockBytes,
    Compression compression,
    int openTablesMax,
    int fanOut,
    long tableBytes,
    double bloomBitsPerKey,
    long walSegmentBytes,
    int mergeThreads,
    long backgroundBytesPerSecond,
    long reserveBytes) {

  /// Smallest memtable that makes sense: below it a flush costs more than it writes.
  public static final long MEMTABLE_BYTES_MIN = 64 << 10;

  public EngineOptions {
    require(memtableBytes >= MEMTABLE_BYTES_MIN, "memtableBytes", memtableBytes);
    require(sealedMemtablesMax >= 1, "sealedMemtablesMax", sealedMemtablesMax);
    require(blockCacheBytes >= 0, "blockCacheBytes", blockCacheBytes);
    require(blockBytes >= 256 && blockBytes <= 1 << 20, "blockBytes", blockBytes);
    require(openTablesMax >= 16, "openTablesMax", openTablesMax);
    require(fanOut >= 2 && fanOut <= 64, "fanOut", fanOut);
    require(tableBytes >= 64 << 10, "tableBytes", tableBytes);
    require(
        bloomBitsPerKey >= 0 && bloomBitsPerKey <= 64, "bloomBitsPerKey", (long) bloomBitsPerKey);
    require(walSegmentBytes >= 64 << 10, "walSegmentBytes", walSegmentBytes);
    require(mergeThreads >= 1 && mergeThreads <= 64, "mergeThreads", mergeThreads);
    require(backgroundBytesPerSecond >= 0, "backgroundBytesPerSecond", backgroundBytesPerSecond);
    require(reserveBytes >= 0, "reserveBytes", reserveBytes);
  }

  /// What a server on an ordinary machine wants.
  public static EngineOptions defaults() {
    return new EngineOptions(
        new DiskFileSystem(),
        SyncPolicy.ALWAYS,
        CommitMode.AUTO,
        64L << 20,
        4,
        256L << 20,
        4 << 10,
        Compression.LZ4,
        4096,
        8,
        64L << 20,
        10,
        64L << 20,
        1,
        0,
        128L << 20);
  }

  private static void require(boolean holds, String option, long value) {
    if (!holds) {
      throw new IllegalArgumentException(option + " is out of range: " + value);
    }
  }

  /// How tables are written.
  TableFormats tableFormats() {
    boolean compressed = compression != Compression.NONE;
    return new TableFormats(
        SstableOptions.DEFAULT.withBlockBytes(blockBytes).withBloomBitsPerKey(bloomBitsPerKey),
        plannerOptions().baseLevel(),
        compression,
        compressed ? Compression.ZSTD : Compression.NONE);
  }

  /// When and what is merged.
  PlannerOptions plannerOptions() {
    PlannerOptions defaults = PlannerOptions.forMemtable(memtableBytes);
    return new PlannerOptions(
        fanOut,
        defaults.spaceCap(),
        defaults.spaceFloorBytes(),
        memtableBytes,
        Math.min(tableBytes, defaults.tableBytes()),
        defaults.baseLevel());
  }
}
