package io.varve.engine.file;

import java.lang.foreign.MemorySegment;

/// A file that is read by position, from any number of threads at once.
public interface ReadableFile extends AutoCloseable {

  /// Name for messages.
  String name();

  /// Bytes in the file when it was opened.
  long size();

  /// Reads up to `length` bytes at `position` into `target`, fewer only at the end of the file.
  ///
  /// @return bytes read, 0 at or behind the end
  int read(long position, MemorySegment target, long targetOffset, int length);

  /// Reads exactly `length` bytes.
  ///
  /// @throws io.varve.engine.error.CorruptionException if the file ends before them
  default void readFully(long position, MemorySegment target, long targetOffset, int length) {
    int read = read(position, target, targetOffset, length);
    if (read != length) {
      throw new io.varve.engine.error.CorruptionException(
          name(), position, "expected " + length + " bytes, the file ends after " + read);
    }
  }

  @Override
  void close();
}
