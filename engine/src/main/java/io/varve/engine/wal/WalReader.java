package io.varve.engine.wal;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.IncompatibleFormatException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileNames.FileName;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.ReadableFile;
import io.varve.engine.record.RecordReader;
import io.varve.engine.wal.WalFormat.SegmentHeader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads the log back, after a crash or a close.
///
/// The batches handed out are a prefix of what was appended, without a hole, and hold everything that
/// was synced. Segments are read in the order of their numbers. A segment may end torn at any point,
/// also when others follow: each process that crashes leaves such an end, and the next one goes on in a
/// new segment. What makes the chain sound is that each header says at which sequence number its
/// segment begins:
/// - it is the one reached, or one that the tables reach: the segment continues the log;
/// - it is a higher one, and the header says that the missing part had been synced: corruption;
/// - it is a higher one, and nothing says so: the segment was written on top of a part that a power
///   cut took before its sync. It is no part of the log, and a later segment may continue where the
///   log really ended;
/// - a segment without a header was prepared and not used.
///
/// Damage inside a segment is for [RecordReader] to find. Used once, by one thread.
public final class WalReader {

  /// Sees what one segment holds, for tools.
  public interface SegmentVisitor {
    /// @param offset where in the file the record starts
    void header(long offset, SegmentHeader header);

    /// @param advance how far the batch takes the sequence number
    /// @param batch the encoded batch, valid during the call and not checked
    void batch(long offset, long advance, Slice batch);

    /// @param millis since 1970, when the batches that follow were written
    void time(long offset, long millis);

    /// Bytes that are not what was written; a recovery may find that they are only the torn end.
    ///
    /// @param resumeOffset where the next valid fragment starts
    void damaged(long offset, long resumeOffset, String detail);
  }

  private final WalConsumer consumer;
  private final long flushedSequence;
  private final Slice record = new Slice();
  private final Slice batch = new Slice();
  private final ByteCursor cursor = new ByteCursor();
  private final List<String> tails = new ArrayList<>();

  private long lastSequence;
  private boolean continuing;
  private long batches;
  private long bytes;
  private int segments;

  /// Why the last segment that was read ends where it does, for messages.
  private String lastEnd = "no segment before it has records";

  private WalReader(WalConsumer consumer, long flushedSequence) {
    this.consumer = consumer;
    this.flushedSequence = flushedSequence;
    this.lastSequence = flushedSequence;
  }

  /// Hands every batch of the log to a consumer.
  ///
  /// @param oldestSegment segments with lower numbers are not read: their batches are in tables
  /// @param flushedSequence up to here the tables hold everything; the log must not begin behind it.
  ///     Batches at or below it may be handed out
  /// @throws CorruptionException if records that had been synced are missing or damaged
  public static WalReplay replay(
      FileSystem fileSystem,
      Path directory,
      long oldestSegment,
      long flushedSequence,
      WalConsumer consumer) {
    List<Long> numbers = new ArrayList<>();
    long highest = oldestSegment - 1;
    for (String name : fileSystem.list(directory)) {
      FileName parsed = FileNames.parse(name);
      if (parsed != null && parsed.kind() == FileNames.Kind.WAL) {
        highest = Math.max(highest, parsed.number());
        if (parsed.number() >= oldestSegment) {
          numbers.add(parsed.number());
        }
      }
    }
    numbers.sort(null);
    List<SegmentSource> sources = new ArrayList<>();
    for (long number : numbers) {
      sources.add(SegmentSource.whole(fileSystem, FileNames.wal(directory, number), number));
    }
    return read(sources, highest + 1, flushedSequence, consumer);
  }

  /// Hands every batch of some segments to a consumer, by the same rules.
  ///
  /// @param sources in the order of their numbers
  static WalReplay read(
      List<SegmentSource> sources, long nextSegment, long flushedSequence, WalConsumer consumer) {
    WalReader reader = new WalReader(consumer, flushedSequence);
    for (SegmentSource source : sources) {
      if (!consumer.wantsMore()) {
        break;
      }
      reader.readSegment(source);
    }
    return new WalReplay(
        Math.max(reader.lastSequence, flushedSequence),
        nextSegment,
        reader.batches,
        reader.bytes,
        reader.segments,
        reader.tails);
  }

  /// Shows one segment to a visitor, whatever its state: goes on behind damage.
  ///
  /// @param number the number that the segment's records are bound to
  /// @return why the records end where they end
  public static String visit(
      FileSystem fileSystem, Path segment, long number, SegmentVisitor visitor) {
    try (ReadableFile file = fileSystem.open(segment)) {
      RecordReader records = new RecordReader(file, number, visitor::damaged);
      Slice record = new Slice();
      Slice batch = new Slice();
      ByteCursor cursor = new ByteCursor();
      while (records.next(record)) {
        long offset = records.recordOffset();
        try {
          if (!record.isEmpty() && record.getUnsigned(0) == WalFormat.HEADER) {
            visitor.header(offset, WalFormat.decodeHeader(record, file.name(), offset));
          } else if (WalFormat.isTime(record)) {
            visitor.time(offset, WalFormat.decodeTime(record, file.name(), offset));
          } else {
            cursor.set(record);
            long advance = WalFormat.decodeBatchPrefix(cursor, file.name(), offset);
            visitor.batch(offset, advance, cursor.readSlice((int) cursor.remaining(), batch));
          }
        } catch (CorruptionException | IncompatibleFormatException e) {
          visitor.damaged(offset, records.endOffset(), String.valueOf(e.getMessage()));
        }
      }
      return records.tail();
    }
  }

  private void readSegment(SegmentSource source) {
    long number = source.number();
    try (ReadableFile file = source.open()) {
      RecordReader records = new RecordReader(file, number);
      if (!records.next(record)) {
        lastEnd = file.name() + ": " + records.tail();
        return;
      }
      SegmentHeader header = WalFormat.decodeHeader(record, file.name(), records.recordOffset());
      if (!continuesLog(header, file.name())) {
        consumer.notPart(number);
        return;
      }
      segments++;
      consumer.segment(number, header.previousSequence());
      while (true) {
        if (!consumer.wantsMore()) {
          return;
        }
        if (!records.next(record)) {
          break;
        }
        if (WalFormat.isTime(record)) {
          consumer.time(WalFormat.decodeTime(record, file.name(), records.recordOffset()));
        } else {
          readBatch(file.name(), number, records.recordOffset());
        }
      }
      lastEnd = file.name() + ": " + records.tail();
      if (records.hasBytesBehindEnd()) {
        tails.add(lastEnd);
      }
    }
  }

  private boolean continuesLog(SegmentHeader header, String file) {
    long previous = header.previousSequence();
    boolean continues = continuing ? previous == lastSequence : previous <= lastSequence;
    // What the tables hold, the log may miss.
    continues |= previous > lastSequence && previous <= flushedSequence;
    if (continues) {
      continuing = true;
      lastSequence = previous;
      return true;
    }
    String detail =
        "the segment continues sequence number "
            + previous
            + ", the log before it ends at "
            + lastSequence
            + " ("
            + lastEnd
            + ")";
    long safeSequence = Math.max(lastSequence, flushedSequence);
    if (previous < lastSequence || header.syncedSequence() > safeSequence) {
      throw new CorruptionException(
          file, 0, detail + "; up to " + header.syncedSequence() + " everything had been synced");
    }
    tails.add(file + " is no part of the log: " + detail);
    return false;
  }

  private void readBatch(String file, long segment, long offset) {
    cursor.set(record);
    long advance = WalFormat.decodeBatchPrefix(cursor, file, offset);
    if (advance <= 0) {
      throw new CorruptionException(
          file, offset, "expected a batch with a higher sequence number, found advance " + advance);
    }
    lastSequence += advance;
    cursor.readSlice((int) cursor.remaining(), batch);
    batches++;
    bytes += batch.length();
    try {
      consumer.batch(segment, lastSequence, batch);
    } catch (ByteCursor.MalformedException e) {
      throw new CorruptionException(file, offset, "batch: " + e.getMessage());
    }
  }
}
