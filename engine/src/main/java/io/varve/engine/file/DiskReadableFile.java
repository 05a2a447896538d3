package io.varve.engine.file;

import io.varve.engine.error.StorageException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// Positional reads of one open file; no shared position, so any number of threads may read.
final class DiskReadableFile implements ReadableFile {

  private final String name;
  private final FileChannel channel;
  private final long size;

  DiskReadableFile(String name, FileChannel channel, long size) {
    this.name = name;
    this.channel = channel;
    this.size = size;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int read(long position, MemorySegment target, long targetOffset, int length) {
    ByteBuffer buffer = target.asSlice(targetOffset, length).asByteBuffer();
    try {
      while (buffer.hasRemaining()) {
        int read = channel.read(buffer, position + buffer.position());
        if (read < 0) {
          break;
        }
      }
    } catch (IOException e) {
      throw new StorageException("read", name, e);
    }
    return buffer.position();
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
