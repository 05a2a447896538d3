package io.varve.engine.record;

import io.varve.engine.bytes.Slice;
import io.varve.engine.file.WritableFile;

/// Appends framed records to a file: the manifest's way to write, one record and one sync at a time.
///
/// Owned by one thread. Records gather in memory until [#flush()] or [#sync()]. After a failure of
/// either the file's end is unknown and the writer must not be used again.
public final class RecordWriter {

  private static final int BUFFER_BYTES = RecordFormat.BLOCK_BYTES;

  private final WritableFile file;
  private final RecordFramer framer = new RecordFramer(BUFFER_BYTES);
  private long syncedOffset;
  private long markedOffset;

  /// @param file a new file; records start at its position
  /// @param fileNumber number that every fragment is bound to
  public RecordWriter(WritableFile file, long fileNumber) {
    this.file = file;
    this.syncedOffset = file.position();
    this.markedOffset = file.position();
    framer.startAt(fileNumber, file.position());
  }

  /// Adds a record to the buffer.
  public void append(Slice payload) {
    markIfSynced();
    framer.append(payload);
  }

  /// Adds a record whose payload is `head` and then `body`.
  public void append(Slice head, Slice body) {
    markIfSynced();
    framer.append(head, body);
  }

  /// Bytes that wait for [#flush()].
  public int unflushedBytes() {
    return framer.size();
  }

  /// Hands everything appended to the operating system.
  public void flush() {
    if (framer.size() > 0) {
      file.append(framer.segment(), 0, framer.size());
      framer.clear(BUFFER_BYTES);
    }
  }

  /// Makes everything appended durable. A failed sync must never be retried.
  public void sync() {
    flush();
    file.sync();
    syncedOffset = framer.fileOffset();
  }

  /// Makes everything durable and says so at the end of the file, so that a reader can tell damage to
  /// the last records from a torn tail. The last act before an orderly close.
  public void finish() {
    sync();
    markIfSynced();
    sync();
  }

  /// File offset behind everything appended.
  public long position() {
    return framer.fileOffset();
  }

  private void markIfSynced() {
    if (syncedOffset > markedOffset) {
      framer.mark(syncedOffset);
      markedOffset = syncedOffset;
    }
  }
}
