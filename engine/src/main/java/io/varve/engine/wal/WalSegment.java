package io.varve.engine.wal;

import io.varve.engine.file.FileSystem;
import io.varve.engine.file.WritableFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// One file of the log while it is written.
///
/// The writer frames into it ([#framedOffset()], [#lastSequence()]), the thread that carries groups to
/// the disk writes and syncs it, a background sync may sync it at the same time, and the preparation
/// thread closes it once it is released. Space is taken before it is needed: writes land below
/// [#capacity()], so a full disk shows in [#extend(long)] and never in the middle of a group.
final class WalSegment {

  /// Zeros are written in pieces of this size.
  private static final int ZERO_BYTES = 1 << 20;

  private static final MemorySegment ZEROS = Arena.global().allocate(ZERO_BYTES, 8);

  private final long number;
  private final FileSystem fileSystem;
  private final Path path;
  private final WritableFile file;

  /// Bytes of the file that hold something, if only zeros. Writer only, after preparation.
  private long capacity;

  /// Where the next framed byte will lie. Writer only.
  private long framedOffset;

  private volatile long lastSequence = -1;
  private volatile long writtenOffset;
  private volatile long syncedOffset;

  /// Whether the file's name may vanish in a power cut.
  private volatile boolean nameVolatile;

  private boolean closed;

  /// @param capacity bytes in the file
  /// @param nameVolatile whether the directory has still to be synced for the file's name
  WalSegment(
      long number,
      FileSystem fileSystem,
      Path path,
      WritableFile file,
      long capacity,
      boolean nameVolatile) {
    this.number = number;
    this.fileSystem = fileSystem;
    this.path = path;
    this.file = file;
    this.capacity = capacity;
    this.nameVolatile = nameVolatile;
  }

  /// Fills a file with zeros, as preparation for its life as a segment.
  static void writeZeros(WritableFile file, long from, long to) {
    for (long at = from; at < to; at += ZERO_BYTES) {
      file.write(at, ZEROS, 0, (int) Math.min(ZERO_BYTES, to - at));
    }
  }

  long number() {
    return number;
  }

  Path path() {
    return path;
  }

  String name() {
    return file.name();
  }

  long capacity() {
    return capacity;
  }

  /// Takes space up to `bytes`. Throws `StorageException`, and leaves the segment as usable as it was,
  /// if there is none.
  void extend(long bytes) {
    writeZeros(file, capacity, bytes);
    capacity = bytes;
  }

  long framedOffset() {
    return framedOffset;
  }

  boolean isEmpty() {
    return framedOffset == 0;
  }

  /// Notes what the writer framed.
  void framed(long offset, long sequence) {
    framedOffset = offset;
    lastSequence = sequence;
  }

  /// Highest sequence number framed for this segment, -1 if none.
  long lastSequence() {
    return lastSequence;
  }

  /// Bytes written, framing included.
  long writtenOffset() {
    return writtenOffset;
  }

  /// Bytes that a sync has covered.
  long syncedOffset() {
    return syncedOffset;
  }

  void write(long offset, MemorySegment source, long from, int length) {
    file.write(offset, source, from, length);
    writtenOffset = offset + length;
  }

  /// Makes name and content durable. Does nothing on a closed segment: it was released.
  synchronized void sync() {
    if (closed) {
      return;
    }
    if (nameVolatile) {
      Path directory = path.getParent();
      if (directory == null) {
        throw new IllegalStateException(path + " has no directory");
      }
      fileSystem.syncDirectory(directory);
      nameVolatile = false;
    }
    long covered = writtenOffset;
    file.sync();
    syncedOffset = covered;
  }

  /// Whether the segment was released, and its file may be another segment by now.
  synchronized boolean isClosed() {
    return closed;
  }

  synchronized void close() {
    if (!closed) {
      closed = true;
      file.close();
    }
  }
}
