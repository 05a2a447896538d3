package io.varve.engine.wal;

import io.varve.engine.bytes.Slice;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Writes batches of one log into the segments of another that is to be replayed: the log's part of a
/// checkpoint or of a restored store.
///
/// Every batch is framed anew. Live segments are written on and used again, so links to them are worth
/// nothing; and a copy of bytes would bring along their torn ends. All is synced when [#finish()]
/// returns. One thread.
public final class WalCopy implements WalConsumer, AutoCloseable {

  private final FileSystem fileSystem;
  private final Path directory;
  private final long segmentBytes;
  private long nextNumber;
  private long lastSequence;
  private long readMillis = -1;
  private long lastMillis = -1;
  private long batches;
  private @Nullable SegmentWriter writer;

  /// Begins with an empty segment, so that even a log without batches leaves a file.
  ///
  /// @param firstNumber number of the first segment
  /// @param flushedSequence up to here the tables hold everything; batches at or below are left out
  /// @param segmentBytes size at which the next segment begins
  public WalCopy(
      FileSystem fileSystem,
      Path directory,
      long firstNumber,
      long flushedSequence,
      long segmentBytes) {
    this.fileSystem = fileSystem;
    this.directory = directory;
    this.segmentBytes = segmentBytes;
    this.nextNumber = firstNumber;
    this.lastSequence = flushedSequence;
    this.writer = nextSegment();
  }

  private SegmentWriter nextSegment() {
    long number = nextNumber++;
    return new SegmentWriter(fileSystem, FileNames.wal(directory, number), number, lastSequence);
  }

  @Override
  public void time(long millis) {
    readMillis = Math.max(readMillis, millis);
  }

  @Override
  public void batch(long segment, long batchSequence, Slice batch) {
    if (batchSequence <= lastSequence) {
      return;
    }
    SegmentWriter into = openWriter();
    if (into.bytes() >= segmentBytes) {
      endSegment(into);
      into = nextSegment();
      writer = into;
    }
    if (readMillis >= 0) {
      into.time(readMillis);
      lastMillis = readMillis;
    }
    into.batch(batchSequence, batch);
    lastSequence = batchSequence;
    batches++;
  }

  /// The last sequence number copied, or the flushed one.
  public long lastSequence() {
    return lastSequence;
  }

  /// Time of the last batch copied, in milliseconds since 1970; -1 if none is known.
  public long lastMillis() {
    return lastMillis;
  }

  /// Batches copied.
  public long batches() {
    return batches;
  }

  /// Ends the last segment and makes all of them durable, with their names.
  public void finish() {
    endSegment(openWriter());
    writer = null;
    fileSystem.syncDirectory(directory);
  }

  private SegmentWriter openWriter() {
    SegmentWriter open = writer;
    if (open == null) {
      throw new IllegalStateException("the copy is finished");
    }
    return open;
  }

  private void endSegment(SegmentWriter ended) {
    ended.finish();
    ended.close();
    writer = null;
  }

  /// Closes what a failure has left open.
  @Override
  public void close() {
    SegmentWriter open = writer;
    writer = null;
    if (open != null) {
      open.close();
    }
  }
}
