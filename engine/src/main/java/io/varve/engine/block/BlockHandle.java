package io.varve.engine.block;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;

/// Where a block lies in its file.
///
/// ```
/// block handle := varint offset, varint payload length
/// ```
///
/// @param offset byte offset of the block in its file
/// @param length bytes of the payload, without the trailer
public record BlockHandle(long offset, int length) {

  /// Longest encoding, in bytes.
  public static final int ENCODED_BYTES_MAX = 15;

  public void encode(GrowableBuffer into) {
    into.putVarint(offset);
    into.putVarint(length);
  }

  /// @throws ByteCursor.MalformedException if the bytes are no handle
  public static BlockHandle decode(ByteCursor from) {
    long offset = from.readVarint();
    return new BlockHandle(offset, from.readVarintInt());
  }

  /// Offset of the first byte behind the block, its trailer included.
  public long end() {
    return offset + length + BlockFormat.TRAILER_BYTES;
  }
}
