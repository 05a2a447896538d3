package io.varve.engine.block;

import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.iterator.ReadContext;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// The content of one block, checked and inflated, in memory outside the heap.
///
/// Immutable, shared between threads, counted by reference: created with one reference that belongs
/// to whoever loaded it; the cache, a [ReadContext] and each iterator hold their own. The last
/// [#release()] frees the memory; from then on [#tryRetain()] fails, which is how a reader notices
/// that the cache evicted a block between the lookup and its use.
public final class Block implements ReadContext.PinnedBlock {

  private static final VarHandle REFERENCES;

  static {
    try {
      REFERENCES = MethodHandles.lookup().findVarHandle(Block.class, "references", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// Heap bytes that a block costs besides its memory, counted against the cache's budget.
  private static final int OVERHEAD_BYTES = 128;

  private final String fileName;
  private final long fileNumber;
  private final long offset;
  private final MemorySegment allocation;
  private final int size;
  private MemorySegment bytes;

  @SuppressWarnings("UnusedVariable") // accessed through REFERENCES
  private volatile int references = 1;

  /// @param allocation memory from [NativeMemory], owned by the block from here on
  /// @param start where the content starts in the allocation
  /// @param size bytes of content
  Block(
      String fileName,
      long fileNumber,
      long offset,
      MemorySegment allocation,
      long start,
      int size) {
    this.fileName = fileName;
    this.fileNumber = fileNumber;
    this.offset = offset;
    this.allocation = allocation;
    this.size = size;
    this.bytes = allocation.asSlice(start, size);
  }

  @Override
  public long fileNumber() {
    return fileNumber;
  }

  @Override
  public long offset() {
    return offset;
  }

  /// Name of the file, for messages.
  public String fileName() {
    return fileName;
  }

  /// The content, from 0 to [#size()].
  public MemorySegment bytes() {
    return bytes;
  }

  /// Bytes of content.
  public int size() {
    return size;
  }

  @Override
  public long memoryBytes() {
    return allocation.byteSize() + OVERHEAD_BYTES;
  }

  /// Takes a reference for someone who may have come too late.
  ///
  /// @return false if the memory is already freed
  public boolean tryRetain() {
    while (true) {
      int count = references;
      if (count == 0) {
        return false;
      }
      if (REFERENCES.compareAndSet(this, count, count + 1)) {
        return true;
      }
    }
  }

  /// Takes a reference for someone who already holds one.
  public Block retain() {
    int before = (int) REFERENCES.getAndAdd(this, 1);
    assert before > 0 : "a freed block is retained";
    return this;
  }

  public void release() {
    int before = (int) REFERENCES.getAndAdd(this, -1);
    if (before == 1) {
      // Whoever still looks here against the rules gets an exception rather than foreign bytes.
      bytes = MemorySegment.NULL;
      NativeMemory.free(allocation);
    } else if (before <= 0) {
      throw new IllegalStateException(
          "the block at " + offset + " of " + fileName + " is released too often");
    }
  }

  @Override
  public void unpin() {
    release();
  }

  /// The error for content that does not follow its grammar although the checksum held.
  ///
  /// @param at where in the content
  CorruptionException malformed(long at, String detail) {
    return new CorruptionException(
        fileName, offset, detail + " (byte " + at + " of the block's content)");
  }
}
