package io.varve.engine.range;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.KeyRange;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The range tombstones of a memtable: added by one thread in the order of their sequence numbers,
/// read by any number without waiting.
///
/// A reader takes [#current()], which never changes. Keys are copied to chunks of native memory that
/// the collector frees when nobody holds a tombstone of theirs: there are few, and readers may keep
/// them longer than the memtable.
public final class RangeTombstoneLog {

  private static final int CHUNK_BYTES = 16 << 10;

  private volatile RangeTombstones current = RangeTombstones.NONE;
  private MemorySegment chunk = MemorySegment.NULL;
  private long chunkUsed;

  /// Bytes of all bounds, the writer's count, and what others see of it.
  private long keyBytesAdded;

  private volatile long keyBytes;

  /// Adds a tombstone that is younger than all before. Its bounds are copied.
  ///
  /// @return bytes of its bounds
  public int add(Slice start, Slice end, long sequence) {
    boolean endless = end.length() > InternalKey.USER_KEY_BYTES_MAX;
    Slice startCopy = copy(start);
    Slice endCopy = endless ? KeyRange.END : copy(end);
    int bytes = start.length() + (endless ? 0 : end.length());
    keyBytesAdded += bytes;
    keyBytes = keyBytesAdded;
    current = current.with(new RangeTombstone(startCopy, endCopy, sequence));
    return bytes;
  }

  /// What has been added so far.
  public RangeTombstones current() {
    return current;
  }

  /// Memory that all of it takes, about.
  public long memoryBytes() {
    return keyBytes + current.memoryBytes();
  }

  private Slice copy(Slice key) {
    if (key.length() > chunk.byteSize() - chunkUsed) {
      chunk = Arena.ofAuto().allocate(Math.max(CHUNK_BYTES, key.length()));
      chunkUsed = 0;
    }
    key.copyTo(chunk, chunkUsed);
    Slice copy = new Slice(chunk, chunkUsed, key.length());
    chunkUsed += key.length();
    return copy;
  }
}
