package io.varve.engine.record;

import static io.varve.engine.record.RecordFormat.BLOCK_BYTES;
import static io.varve.engine.record.RecordFormat.HEADER_BYTES;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import java.lang.foreign.MemorySegment;

/// Frames records into memory, for a known place in a known file.
///
/// Use: [#startAt(long, long)], then records and marks; the bytes framed since then belong at that
/// place. Several runs, each for its own place, may follow each other in the buffer before it is
/// written out and cleared. Allocates nothing once the buffer has its size. Not thread-safe.
public final class RecordFramer {

  private static final Slice NO_HEAD = new Slice();

  private final GrowableBuffer buffer;
  private final FragmentChecksum checksum = new FragmentChecksum();
  private long fileNumber;
  private long fileOffset;

  /// @param initialBytes bytes of room to start with; grows as needed
  public RecordFramer(int initialBytes) {
    this.buffer = new GrowableBuffer(initialBytes);
  }

  /// Says where the bytes that are framed from now on will lie.
  public void startAt(long fileNumber, long fileOffset) {
    this.fileNumber = fileNumber;
    this.fileOffset = fileOffset;
  }

  public void append(Slice payload) {
    append(NO_HEAD, payload);
  }

  /// Frames one record whose payload is `head` and then `body`.
  public void append(Slice head, Slice body) {
    int left = head.length() + body.length();
    int taken = 0;
    boolean first = true;
    do {
      int room = roomForHeader();
      int length = Math.min(left, room - HEADER_BYTES);
      boolean last = length == left;
      int type =
          first
              ? (last ? RecordFormat.FULL : RecordFormat.FIRST)
              : (last ? RecordFormat.LAST : RecordFormat.MIDDLE);
      int at = buffer.reserve(HEADER_BYTES + length);
      copy(head, body, taken, buffer.segment(), at + HEADER_BYTES, length);
      seal(at, type, length);
      taken += length;
      left -= length;
      first = false;
    } while (left > 0);
  }

  /// Frames a mark: all bytes of this file below `syncedOffset` are synced before the mark is written.
  public void mark(long syncedOffset) {
    int room = roomForHeader();
    if (room < RecordFormat.MARK_BYTES) {
      int at = buffer.reserve(room);
      buffer.segment().asSlice(at, room).fill((byte) 0);
      seal(at, RecordFormat.PAD, room - HEADER_BYTES);
    }
    int at = buffer.reserve(RecordFormat.MARK_BYTES);
    buffer.setLong(at + HEADER_BYTES, syncedOffset);
    seal(at, RecordFormat.MARK, RecordFormat.MARK_PAYLOAD_BYTES);
  }

  /// Offset in the file at which the next fragment will lie.
  public long fileOffset() {
    return fileOffset;
  }

  /// The framed bytes are the first [#size()] of this memory. Replaced when the buffer grows.
  public MemorySegment segment() {
    return buffer.segment();
  }

  /// Bytes framed and not cleared.
  public int size() {
    return buffer.size();
  }

  /// Forgets what was framed; the place in the file goes on.
  ///
  /// @param keepBytes memory beyond this, from a rare large record, is given back
  public void clear(int keepBytes) {
    buffer.clearAndShrink(keepBytes);
  }

  /// Pads the block if not even a header fits, and returns what is left of the block.
  private int roomForHeader() {
    int room = BLOCK_BYTES - (int) (fileOffset % BLOCK_BYTES);
    if (room >= HEADER_BYTES) {
      return room;
    }
    buffer.putZeros(room);
    fileOffset += room;
    return BLOCK_BYTES;
  }

  /// Writes the header of a fragment whose payload is in place.
  private void seal(int at, int type, int length) {
    MemorySegment segment = buffer.segment();
    segment.set(Layouts.SHORT_LE, at + RecordFormat.LENGTH_OFFSET, (short) length);
    segment.set(Layouts.BYTE, at + RecordFormat.TYPE_OFFSET, (byte) type);
    segment.set(Layouts.INT_LE, at, checksum.of(segment, at, length, fileNumber, fileOffset));
    fileOffset += HEADER_BYTES + length;
  }

  /// Copies `length` bytes of the payload (head, body), from its byte `from` on.
  private static void copy(
      Slice head, Slice body, int from, MemorySegment target, int targetOffset, int length) {
    int ofHead = Math.max(0, Math.min(length, head.length() - from));
    if (ofHead > 0) {
      MemorySegment.copy(head.segment(), head.offset() + from, target, targetOffset, ofHead);
    }
    int bodyFrom = from + ofHead - head.length();
    if (length > ofHead) {
      MemorySegment.copy(
          body.segment(), body.offset() + bodyFrom, target, targetOffset + ofHead, length - ofHead);
    }
  }
}
