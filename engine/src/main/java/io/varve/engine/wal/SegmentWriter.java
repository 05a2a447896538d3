package io.varve.engine.wal;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.WritableFile;
import io.varve.engine.record.RecordWriter;
import java.nio.file.Path;

/// Writes one segment from front to back and ends it with a mark, so that nothing in it can pass for
/// a torn tail: how the log of a checkpoint and the pieces of an archive are made. One thread.
final class SegmentWriter implements AutoCloseable {

  private static final int FLUSH_BYTES = 256 << 10;

  private final WritableFile file;
  private final RecordWriter records;
  private final GrowableBuffer prefix = new GrowableBuffer(64);
  private long lastSequence;
  private long lastMillis = -1;

  /// Creates the file and writes the header.
  ///
  /// @param number what its records are bound to
  /// @param previousSequence highest sequence number before the first batch
  SegmentWriter(FileSystem fileSystem, Path path, long number, long previousSequence) {
    this.file = fileSystem.create(path);
    this.records = new RecordWriter(file, number);
    this.lastSequence = previousSequence;
    WalFormat.encodeHeader(
        new WalFormat.SegmentHeader(number, previousSequence, previousSequence), prefix);
    records.append(prefix.slice());
  }

  /// Says when the batches that follow were written. Does nothing if that is known already.
  void time(long millis) {
    if (millis > lastMillis) {
      lastMillis = millis;
      prefix.clear();
      WalFormat.encodeTime(millis, prefix);
      records.append(prefix.slice());
    }
  }

  void batch(long batchSequence, Slice batch) {
    prefix.clear();
    prefix.putByte(WalFormat.BATCH);
    prefix.putVarint(batchSequence - lastSequence);
    records.append(prefix.slice(), batch);
    lastSequence = batchSequence;
    if (records.unflushedBytes() >= FLUSH_BYTES) {
      records.flush();
    }
  }

  /// Highest sequence number in the segment, or before it if it has no batch.
  long lastSequence() {
    return lastSequence;
  }

  long bytes() {
    return records.position();
  }

  /// Makes everything durable but the file's name.
  void finish() {
    records.finish();
  }

  @Override
  public void close() {
    file.close();
  }
}
