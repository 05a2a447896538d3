package io.varve.engine.file;

import java.lang.foreign.MemorySegment;

/// A file that is written from front to back by one thread at a time.
///
/// [#write(long, MemorySegment, long, int)] stands beside that order: it leaves the position alone
/// and may be called, for bytes that nobody else writes, while another thread appends or syncs.
public interface WritableFile extends AutoCloseable {

  /// Name for messages.
  String name();

  /// Byte offset at which the next append lands.
  long position();

  /// Writes bytes at [#position()] and moves it. A failure leaves an unknown part written.
  void append(MemorySegment source, long offset, int length);

  /// Writes bytes at `position`, extending the file if they reach behind its end; a gap reads as
  /// zeros. Does not move [#position()]. A failure leaves an unknown part written.
  void write(long position, MemorySegment source, long offset, int length);

  /// Makes all that was appended durable (data and size, as fdatasync). A failed sync must never be
  /// retried: the kernel may have dropped the pages.
  void sync();

  /// Cuts or extends the file to `bytes`; extension reads as zeros.
  void truncate(long bytes);

  @Override
  void close();
}
