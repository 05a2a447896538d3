package io.varve.engine.record;

import static io.varve.engine.record.RecordFormat.BLOCK_BYTES;
import static io.varve.engine.record.RecordFormat.HEADER_BYTES;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.file.ReadableFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Reads framed records from front to back and decides what the first bad bytes are.
///
/// The log ends where a fragment does not hold: zeros of preallocated space, records of an earlier
/// life of a recycled file, or a group of records of which a power cut kept only some sectors. None of
/// these is damage. It is damage if bytes were bad that had been synced, and that is known from the
/// marks: if anywhere behind the bad place (not only in the same block) a valid mark says that more
/// than the bytes before it were synced, then acknowledged records are lost, and the reader throws.
/// Without a mark behind it, the bad place is the end: nothing behind it was acknowledged. (Bad bytes
/// in the very last group look like a torn one; an orderly close ends the file with a mark and so
/// leaves no such group.)
///
/// With a [DamageListener] the reader never throws for damage: it reports it, searches the next
/// valid fragment and goes on, for tools that save what can be saved.
///
/// One thread. The file stays the caller's to close.
public final class RecordReader {

  /// Told of bad bytes by a reader that goes on after them.
  public interface DamageListener {
    /// @param offset where in the file the bad bytes start
    /// @param resumeOffset where the next valid fragment starts
    /// @param detail what was expected and what was found
    void damaged(long offset, long resumeOffset, String detail);
  }

  /// Blocks that one read of the file brings.
  private static final int BUFFER_BLOCKS = 8;

  private static final int BUFFER_BYTES = BUFFER_BLOCKS * BLOCK_BYTES;

  /// Results of looking at one offset, besides the types of fragments, which are positive.
  private static final int NOTHING = 0;

  private static final int BAD = -1;

  private final ReadableFile file;
  private final long fileNumber;
  private final @Nullable DamageListener damageListener;
  private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, 8);
  private final FragmentChecksum checksum = new FragmentChecksum();
  private final GrowableBuffer assembled = new GrowableBuffer(1024);

  /// The part of the file that is in the buffer.
  private long bufferOffset;

  private int bufferLength;

  /// Where the next fragment is expected.
  private long position;

  private long recordOffset;
  private long endOffset;
  private boolean atEnd;
  private String tail = "not yet read to the end";

  /// The fragment that [#look()] found at `position`.
  private int fragmentLength;

  private String badDetail = "";

  /// A reader for recovery: stops at the torn tail, throws for damage.
  ///
  /// @param fileNumber the number that the fragments were bound to
  public RecordReader(ReadableFile file, long fileNumber) {
    this(file, fileNumber, null);
  }

  /// A reader for tools.
  ///
  /// @param damageListener told of damage instead of an exception; null to throw
  public RecordReader(ReadableFile file, long fileNumber, @Nullable DamageListener damageListener) {
    this.file = file;
    this.fileNumber = fileNumber;
    this.damageListener = damageListener;
  }

  /// Reads the next record.
  ///
  /// @param payload pointed at it; valid until the next call
  /// @return false at the end of the valid records
  /// @throws CorruptionException if synced bytes do not hold what was written
  public boolean next(Slice payload) {
    while (!atEnd) {
      int type = look();
      recordOffset = position;
      if (type == RecordFormat.FULL) {
        payload.set(buffer, inBuffer(position) + HEADER_BYTES, fragmentLength);
        stepOver();
        endOffset = position;
        return true;
      }
      if (type == RecordFormat.FIRST) {
        if (assemble(payload)) {
          return true;
        }
      } else if (type == RecordFormat.MARK || type == RecordFormat.PAD) {
        stepOver();
        endOffset = position;
      } else if (type == RecordFormat.MIDDLE || type == RecordFormat.LAST) {
        outOfOrder(type, "the start of a record");
      } else {
        stopOrResume(type);
      }
    }
    return false;
  }

  /// Offset of the first fragment of the record that [#next(Slice)] returned last.
  public long recordOffset() {
    return recordOffset;
  }

  /// Offset behind the last valid record: once `next` has returned false, where the valid data end.
  public long endOffset() {
    return endOffset;
  }

  /// Why the records end where they end; for messages.
  public String tail() {
    return tail;
  }

  /// Whether anything but zeros follows [#endOffset()]: a torn group, or an earlier life of the file.
  /// For after `next` returned false.
  public boolean hasBytesBehindEnd() {
    long offset = endOffset;
    while (offset < file.size()) {
      fill(offset);
      for (int at = inBuffer(offset); at < bufferLength; at++) {
        if (buffer.get(Layouts.BYTE, at) != 0) {
          return true;
        }
      }
      offset = bufferOffset + BUFFER_BYTES;
    }
    return false;
  }

  /// Puts FIRST, MIDDLE*, LAST together. False if the record does not end as it should.
  private boolean assemble(Slice payload) {
    assembled.clear();
    int type = RecordFormat.FIRST;
    while (true) {
      assembled.putBytes(buffer, inBuffer(position) + HEADER_BYTES, fragmentLength);
      stepOver();
      if (type == RecordFormat.LAST) {
        assembled.slice(payload);
        endOffset = position;
        return true;
      }
      type = look();
      if (type != RecordFormat.MIDDLE && type != RecordFormat.LAST) {
        if (type > 0) {
          outOfOrder(type, "the rest of the record that starts at " + recordOffset);
        } else {
          stopOrResume(type);
        }
        return false;
      }
    }
  }

  /// A fragment that is whole, and bound to this place, but cannot follow what is before it: no
  /// power cut leaves that.
  private void outOfOrder(int type, String expected) {
    String detail = "expected " + expected + ", found a fragment " + RecordFormat.typeName(type);
    if (damageListener == null) {
      throw new CorruptionException(file.name(), position, detail);
    }
    damageListener.damaged(recordOffset, position, detail);
    if (type == RecordFormat.MIDDLE || type == RecordFormat.LAST) {
      stepOver();
    }
  }

  /// Nothing valid at `position`: the end, or damage.
  private void stopOrResume(int found) {
    String detail =
        found == NOTHING ? "expected a fragment, found zeros or the end of the file" : badDetail;
    if (damageListener != null) {
      long resume = findFragment(position + 1);
      if (resume >= 0) {
        damageListener.damaged(position, resume, detail);
        position = resume;
        return;
      }
    } else {
      long mark = findMarkBeyond(position);
      if (mark >= 0) {
        throw new CorruptionException(
            file.name(),
            position,
            detail + "; the mark at offset " + mark + " proves that these bytes had been synced");
      }
    }
    tail =
        "records end at offset "
            + endOffset
            + ", at offset "
            + position
            + ": "
            + detail
            + ", and nothing behind it says that it had been synced";
    atEnd = true;
  }

  /// Looks at `position`, which steps over the padding of a block first.
  ///
  /// @return type of the fragment there, [#NOTHING] or [#BAD]
  private int look() {
    int room = BLOCK_BYTES - (int) (position % BLOCK_BYTES);
    if (room < HEADER_BYTES) {
      position += room;
    }
    if (position + HEADER_BYTES > file.size()) {
      return NOTHING;
    }
    fill(position);
    return fragmentAt(position);
  }

  private int fragmentAt(long offset) {
    int at = inBuffer(offset);
    int blockEnd = Math.min(bufferLength, (at / BLOCK_BYTES + 1) * BLOCK_BYTES);
    if (blockEnd - at < HEADER_BYTES) {
      return NOTHING;
    }
    int stored = buffer.get(Layouts.INT_LE, at);
    int length = buffer.get(Layouts.SHORT_LE, at + RecordFormat.LENGTH_OFFSET) & 0xffff;
    int type = buffer.get(Layouts.BYTE, at + RecordFormat.TYPE_OFFSET) & 0xff;
    if (stored == 0 && length == 0 && type == 0) {
      return NOTHING;
    }
    if (type == 0 || type > RecordFormat.TYPE_MAX) {
      badDetail = "expected a fragment of type 1 to " + RecordFormat.TYPE_MAX + ", found " + type;
      return BAD;
    }
    if (length > blockEnd - at - HEADER_BYTES) {
      badDetail =
          "expected a fragment of at most "
              + (blockEnd - at - HEADER_BYTES)
              + " bytes, found length "
              + length;
      return BAD;
    }
    int computed = checksum.of(buffer, at, length, fileNumber, offset);
    if (computed != stored) {
      badDetail =
          "expected checksum "
              + Integer.toHexString(computed)
              + ", found "
              + Integer.toHexString(stored);
      return BAD;
    }
    if (type == RecordFormat.MARK && length != RecordFormat.MARK_PAYLOAD_BYTES) {
      badDetail = "expected a mark of 8 bytes, found " + length;
      return BAD;
    }
    fragmentLength = length;
    return type;
  }

  private void stepOver() {
    position += HEADER_BYTES + fragmentLength;
  }

  /// Finds a valid mark behind `bad` which says that more than the bytes before `bad` were synced.
  ///
  /// @return its offset, or -1
  private long findMarkBeyond(long bad) {
    long offset = bad;
    while (offset < file.size()) {
      fill(offset);
      int last = bufferLength - RecordFormat.MARK_BYTES;
      for (int at = inBuffer(offset); at <= last; at++) {
        // Type and length first: a scan of 64 MiB has to be a matter of milliseconds.
        if (buffer.get(Layouts.BYTE, at + RecordFormat.TYPE_OFFSET) == RecordFormat.MARK
            && buffer.get(Layouts.SHORT_LE, at + RecordFormat.LENGTH_OFFSET)
                == RecordFormat.MARK_PAYLOAD_BYTES
            && buffer.get(Layouts.LONG_LE, at + HEADER_BYTES) > bad
            && fragmentAt(bufferOffset + at) == RecordFormat.MARK) {
          return bufferOffset + at;
        }
      }
      // Marks never cross a block, so none crosses the buffer's end.
      offset = bufferOffset + BUFFER_BYTES;
    }
    return -1;
  }

  /// Finds the first valid fragment at or behind an offset that can start a record.
  ///
  /// @return its offset, or -1
  private long findFragment(long from) {
    long offset = from;
    while (offset < file.size()) {
      fill(offset);
      for (int at = inBuffer(offset); at <= bufferLength - HEADER_BYTES; at++) {
        int type = buffer.get(Layouts.BYTE, at + RecordFormat.TYPE_OFFSET);
        if (type > 0
            && type <= RecordFormat.TYPE_MAX
            && type != RecordFormat.PAD
            && fragmentAt(bufferOffset + at) > 0) {
          return bufferOffset + at;
        }
      }
      offset = bufferOffset + BUFFER_BYTES;
    }
    return -1;
  }

  /// Brings the part of the file around an offset into the buffer.
  private void fill(long offset) {
    if (offset >= bufferOffset && offset < bufferOffset + bufferLength) {
      return;
    }
    bufferOffset = offset - offset % BUFFER_BYTES;
    int wanted = (int) Math.min(BUFFER_BYTES, file.size() - bufferOffset);
    bufferLength = 0;
    bufferLength = file.read(bufferOffset, buffer, 0, wanted);
  }

  private int inBuffer(long offset) {
    return (int) (offset - bufferOffset);
  }
}
