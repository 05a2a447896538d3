package io.varve.engine.value;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.varve.engine.block.Block;
import io.varve.engine.block.BlockCache;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.file.FileSystem;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import java.nio.file.Path;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Gets large values: from the block cache, from what the read already holds, from disk. Keeps value
/// files open, up to a number. Safe from any thread.
///
/// A value is a block to the cache, under the number of its file and its offset there, within the
/// cache's bound; one that is larger than the cache lets in is read each time. Every block that is
/// returned carries a reference that the caller releases.
///
/// Opening a file and reading a value are refused with a context that may not wait; the thread that
/// may wait leaves both with its context, where the repeated read finds them.
public final class ValueFiles implements AutoCloseable {

  /// Scans pin what they load only up to this many bytes, or a long one would hold everything it
  /// passed.
  private static final long SCAN_PINNED_BYTES_MAX = 8 << 20;

  private final FileSystem files;
  private final LongFunction<Path> pathOf;
  private final BlockCache blockCache;
  private final Cache<Long, ValueFile> open;

  /// @param pathOf where the value file of a number lies
  /// @param openFilesMax value files kept open; those in use may be more for the time of their use
  public ValueFiles(
      FileSystem files, LongFunction<Path> pathOf, BlockCache blockCache, int openFilesMax) {
    this.files = files;
    this.pathOf = pathOf;
    this.blockCache = blockCache;
    this.open =
        Caffeine.newBuilder()
            .maximumSize(openFilesMax)
            .executor(Runnable::run)
            .removalListener(ValueFiles::removed)
            .build();
  }

  /// A value for a lookup: what comes from disk is pinned to the context.
  ///
  /// @param level level of the table that refers to it, for counting
  /// @throws NotInMemoryException if it is not in memory and the context may not wait
  /// @throws io.varve.engine.error.CorruptionException if it is damaged
  public Block get(ValueReference reference, ReadContext context, int level) {
    return get(reference, context, level, Long.MAX_VALUE);
  }

  /// As [#get(ValueReference, ReadContext, int)] for an iterator: pinned only while little is.
  public Block getForScan(ValueReference reference, ReadContext context, int level) {
    return get(reference, context, level, SCAN_PINNED_BYTES_MAX);
  }

  private Block get(ValueReference reference, ReadContext context, int level, long pinnedMax) {
    Block cached = blockCache.find(reference.fileNumber(), reference.offset());
    if (cached != null) {
      context.countCacheHit();
      return cached;
    }
    if (context.findPin(reference.fileNumber(), reference.offset()) instanceof Block pinned) {
      return pinned.retain();
    }
    if (context.memoryOnly()) {
      throw NotInMemoryException.INSTANCE;
    }
    Block value = blockCache.add(read(reference, context, level));
    if (context.pinnedBytes() < pinnedMax) {
      context.pin(value.retain());
    }
    return value;
  }

  /// A value for a merge or a check, past the cache.
  public Block getPrivately(ValueReference reference, ReadContext context, int level) {
    if (context.memoryOnly()) {
      throw NotInMemoryException.INSTANCE;
    }
    return read(reference, context, level);
  }

  private Block read(ValueReference reference, ReadContext context, int level) {
    ValueFile file = acquire(reference.fileNumber(), context, level);
    try {
      long start = System.nanoTime();
      Block value = file.read(reference);
      context.countReadIo(
          level, ReadReason.VALUE, reference.storedBytes(), System.nanoTime() - start);
      return value;
    } finally {
      file.release();
    }
  }

  private ValueFile acquire(long fileNumber, ReadContext context, int level) {
    ValueFile known = open.getIfPresent(fileNumber);
    if (known != null && known.tryRetain()) {
      return known;
    }
    ValueFile file = ValueFile.open(files, pathOf.apply(fileNumber), fileNumber, context, level);
    // Two references: the caller's and the cache's.
    file.tryRetain();
    ValueFile other = open.asMap().putIfAbsent(fileNumber, file);
    if (other != null) {
      file.release();
    }
    return file;
  }

  /// Forgets a file that is about to be deleted, and its values.
  public void evict(long fileNumber) {
    open.invalidate(fileNumber);
    blockCache.invalidateFile(fileNumber);
  }

  /// Value files open now.
  public long openFiles() {
    return open.estimatedSize();
  }

  /// Closes all files that nobody uses; the others close with their last reader.
  @Override
  public void close() {
    open.invalidateAll();
    open.cleanUp();
  }

  private static void removed(
      @Nullable Long fileNumber, @Nullable ValueFile file, RemovalCause cause) {
    if (file != null) {
      file.release();
    }
  }
}
