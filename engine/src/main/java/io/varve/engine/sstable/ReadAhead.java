package io.varve.engine.sstable;

import io.varve.engine.block.Block;
import io.varve.engine.block.BlockFormat;
import io.varve.engine.block.BlockReader;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.file.ReadableFile;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Reads the data blocks of one table in order, many per disk read, past the cache. One thread.
///
/// The window doubles with each read that goes on where the last one ended, forwards or backwards,
/// up to a step of a merge, and starts small again after a jump: so a merge reads in large pieces
/// and a short look costs little.
final class ReadAhead implements AutoCloseable {

  private static final int WINDOW_BYTES_MIN = 32 << 10;
  private static final int WINDOW_BYTES_MAX = 1 << 20;

  private final ReadableFile file;
  private final BlockReader reader;
  private final long dataEnd;
  private @Nullable MemorySegment window;
  private long windowStart;
  private long windowEnd;
  private int nextBytes = WINDOW_BYTES_MIN;

  /// @param dataEnd offset behind the last data block, never read over
  ReadAhead(ReadableFile file, BlockReader reader, long dataEnd) {
    this.file = file;
    this.reader = reader;
    this.dataEnd = dataEnd;
  }

  /// A block with a reference that the caller releases.
  Block get(long offset, int length, ReadContext context, int level) {
    reader.checkBounds(offset, length);
    long end = offset + length + BlockFormat.TRAILER_BYTES;
    MemorySegment bytes = window;
    if (bytes == null || offset < windowStart || end > windowEnd) {
      bytes = fill(offset, end, context, level);
    }
    return reader.decode(bytes, offset - windowStart, offset, length);
  }

  private MemorySegment fill(long offset, long end, ReadContext context, int level) {
    if (context.memoryOnly()) {
      throw NotInMemoryException.INSTANCE;
    }
    boolean forwards = offset >= windowStart && offset <= windowEnd && windowEnd > 0;
    boolean backwards = end <= windowEnd && end >= windowStart;
    nextBytes =
        forwards || backwards ? Math.min(WINDOW_BYTES_MAX, nextBytes * 2) : WINDOW_BYTES_MIN;
    long from = offset;
    long to = Math.max(end, Math.min(dataEnd, offset + nextBytes));
    if (backwards) {
      from = Math.max(0, Math.min(offset, end - nextBytes));
      to = end;
    }
    int bytes = Math.toIntExact(to - from);
    MemorySegment target = window;
    if (target == null || target.byteSize() < bytes) {
      // Forgotten before it is freed: an exception must not leave a freed window behind.
      close();
      target = NativeMemory.allocate(Math.max(bytes, nextBytes));
      window = target;
    }
    windowStart = 0;
    windowEnd = 0;
    long start = System.nanoTime();
    file.readFully(from, target, 0, bytes);
    context.countReadIo(level, ReadReason.DATA, bytes, System.nanoTime() - start);
    windowStart = from;
    windowEnd = to;
    return target;
  }

  @Override
  public void close() {
    MemorySegment held = window;
    window = null;
    windowStart = 0;
    windowEnd = 0;
    if (held != null) {
      NativeMemory.free(held);
    }
  }
}
