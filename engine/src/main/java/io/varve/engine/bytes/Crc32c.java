package io.varve.engine.bytes;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// CRC-32C (Castagnoli) over slices, in hardware through the JDK.
///
/// Reusable, not thread-safe: each writer and reader has its own. Use: [#reset()], any number of
/// updates, [#value()].
public final class Crc32c {

  private final CRC32C crc = new CRC32C();
  private final byte[] scratch = new byte[8];

  public Crc32c reset() {
    crc.reset();
    return this;
  }

  public Crc32c update(Slice bytes) {
    return update(bytes.segment(), bytes.offset(), bytes.length());
  }

  public Crc32c update(MemorySegment segment, long offset, long length) {
    if (length > 0) {
      crc.update(segment.asSlice(offset, length).asByteBuffer());
    }
    return this;
  }

  /// Mixes in a number, as its eight little-endian bytes: binds a checksum to a file or an offset.
  public Crc32c updateLong(long value) {
    for (int i = 0; i < 8; i++) {
      scratch[i] = (byte) (value >>> (8 * i));
    }
    crc.update(scratch, 0, 8);
    return this;
  }

  public Crc32c updateByte(int value) {
    crc.update(value);
    return this;
  }

  public int value() {
    return (int) crc.getValue();
  }
}
