package io.varve.engine.block;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.file.ReadableFile;
import java.lang.foreign.MemorySegment;

/// Reads blocks of one file from disk: bounds, checksum, inflation. Safe from any thread.
///
/// What it returns is checked and carries one reference that belongs to the caller. Lengths come
/// from an index that was itself checked, and are still held against the size of the file before
/// any memory is taken.
public final class BlockReader {

  /// Probes of a filter touch one cache line only if the lines of the filter lie on lines of the
  /// cache.
  private static final int CACHE_LINE_BYTES = 64;

  private final ReadableFile file;
  private final long fileNumber;

  /// @param fileNumber the number that the checksums of the file are bound to
  public BlockReader(ReadableFile file, long fileNumber) {
    this.file = file;
    this.fileNumber = fileNumber;
  }

  /// Reads a block.
  ///
  /// @param length bytes of the payload, from the block's handle
  /// @throws CorruptionException if the block is not what was written there
  public Block read(long offset, int length) {
    return read(offset, length, 1);
  }

  /// As [#read(long, int)], with the content at an address that is a multiple of 64.
  public Block readAligned(long offset, int length) {
    return read(offset, length, CACHE_LINE_BYTES);
  }

  /// Makes a block of bytes that were read ahead.
  ///
  /// @param stored the block with its trailer starts here
  public Block decode(MemorySegment stored, long storedOffset, long offset, int length) {
    checkBounds(offset, length);
    Compression compression = check(stored, storedOffset, offset, length);
    if (compression != Compression.NONE) {
      return inflate(compression, stored, storedOffset, offset, length);
    }
    MemorySegment allocation = NativeMemory.allocate(length);
    MemorySegment.copy(stored, storedOffset, allocation, 0, length);
    return new Block(file.name(), fileNumber, offset, allocation, 0, length);
  }

  /// @throws CorruptionException if a block at this place cannot be in the file
  public void checkBounds(long offset, int length) {
    if (offset < 0
        || length < 0
        || length > BlockFormat.PAYLOAD_BYTES_MAX
        || offset > file.size() - length - BlockFormat.TRAILER_BYTES) {
      throw corrupt(
          offset,
          "a block of " + length + " bytes cannot be there in a file of " + file.size() + " bytes");
    }
  }

  private Block read(long offset, int length, int alignment) {
    checkBounds(offset, length);
    MemorySegment allocation =
        NativeMemory.allocate(length + BlockFormat.TRAILER_BYTES + alignment - 1L);
    boolean owned = true;
    try {
      long start = -allocation.address() & (alignment - 1L);
      file.readFully(offset, allocation, start, length + BlockFormat.TRAILER_BYTES);
      Compression compression = check(allocation, start, offset, length);
      if (compression != Compression.NONE) {
        return inflate(compression, allocation, start, offset, length);
      }
      owned = false;
      return new Block(file.name(), fileNumber, offset, allocation, start, length);
    } finally {
      if (owned) {
        NativeMemory.free(allocation);
      }
    }
  }

  private Compression check(MemorySegment stored, long storedOffset, long offset, int length) {
    long typeAt = storedOffset + length;
    int type = stored.get(Layouts.BYTE, typeAt) & 0xff;
    int found = stored.get(Layouts.INT_LE, typeAt + 1);
    int expected = BlockFormat.checksum(stored, storedOffset, length, type, fileNumber, offset);
    if (expected != found) {
      throw corrupt(
          offset,
          "checksum of a block of "
              + length
              + " bytes: expected "
              + hex(expected)
              + ", found "
              + hex(found));
    }
    try {
      return Compression.ofCode(type);
    } catch (IllegalArgumentException e) {
      throw corrupt(offset, "block type: " + e.getMessage());
    }
  }

  private Block inflate(
      Compression compression, MemorySegment stored, long storedOffset, long offset, int length) {
    ByteCursor cursor = new ByteCursor().set(stored, storedOffset, length);
    int size;
    try {
      size = cursor.readVarintInt();
    } catch (ByteCursor.MalformedException e) {
      throw corrupt(offset, "inflated length of a block: " + e.getMessage());
    }
    if (size > BlockFormat.COMPRESSION_INPUT_BYTES_MAX) {
      throw corrupt(offset, "a compressed block claims to hold " + size + " bytes");
    }
    MemorySegment allocation = NativeMemory.allocate(size);
    String fault =
        size == 0
            ? "a compressed block is empty"
            : BlockInflater.inflate(
                compression, stored.asSlice(cursor.position(), cursor.remaining()), allocation);
    if (fault != null) {
      NativeMemory.free(allocation);
      throw corrupt(offset, compression + " block: " + fault);
    }
    return new Block(file.name(), fileNumber, offset, allocation, 0, size);
  }

  private CorruptionException corrupt(long offset, String detail) {
    return new CorruptionException(file.name(), offset, detail);
  }

  private static String hex(int value) {
    return "0x" + Integer.toHexString(value);
  }
}
