package io.varve.engine.file;

import io.varve.engine.error.StorageException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// Positional writes to one open file. The position is ours, not the channel's.
final class DiskWritableFile implements WritableFile {

  private final String name;
  private final FileChannel channel;
  private long position;

  DiskWritableFile(String name, FileChannel channel) {
    this.name = name;
    this.channel = channel;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void append(MemorySegment source, long offset, int length) {
    write(position, source, offset, length);
    position += length;
  }

  @Override
  public void write(long at, MemorySegment source, long offset, int length) {
    ByteBuffer buffer = source.asSlice(offset, length).asByteBuffer();
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer, at + buffer.position());
      }
    } catch (IOException e) {
      throw new StorageException("write", name, e);
    }
  }

  @Override
  public void sync() {
    try {
      channel.force(false);
    } catch (IOException e) {
      throw new StorageException("sync", name, e);
    }
  }

  @Override
  public void truncate(long bytes) {
    try {
      if (bytes <= channel.size()) {
        channel.truncate(bytes);
      } else {
        // The JDK has no way to extend a file but to write its last byte.
        channel.write(ByteBuffer.allocate(1), bytes - 1);
      }
      position = Math.min(position, bytes);
    } catch (IOException e) {
      throw new StorageException("truncate", name, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StorageException("close", name, e);
    }
  }
}
