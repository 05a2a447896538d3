package io.varve.engine.record;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Computes the checksum of fragments in one buffer without allocating per fragment.
///
/// Keeps a byte-buffer view of the memory it works on and makes a new one only when the memory is
/// another. Not thread-safe.
final class FragmentChecksum {

  private final CRC32C crc = new CRC32C();
  private final byte[] binding = new byte[16];
  private MemorySegment memory = MemorySegment.ofArray(new byte[0]);
  private ByteBuffer view = ByteBuffer.allocate(0);

  /// @param fragment offset in `segment` at which the fragment starts
  /// @param length bytes of payload
  /// @param fileOffset offset in the file at which the fragment starts
  int of(MemorySegment segment, int fragment, int length, long fileNumber, long fileOffset) {
    if (!segment.equals(memory)) {
      memory = segment;
      view = segment.asByteBuffer();
    }
    int start = fragment + RecordFormat.TYPE_OFFSET;
    view.limit(start + 1 + length).position(start);
    crc.reset();
    crc.update(view);
    putLong(0, fileNumber);
    putLong(8, fileOffset);
    crc.update(binding, 0, 16);
    return (int) crc.getValue();
  }

  private void putLong(int at, long value) {
    for (int i = 0; i < 8; i++) {
      binding[at + i] = (byte) (value >>> (8 * i));
    }
  }
}
