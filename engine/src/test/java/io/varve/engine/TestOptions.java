package io.varve.engine;

import io.varve.engine.block.Compression;
import io.varve.engine.compaction.CompactionMode;
import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.file.FileSystem;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import java.util.SplittableRandom;

/// Options that make little stores do what large ones do: small memtables, many flushes and merges.
public final class TestOptions {

  private TestOptions() {}

  /// Small in every respect.
  public static EngineOptions small(FileSystem files) {
    return of(
        files, 64 << 10, 64 << 10, 4, Compression.LZ4, CommitMode.INLINE, 1024, SyncPolicy.ALWAYS);
  }

  /// Small on disk.
  public static EngineOptions small() {
    return small(new DiskFileSystem());
  }

  /// Small, and drawn by lot where it should make no difference to what is read.
  public static EngineOptions random(FileSystem files, SplittableRandom random) {
    Compression[] compressions = Compression.values();
    CommitMode[] modes = CommitMode.values();
    int[] largeValueBytes = {0, 256, 1024, 4096};
    EngineOptions options =
        of(
            files,
            (64 << 10) + random.nextInt(128 << 10),
            random.nextInt(3) * (32L << 10),
            2 + random.nextInt(6),
            compressions[random.nextInt(compressions.length)],
            modes[random.nextInt(modes.length)],
            256 << random.nextInt(5),
            SyncPolicy.ALWAYS);
    CompactionMode[] compactionModes = CompactionMode.values();
    return options.toBuilder()
        .compactionMode(compactionModes[random.nextInt(compactionModes.length)])
        .compactionWindowMillis(200)
        .mergeThreads(1 + random.nextInt(4))
        .rowCacheBytes(random.nextInt(3) * (64L << 10))
        .largeValueBytes(largeValueBytes[random.nextInt(largeValueBytes.length)])
        .build();
  }

  public static EngineOptions of(
      FileSystem files,
      long memtableBytes,
      long cacheBytes,
      int fanOut,
      Compression compression,
      CommitMode commitMode,
      int blockBytes,
      SyncPolicy syncPolicy) {
    return EngineOptions.builder()
        .fileSystem(files)
        .syncPolicy(syncPolicy)
        .commitMode(commitMode)
        .memtableBytes(memtableBytes)
        .blockCacheBytes(cacheBytes)
        .blockBytes(blockBytes)
        .compression(compression)
        .openTablesMax(64)
        .fanOut(fanOut)
        .tableBytes(64 << 10)
        .walSegmentBytes(256 << 10)
        .reserveBytes(0)
        .build();
  }
}
