package io.varve.engine.wal;

import io.varve.engine.file.FileSystem;
import io.varve.engine.file.ReadableFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A segment to read, or the first bytes of one that is still being written.
///
/// @param number the number that its records are bound to
/// @param bytes how much of the file counts; [#WHOLE] for all of it
record SegmentSource(FileSystem fileSystem, Path path, long number, long bytes) {

  private static final long WHOLE = Long.MAX_VALUE;

  static SegmentSource whole(FileSystem fileSystem, Path path, long number) {
    return new SegmentSource(fileSystem, path, number, WHOLE);
  }

  /// The file as if it ended where it counts: a group that is written meanwhile is not seen in part.
  ReadableFile open() {
    ReadableFile file = fileSystem.open(path);
    return bytes >= file.size() ? file : new Beginning(file, bytes);
  }

  private record Beginning(ReadableFile file, long size) implements ReadableFile {

    @Override
    public String name() {
      return file.name();
    }

    @Override
    public int read(long position, MemorySegment target, long targetOffset, int length) {
      long left = Math.max(0, size - position);
      return left == 0
          ? 0
          : file.read(position, target, targetOffset, (int) Math.min(length, left));
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
