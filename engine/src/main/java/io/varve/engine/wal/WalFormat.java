package io.varve.engine.wal;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.bytes.Varint;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.IncompatibleFormatException;

/// What the records of a WAL segment say; `docs/format/wal.md`.
///
/// ```
/// segment := header (time | batch)*         as records, framed and bound to the segment's number
/// header  := kind u8 = 1, magic u32, version u16, segment number u64,
///            previous sequence u64, synced sequence u64
/// batch   := kind u8 = 2, advance varint, encoded batch
/// time    := kind u8 = 3, milliseconds since 1970 u64           since version 2
/// ```
///
/// `previous sequence` is the highest sequence number appended before this segment began: a segment
/// continues the one before it exactly where that ends, and a gap shows. `synced sequence` is one up
/// to which everything had been synced before the header was written. `advance` is how far the batch
/// takes the sequence number, from the last batch or the header. `time` says when the batches behind it
/// were written; within a segment it never goes down.
public final class WalFormat {

  /// "VWAL" as it reads in a dump.
  static final int MAGIC = 'V' | 'W' << 8 | 'A' << 16 | 'L' << 24;

  public static final int VERSION = 2;

  /// The first version: no times. Still read.
  static final int VERSION_WITHOUT_TIMES = 1;

  /// Kinds of records. They lie on disk: never renumber.
  static final int HEADER = 1;

  static final int BATCH = 2;

  static final int TIME = 3;

  /// The first bytes of a batch record: kind and varint.
  static final int BATCH_PREFIX_BYTES_MAX = 1 + Varint.BYTES_MAX_64;

  static final int HEADER_BYTES = 1 + 4 + 2 + 8 + 8 + 8;

  static final int TIME_BYTES = 1 + 8;

  /// The header of a segment.
  ///
  /// @param previousSequence highest sequence number appended before the segment
  /// @param syncedSequence up to here everything had been synced before
  public record SegmentHeader(long segment, long previousSequence, long syncedSequence) {}

  private WalFormat() {}

  static void encodeHeader(SegmentHeader header, GrowableBuffer into) {
    into.putByte(HEADER);
    into.putInt(MAGIC);
    into.putByte(VERSION);
    into.putByte(VERSION >>> 8);
    into.putLong(header.segment());
    into.putLong(header.previousSequence());
    into.putLong(header.syncedSequence());
  }

  /// Reads a record that is expected to be a header.
  ///
  /// @param file name for messages
  /// @param offset where the record starts, for messages
  /// @throws IncompatibleFormatException if another version wrote it
  /// @throws CorruptionException if it is no header
  static SegmentHeader decodeHeader(Slice record, String file, long offset) {
    try {
      ByteCursor cursor = new ByteCursor(record);
      int kind = cursor.readByte();
      int magic = kind == HEADER ? cursor.readInt() : 0;
      if (kind != HEADER || magic != MAGIC) {
        throw new CorruptionException(
            file,
            offset,
            "expected a segment header with magic "
                + Integer.toHexString(MAGIC)
                + ", found a record of kind "
                + kind
                + " and magic "
                + Integer.toHexString(magic));
      }
      int version = cursor.readByte() | cursor.readByte() << 8;
      if (version < VERSION_WITHOUT_TIMES || version > VERSION) {
        throw new IncompatibleFormatException(
            file, "WAL version " + version + " was found, versions up to " + VERSION + " are read");
      }
      return new SegmentHeader(cursor.readLong(), cursor.readLong(), cursor.readLong());
    } catch (ByteCursor.MalformedException e) {
      throw new CorruptionException(file, offset, "segment header: " + e.getMessage());
    }
  }

  static void encodeTime(long millis, GrowableBuffer into) {
    into.putByte(TIME);
    into.putLong(millis);
  }

  /// Whether a record behind the header is a time, and so no batch.
  static boolean isTime(Slice record) {
    return !record.isEmpty() && record.getUnsigned(0) == TIME;
  }

  /// Milliseconds since 1970 of a record that [#isTime(Slice)].
  static long decodeTime(Slice record, String file, long offset) {
    if (record.length() != TIME_BYTES) {
      throw new CorruptionException(
          file,
          offset,
          "expected a time of " + TIME_BYTES + " bytes, found " + record.length() + " bytes");
    }
    ByteCursor cursor = new ByteCursor(record);
    cursor.readByte();
    return cursor.readLong();
  }

  /// Reads what precedes the batch in a batch record and leaves the cursor at the batch.
  ///
  /// @return how far the batch takes the sequence number
  static long decodeBatchPrefix(ByteCursor cursor, String file, long offset) {
    try {
      int kind = cursor.readByte();
      if (kind != BATCH) {
        throw new CorruptionException(
            file, offset, "expected a batch record of kind " + BATCH + ", found kind " + kind);
      }
      return cursor.readVarint();
    } catch (ByteCursor.MalformedException e) {
      throw new CorruptionException(file, offset, "batch record: " + e.getMessage());
    }
  }
}
