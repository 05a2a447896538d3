package io.varve.server;

import io.varve.engine.ArchiveOptions;
import io.varve.engine.EngineOptions;
import io.varve.engine.block.Compression;
import io.varve.engine.compaction.CompactionMode;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import io.varve.server.config.Configuration;
import io.varve.server.config.Directives;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// From directives to the engine's options.
final class EngineSettings {

  private EngineSettings() {}

  static EngineOptions of(Configuration configuration) {
    return EngineOptions.builder()
        .syncPolicy(syncPolicy(configuration))
        .commitMode(commitMode(configuration))
        .memtableBytes(configuration.get(Directives.MEMTABLE_BYTES))
        .sealedMemtablesMax(Math.toIntExact(configuration.get(Directives.SEALED_MEMTABLES_MAX)))
        .largeValueBytes(Math.toIntExact(configuration.get(Directives.LARGE_VALUE_BYTES)))
        .blockCacheBytes(configuration.get(Directives.BLOCK_CACHE_BYTES))
        .rowCacheBytes(configuration.get(Directives.ROW_CACHE_BYTES))
        .blockBytes(Math.toIntExact(configuration.get(Directives.BLOCK_BYTES)))
        .compression(compression(configuration))
        .openTablesMax(Math.toIntExact(configuration.get(Directives.TABLES_OPEN_MAX)))
        .fanOut(Math.toIntExact(configuration.get(Directives.COMPACTION_FANOUT)))
        .compactionMode(compactionMode(configuration))
        .compactionWindowMillis(1_000 * configuration.get(Directives.COMPACTION_WINDOW_SECONDS))
        .tableBytes(configuration.get(Directives.TABLE_BYTES))
        .bloomBitsPerKey(configuration.get(Directives.BLOOM_BITS))
        .walSegmentBytes(configuration.get(Directives.WAL_SEGMENT_BYTES))
        .mergeThreads(Math.toIntExact(configuration.get(Directives.MAX_BACKGROUND_MERGES)))
        .backgroundBytesPerSecond(configuration.get(Directives.MERGE_BYTES_PER_SECOND))
        .reserveBytes(configuration.get(Directives.DISK_RESERVE_BYTES))
        .walArchive(archive(configuration))
        .build();
  }

  private static @Nullable ArchiveOptions archive(Configuration configuration) {
    String directory = configuration.get(Directives.WAL_ARCHIVE_DIR);
    return directory.isEmpty()
        ? null
        : new ArchiveOptions(
            Path.of(directory).toAbsolutePath().normalize(),
            1000 * configuration.get(Directives.WAL_ARCHIVE_INTERVAL),
            configuration.get(Directives.WAL_ARCHIVE_BACKLOG_BYTES));
  }

  private static SyncPolicy syncPolicy(Configuration configuration) {
    return switch (configuration.get(Directives.APPENDFSYNC)) {
      case ALWAYS -> SyncPolicy.ALWAYS;
      case EVERYSEC -> SyncPolicy.EVERY_SECOND;
      case NO -> SyncPolicy.NEVER;
    };
  }

  private static CommitMode commitMode(Configuration configuration) {
    return switch (configuration.get(Directives.COMMIT_MODE)) {
      case AUTO -> CommitMode.AUTO;
      case INLINE -> CommitMode.INLINE;
      case THREADED -> CommitMode.THREADED;
    };
  }

  /// Can change while the store is open.
  static CompactionMode compactionMode(Configuration configuration) {
    return switch (configuration.get(Directives.COMPACTION_MODE)) {
      case TIERED -> CompactionMode.TIERED;
      case LAZY_LEVELED -> CompactionMode.LAZY_LEVELED;
      case LEVELED -> CompactionMode.LEVELED;
      case TIME_WINDOW -> CompactionMode.TIME_WINDOW;
    };
  }

  private static Compression compression(Configuration configuration) {
    return switch (configuration.get(Directives.COMPRESSION)) {
      case NONE -> Compression.NONE;
      case LZ4 -> Compression.LZ4;
      case ZSTD -> Compression.ZSTD;
    };
  }
}
