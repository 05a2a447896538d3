package io.varve.engine.sstable;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.varve.engine.block.BlockCache;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.file.FileSystem;
import io.varve.engine.iterator.ReadContext;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Keeps tables open, up to a number that the process's file descriptors allow. Safe from any
/// thread.
///
/// The cache holds one reference to each open table and gives one to each caller, so a table that
/// is dropped for want of room closes when its last reader is done. Opening reads the disk; with a
/// context that may not wait it is refused, and the thread that may wait leaves the open table with
/// its context, where the repeated read finds it even if the cache had no room.
public final class TableCache implements AutoCloseable {

  private final FileSystem fileSystem;
  private final LongFunction<Path> pathOf;
  private final BlockCache blockCache;
  private final Cache<Long, SstableReader> tables;
  private final LongAdder opened = new LongAdder();

  /// @param pathOf where the table of a number lies
  /// @param blockCache serves the blocks of all tables
  /// @param openTablesMax tables kept open; those in use may be more for the time of their use
  public TableCache(
      FileSystem fileSystem, LongFunction<Path> pathOf, BlockCache blockCache, int openTablesMax) {
    this.fileSystem = fileSystem;
    this.pathOf = pathOf;
    this.blockCache = blockCache;
    this.tables =
        Caffeine.newBuilder()
            .maximumSize(openTablesMax)
            .executor(Runnable::run)
            .removalListener(TableCache::removed)
            .build();
  }

  /// An open table with a reference that the caller gives back with [SstableReader#release()].
  ///
  /// @param context may forbid to open a table; counts what opening costs
  /// @param level level that the table is on, for counting
  /// @throws NotInMemoryException if the table is not open and the context may not wait
  public SstableReader acquire(long fileNumber, ReadContext context, int level) {
    SstableReader open = tables.getIfPresent(fileNumber);
    if (open != null && open.tryRetain()) {
      return open;
    }
    return acquireClosed(fileNumber, context, level);
  }

  /// As [#acquire(long, ReadContext, int)] for those who may wait and do not count.
  public SstableReader acquire(long fileNumber) {
    var context = new ReadContext();
    try {
      return acquire(fileNumber, context, 0);
    } finally {
      context.releasePins();
    }
  }

  /// Forgets a table that is about to be deleted, and its blocks.
  public void evict(long fileNumber) {
    tables.invalidate(fileNumber);
    blockCache.invalidateFile(fileNumber);
  }

  /// The cache behind the tables' blocks.
  public BlockCache blockCache() {
    return blockCache;
  }

  /// Tables open now.
  public long openTables() {
    return tables.estimatedSize();
  }

  /// Times that a table was opened.
  public long openedCount() {
    return opened.sum();
  }

  /// Bytes that open tables keep in memory outside of the block cache.
  public long memoryBytes() {
    long bytes = 0;
    for (SstableReader table : tables.asMap().values()) {
      bytes += table.memoryBytes();
    }
    return bytes;
  }

  /// Closes all tables that nobody uses; the others close with their last reader.
  @Override
  public void close() {
    tables.invalidateAll();
    tables.cleanUp();
  }

  private SstableReader acquireClosed(long fileNumber, ReadContext context, int level) {
    if (context.findPin(fileNumber, SstableReader.PIN_OFFSET) instanceof SstableReader pinned
        && pinned.tryRetain()) {
      return pinned;
    }
    if (context.memoryOnly()) {
      throw NotInMemoryException.INSTANCE;
    }
    SstableReader table =
        SstableReader.open(
            fileSystem, pathOf.apply(fileNumber), fileNumber, blockCache, context, level);
    opened.increment();
    // Three references: the caller's, the cache's and the context's.
    table.tryRetain();
    context.pin(table);
    table.tryRetain();
    SstableReader other = tables.asMap().putIfAbsent(fileNumber, table);
    if (other != null) {
      table.release();
    }
    return table;
  }

  private static void removed(
      @Nullable Long fileNumber, @Nullable SstableReader table, RemovalCause cause) {
    if (table != null) {
      table.release();
    }
  }
}
