package io.varve.engine;

import io.varve.engine.block.Compression;
import io.varve.engine.compaction.CompactionMode;
import io.varve.engine.compaction.PlannerOptions;
import io.varve.engine.compaction.TableFormats;
import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.file.FileSystem;
import io.varve.engine.sstable.SstableOptions;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// How a store is opened. Start from [#defaults()] or [#builder()] and change what matters.
///
/// None of these lies on disk: a store may be opened with other options than it was written with.
///
/// @param fileSystem the door to the disk; tests put faults behind it
/// @param clock tells what has expired, and dates tables; tests turn it
/// @param syncPolicy when a write counts as durable; `ALWAYS` unless losing a second is acceptable
/// @param commitMode who writes the log; `AUTO` measures and decides
/// @param memtableBytes memory of a memtable before it is sealed and flushed, in bytes. Larger means
///     fewer runs and less write amplification, and a longer replay
/// @param sealedMemtablesMax sealed memtables waiting for their flush before writers are asked to wait
/// @param blockCacheBytes bound of the block cache, in bytes: data, index and filter blocks
/// @param rowCacheBytes memory for single rows that were read from tables, in bytes; 0 for none. More than
///     the block cache where single keys are asked for, less or none where they are walked
/// @param blockBytes size of a data block before compression, in bytes
/// @param compression of young runs; the deepest level always uses zstd unless this is `NONE`
/// @param openTablesMax tables kept open at once, and likewise value files; each costs a descriptor, and
///     a table its top index
/// @param largeValueBytes values of at least so many bytes lie apart from the tree, in value files, so
///     that merges move references and not the values; 0 keeps all values in the tree. It counts for
///     what is written from now on
/// @param compactionMode what shape merges keep the tree in; can be changed later
/// @param compactionWindowMillis length of a window of the time-window mode, in milliseconds
/// @param fanOut runs of one level that are merged into one run of the next
/// @param tableBytes size at which a merge cuts its output into another table, in bytes
/// @param bloomBitsPerKey filter bits per key over all, as soon as the store holds 64 memtables; each
///     run's share follows from it
/// @param walSegmentBytes size of a log segment, in bytes
/// @param mergeThreads threads that merge; flushes have one of their own
/// @param backgroundBytesPerSecond bound on what merges write; 0 is none
/// @param reserveBytes free space below which puts are refused, so that deletes, flushes and merges
///     still have room
/// @param walArchive where the log is kept for restores to a point in time; null, the default, for
///     nowhere
public record EngineOptions(
    FileSystem fileSystem,
    InstantSource clock,
    SyncPolicy syncPolicy,
    CommitMode commitMode,
    long memtableBytes,
    int sealedMemtablesMax,
    long blockCacheBytes,
    long rowCacheBytes,
    int blockBytes,
    Compression compression,
    int openTablesMax,
    int largeValueBytes,
    CompactionMode compactionMode,
    long compactionWindowMillis,
    int fanOut,
    long tableBytes,
    double bloomBitsPerKey,
    long walSegmentBytes,
    int mergeThreads,
    long backgroundBytesPerSecond,
    long reserveBytes,
    @Nullable ArchiveOptions walArchive) {

  /// Smallest memtable that makes sense: below it a flush costs more than it writes.
  public static final long MEMTABLE_BYTES_MIN = 64 << 10;

  public EngineOptions {
    require(memtableBytes >= MEMTABLE_BYTES_MIN, "memtableBytes", memtableBytes);
    require(sealedMemtablesMax >= 1, "sealedMemtablesMax", sealedMemtablesMax);
    require(blockCacheBytes >= 0, "blockCacheBytes", blockCacheBytes);
    require(rowCacheBytes >= 0, "rowCacheBytes", rowCacheBytes);
    require(blockBytes >= 256 && blockBytes <= 1 << 20, "blockBytes", blockBytes);
    require(openTablesMax >= 16, "openTablesMax", openTablesMax);
    require(largeValueBytes >= 0, "largeValueBytes", largeValueBytes);
    require(compactionWindowMillis >= 1, "compactionWindowMillis", compactionWindowMillis);
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
    return builder().build();
  }

  /// Starts with the defaults.
  public static Builder builder() {
    return new Builder();
  }

  /// Starts with these options.
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.fileSystem = fileSystem;
    builder.clock = clock;
    builder.syncPolicy = syncPolicy;
    builder.commitMode = commitMode;
    builder.memtableBytes = memtableBytes;
    builder.sealedMemtablesMax = sealedMemtablesMax;
    builder.blockCacheBytes = blockCacheBytes;
    builder.rowCacheBytes = rowCacheBytes;
    builder.blockBytes = blockBytes;
    builder.compression = compression;
    builder.openTablesMax = openTablesMax;
    builder.largeValueBytes = largeValueBytes;
    builder.compactionMode = compactionMode;
    builder.compactionWindowMillis = compactionWindowMillis;
    builder.fanOut = fanOut;
    builder.tableBytes = tableBytes;
    builder.bloomBitsPerKey = bloomBitsPerKey;
    builder.walSegmentBytes = walSegmentBytes;
    builder.mergeThreads = mergeThreads;
    builder.backgroundBytesPerSecond = backgroundBytesPerSecond;
    builder.reserveBytes = reserveBytes;
    builder.walArchive = walArchive;
    return builder;
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
        compressed ? Compression.ZSTD : Compression.NONE,
        TableFormats.MEMTABLES_MIN * memtableBytes);
  }

  /// When and what is merged.
  PlannerOptions plannerOptions() {
    PlannerOptions defaults = PlannerOptions.forMemtable(memtableBytes);
    return defaults
        .withMode(compactionMode)
        .withFanOut(fanOut)
        .withTableBytes(Math.min(tableBytes, defaults.tableBytes()))
        .withWindowMillis(compactionWindowMillis);
  }

  /// Collects options; each has its default until it is set. Not thread-safe.
  public static final class Builder {

    private FileSystem fileSystem = new DiskFileSystem();
    private InstantSource clock = InstantSource.system();
    private SyncPolicy syncPolicy = SyncPolicy.ALWAYS;
    private CommitMode commitMode = CommitMode.AUTO;
    private long memtableBytes = 64L << 20;
    private int sealedMemtablesMax = 4;
    private long blockCacheBytes = 256L << 20;
    private long rowCacheBytes;
    private int blockBytes = 4 << 10;
    private Compression compression = Compression.LZ4;
    private int openTablesMax = 4096;
    private int largeValueBytes = 4 << 10;
    private CompactionMode compactionMode = CompactionMode.TIERED;
    private long compactionWindowMillis = 86_400_000;
    private int fanOut = 8;
    private long tableBytes = 64L << 20;
    private double bloomBitsPerKey = 10;
    private long walSegmentBytes = 64L << 20;
    private int mergeThreads = 1;
    private long backgroundBytesPerSecond = 0;
    private long reserveBytes = 128L << 20;
    private @Nullable ArchiveOptions walArchive;

    private Builder() {}

    public Builder fileSystem(FileSystem value) {
      fileSystem = value;
      return this;
    }

    public Builder clock(InstantSource value) {
      clock = value;
      return this;
    }

    public Builder syncPolicy(SyncPolicy value) {
      syncPolicy = value;
      return this;
    }

    public Builder commitMode(CommitMode value) {
      commitMode = value;
      return this;
    }

    public Builder memtableBytes(long value) {
      memtableBytes = value;
      return this;
    }

    public Builder sealedMemtablesMax(int value) {
      sealedMemtablesMax = value;
      return this;
    }

    public Builder blockCacheBytes(long value) {
      blockCacheBytes = value;
      return this;
    }

    public Builder rowCacheBytes(long value) {
      rowCacheBytes = value;
      return this;
    }

    public Builder blockBytes(int value) {
      blockBytes = value;
      return this;
    }

    public Builder compression(Compression value) {
      compression = value;
      return this;
    }

    public Builder openTablesMax(int value) {
      openTablesMax = value;
      return this;
    }

    public Builder largeValueBytes(int value) {
      largeValueBytes = value;
      return this;
    }

    public Builder compactionMode(CompactionMode value) {
      compactionMode = value;
      return this;
    }

    public Builder compactionWindowMillis(long value) {
      compactionWindowMillis = value;
      return this;
    }

    public Builder fanOut(int value) {
      fanOut = value;
      return this;
    }

    public Builder tableBytes(long value) {
      tableBytes = value;
      return this;
    }

    public Builder bloomBitsPerKey(double value) {
      bloomBitsPerKey = value;
      return this;
    }

    public Builder walSegmentBytes(long value) {
      walSegmentBytes = value;
      return this;
    }

    public Builder mergeThreads(int value) {
      mergeThreads = value;
      return this;
    }

    public Builder backgroundBytesPerSecond(long value) {
      backgroundBytesPerSecond = value;
      return this;
    }

    public Builder reserveBytes(long value) {
      reserveBytes = value;
      return this;
    }

    public Builder walArchive(@Nullable ArchiveOptions value) {
      walArchive = value;
      return this;
    }

    /// @throws IllegalArgumentException if an option is out of range
    public EngineOptions build() {
      return new EngineOptions(
          fileSystem,
          clock,
          syncPolicy,
          commitMode,
          memtableBytes,
          sealedMemtablesMax,
          blockCacheBytes,
          rowCacheBytes,
          blockBytes,
          compression,
          openTablesMax,
          largeValueBytes,
          compactionMode,
          compactionWindowMillis,
          fanOut,
          tableBytes,
          bloomBitsPerKey,
          walSegmentBytes,
          mergeThreads,
          backgroundBytesPerSecond,
          reserveBytes,
          walArchive);
    }
  }
}
