package io.varve.engine.block;

import io.varve.engine.bytes.Crc32c;
import java.lang.foreign.MemorySegment;

/// Chapter: `docs/format/sstable.md`. Sizes and limits of a block on disk.
///
/// ```
/// block    := payload, trailer
/// trailer  := type(u8), checksum(u32)
/// payload  := stored bytes                               if type is NONE
///           | varint inflated length, compressed bytes   otherwise
/// checksum := CRC-32C(payload, type, file number u64, block offset u64)
/// ```
///
/// The checksum binds the block to its place: a block that a disk or a bug wrote to another offset
/// or file does not pass.
public final class BlockFormat {

  /// Bytes behind the payload.
  public static final int TRAILER_BYTES = 5;

  /// Longest payload, in bytes: a value of 512 MiB, its key and the trailer fit with room to spare.
  public static final int PAYLOAD_BYTES_MAX = 1 << 30;

  /// Blocks longer than this are stored as they are, so that neither side needs scratch memory in
  /// proportion to the largest value.
  public static final int COMPRESSION_INPUT_BYTES_MAX = 8 << 20;

  /// Bytes of one restart point, and of their count.
  static final int RESTART_BYTES = 4;

  private BlockFormat() {}

  /// The checksum of a block at a place.
  static int checksum(
      MemorySegment payload,
      long payloadOffset,
      int payloadBytes,
      int type,
      long fileNumber,
      long blockOffset) {
    return new Crc32c()
        .update(payload, payloadOffset, payloadBytes)
        .updateByte(type)
        .updateLong(fileNumber)
        .updateLong(blockOffset)
        .value();
  }
}
