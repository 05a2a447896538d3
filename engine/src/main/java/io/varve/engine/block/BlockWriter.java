package io.varve.engine.block;

import io.varve.engine.bytes.Crc32c;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.WritableFile;
import java.lang.foreign.MemorySegment;

/// Appends blocks to one file: compression, checksum, buffering. One thread.
///
/// Bytes gather in a buffer and go to the file in pieces. After an exception of the file the writer
/// is of no more use. The file is neither synced nor closed here.
public final class BlockWriter implements AutoCloseable {

  /// Buffered writes were fastest in pieces of this size: 64 KiB stays in the processor's cache on
  /// its way to the kernel, 1 MiB pieces were several times slower.
  private static final int PIECE_BYTES = 64 << 10;

  private final WritableFile file;
  private final long fileNumber;
  private final GrowableBuffer buffer = new GrowableBuffer(PIECE_BYTES + (8 << 10));
  private final BlockCompressor compressor = new BlockCompressor();
  private final Crc32c crc = new Crc32c();
  private final Slice stored = new Slice();
  private long position;

  /// @param file empty, to be written from its start
  /// @param fileNumber the number that checksums are bound to
  public BlockWriter(WritableFile file, long fileNumber) {
    this.file = file;
    this.fileNumber = fileNumber;
  }

  /// Offset in the file of the next block.
  public long position() {
    return position;
  }

  /// Appends a block.
  ///
  /// @param payload in native memory
  /// @return where it lies
  public BlockHandle write(Slice payload, Compression wanted) {
    Compression applied = compressor.compress(payload, wanted, stored);
    BlockHandle handle = new BlockHandle(position, stored.length());
    crc.reset().update(stored);
    append(stored);
    appendTrailer(applied, handle.offset());
    return handle;
  }

  /// Appends a block with a single entry, uncompressed and without copying the value: for values
  /// that are large.
  public BlockHandle writeSingle(Slice userKey, long trailer, Slice value) {
    GrowableBuffer head = new GrowableBuffer(userKey.length() + 32);
    head.putVarint(0);
    head.putVarint(userKey.length());
    head.putVarint(value.length());
    head.putBytes(userKey);
    head.putLongBigEndian(trailer);
    GrowableBuffer tail = new GrowableBuffer(2 * BlockFormat.RESTART_BYTES);
    tail.putInt(0);
    tail.putInt(1);
    long length = (long) head.size() + value.length() + tail.size();
    if (length > BlockFormat.PAYLOAD_BYTES_MAX) {
      throw new IllegalArgumentException("an entry of " + length + " bytes is too long");
    }
    BlockHandle handle = new BlockHandle(position, (int) length);
    crc.reset().update(head.slice()).update(value).update(tail.slice());
    append(head.slice());
    append(value);
    append(tail.slice());
    appendTrailer(Compression.NONE, handle.offset());
    return handle;
  }

  /// Appends bytes that are no block.
  public void writeRaw(Slice bytes) {
    append(bytes);
  }

  /// Hands everything that is buffered to the file.
  public void flush() {
    if (!buffer.isEmpty()) {
      file.append(buffer.segment(), 0, buffer.size());
      buffer.clear();
    }
  }

  /// Gives the codecs' memory back; the file stays open.
  @Override
  public void close() {
    compressor.close();
  }

  private void appendTrailer(Compression applied, long blockOffset) {
    crc.updateByte(applied.code()).updateLong(fileNumber).updateLong(blockOffset);
    buffer.putByte(applied.code());
    buffer.putInt(crc.value());
    position += BlockFormat.TRAILER_BYTES;
  }

  private void append(Slice bytes) {
    MemorySegment source = bytes.segment();
    int length = bytes.length();
    if ((long) buffer.size() + length > PIECE_BYTES) {
      flush();
    }
    if (length >= PIECE_BYTES) {
      file.append(source, bytes.offset(), length);
    } else {
      buffer.putBytes(bytes);
    }
    position += length;
  }
}
