package io.varve.engine.rowcache;

import static io.varve.engine.bytes.Layouts.INT_LE;

import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.ReadContext;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/// Rows one behind the other in a ring of native memory; the youngest overwrites the oldest.
///
/// ```
/// row      := key length (4), value length (4), key, value, padding to 8
/// position := bytes written since the beginning, so that it says how old a row is, too
/// ```
///
/// The ring is cut into chunks, which take their memory when they are reached first. A row lies in one of
/// them: what does not fit before its end goes to the next. One writer at a time, which its owner sees to. Readers wait for nobody: they copy what they want and
/// then look whether the row was still there ([#isAlive(long)]). The end moves *before* bytes are
/// overwritten, and a reader asks for it *after* it has copied, with fences between: what was
/// overwritten meanwhile is thrown away.
final class RowRing {

  private static final int HEADER_BYTES = 8;
  private static final int CHUNK_LOG2_MIN = 13;
  private static final int CHUNK_LOG2_MAX = 20;

  private static final MemorySegment ALL = NativeMemory.ALL;
  private static final VarHandle OLDEST;
  private static final VarHandle NEXT;
  private static final VarHandle LAP_START;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      OLDEST = lookup.findVarHandle(RowRing.class, "oldest", long.class);
      NEXT = lookup.findVarHandle(RowRing.class, "next", long.class);
      LAP_START = lookup.findVarHandle(RowRing.class, "lapStart", long.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /// Addresses of the chunks, 0 for those not reached yet.
  private final long[] chunks;

  /// The same, for giving them back. The writer's.
  private final List<MemorySegment> memory = new ArrayList<>();

  private final int chunkLog2;
  private final long capacity;
  private final int rowBytesMax;

  /// Position below which rows are gone.
  private long oldest;

  /// Position of the next row. Never 0, so that 0 can stand for no row.
  private long next = 8;

  /// Position of the start of the ring in the lap that is being written.
  private long lapStart;

  /// @param bytes of memory, several times `rowBytesMax`
  /// @param rowBytesMax bytes of key and value of the largest row
  RowRing(long bytes, int rowBytesMax) {
    int log2 = 63 - Long.numberOfLeadingZeros(Math.max(1, bytes / 4));
    this.chunkLog2 = Math.clamp(log2, CHUNK_LOG2_MIN, CHUNK_LOG2_MAX);
    this.chunks = new long[Math.toIntExact(Math.max(2, bytes >>> chunkLog2))];
    this.capacity = (long) chunks.length << chunkLog2;
    this.rowBytesMax = rowBytesMax;
    assert HEADER_BYTES + rowBytesMax <= 1 << chunkLog2;
  }

  void free() {
    memory.forEach(NativeMemory::free);
    memory.clear();
  }

  /// Bytes in use, or that have been.
  long bytes() {
    return Math.min(capacity, (long) NEXT.getOpaque(this));
  }

  /// Whether a row has not been overwritten, and what was read of it before may be believed.
  boolean isAlive(long position) {
    VarHandle.acquireFence();
    return position >= (long) OLDEST.getOpaque(this);
  }

  /// Whether there is memory that no row has been written to yet. The writer only.
  boolean hasFreeMemory() {
    return next < capacity;
  }

  /// Whether a row is among the oldest quarter of those that fit: next to go.
  boolean isOld(long position) {
    return (long) NEXT.getOpaque(this) - position > capacity - (capacity >> 2);
  }

  /// Address of a row; 0 if it has been overwritten for so long that it cannot be told. What is read
  /// there is to be believed only if the row is alive afterwards.
  long address(long position) {
    long offset = position - (long) LAP_START.getOpaque(this);
    if (offset < 0) {
      offset += capacity;
    }
    if (offset < 0 || offset >= capacity) {
      return 0;
    }
    long chunk = chunks[(int) (offset >>> chunkLog2)];
    return chunk == 0 ? 0 : chunk + (offset & ((1L << chunkLog2) - 1));
  }

  /// Whether the row at an address has this key.
  static boolean hasKey(long row, Slice key) {
    int length = key.length();
    return ALL.get(INT_LE, row) == length
        && Slice.compare(ALL, row + HEADER_BYTES, length, key.segment(), key.offset(), length) == 0;
  }

  /// Copies the value of the row at an address, which has a key of a known length, into the memory of a
  /// read. False if what lies there is no row.
  boolean copyValue(long row, int keyBytes, ReadContext reads, Slice value) {
    int bytes = ALL.get(INT_LE, row + 4);
    if (bytes < 0 || bytes > rowBytesMax - keyBytes) {
      return false;
    }
    long copy = reads.scratch(bytes);
    MemorySegment.copy(ALL, row + HEADER_BYTES + keyBytes, ALL, copy, bytes);
    value.set(ALL, copy, bytes);
    return true;
  }

  /// The key of the living row at an address. The writer only.
  static Slice key(long row, Slice into) {
    return into.set(ALL, row + HEADER_BYTES, ALL.get(INT_LE, row));
  }

  /// Adds a row. The writer only.
  ///
  /// @return its position
  long add(Slice key, Slice value) {
    long bytes = (HEADER_BYTES + key.length() + value.length() + 7L) & -8L;
    long position = next;
    long inChunk = position & ((1L << chunkLog2) - 1);
    if (inChunk + bytes > 1L << chunkLog2) {
      position += (1L << chunkLog2) - inChunk;
    }
    long lap = position - lapStart >= capacity ? lapStart + capacity : lapStart;
    long end = position + bytes;
    OLDEST.setOpaque(this, Math.max(oldest, end - capacity));
    LAP_START.setOpaque(this, lap);
    VarHandle.storeStoreFence();
    long row = chunk((int) ((position - lap) >>> chunkLog2)) + (position & ((1L << chunkLog2) - 1));
    ALL.set(INT_LE, row, key.length());
    ALL.set(INT_LE, row + 4, value.length());
    key.copyTo(ALL, row + HEADER_BYTES);
    value.copyTo(ALL, row + HEADER_BYTES + key.length());
    NEXT.setOpaque(this, end);
    return position;
  }

  /// Address of a chunk, which is there afterwards.
  private long chunk(int index) {
    if (chunks[index] == 0) {
      // Lengths that are read while they are overwritten may point behind the end, so far at most.
      MemorySegment chunk =
          NativeMemory.allocateZeroed((1L << chunkLog2) + HEADER_BYTES + 2L * rowBytesMax);
      memory.add(chunk);
      chunks[index] = chunk.address();
    }
    return chunks[index];
  }
}
