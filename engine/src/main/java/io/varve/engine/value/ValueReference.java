package io.varve.engine.value;

import io.varve.engine.block.BlockFormat;
import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;

/// Where a large value lies: what a table holds in its place. Chapter: `docs/format/value-file.md`.
///
/// ```
/// reference := varint file number, varint offset, varint payload length, varint raw length
/// ```
///
/// @param fileNumber of the value file
/// @param offset byte offset of the value's block in it
/// @param length bytes of the block's payload, as a block handle has it
/// @param rawLength bytes of the value itself
public record ValueReference(long fileNumber, long offset, int length, int rawLength) {

  /// Longest encoding, in bytes.
  public static final int ENCODED_BYTES_MAX = 30;

  /// Bytes that the value takes in its file.
  public long storedBytes() {
    return (long) length + BlockFormat.TRAILER_BYTES;
  }

  public void encode(GrowableBuffer into) {
    into.putVarint(fileNumber);
    into.putVarint(offset);
    into.putVarint(length);
    into.putVarint(rawLength);
  }

  /// Reads an encoding that fills a slice.
  ///
  /// @throws ByteCursor.MalformedException if the bytes are no reference
  public static ValueReference parse(Slice encoded) {
    ByteCursor cursor = new ByteCursor(encoded);
    long fileNumber = cursor.readVarint();
    long offset = cursor.readVarint();
    int length = cursor.readVarintInt();
    int rawLength = cursor.readVarintInt();
    if (fileNumber <= 0 || offset < 0 || cursor.hasRemaining()) {
      throw new ByteCursor.MalformedException("found " + encoded + " in the place of a reference");
    }
    return new ValueReference(fileNumber, offset, length, rawLength);
  }

  /// As [#parse(Slice)] for references out of a table, whose checksum held.
  ///
  /// @throws CorruptionException if the bytes are no reference
  public static ValueReference decode(Slice encoded) {
    try {
      return parse(encoded);
    } catch (ByteCursor.MalformedException e) {
      throw new CorruptionException("a table", 0, "reference to a value: " + e.getMessage());
    }
  }
}
