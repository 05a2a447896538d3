package io.varve.engine.block;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import java.lang.foreign.MemorySegment;

/// Finds entries in a block of sorted entries, without an iterator and without allocating.
///
/// A binary search over the restart points finds the interval, a walk through it the entry. The
/// walk never rebuilds a key. It keeps `matched`, how many bytes the target has in common with the
/// entry before (which sorts before the target), and uses that `shared` is the *longest* common
/// prefix of neighbours:
///
/// - shared > matched: the entry repeats the byte that made its predecessor smaller; it is smaller
///   too, and `matched` stays.
/// - shared < matched: the entry leaves its predecessor, upwards, within bytes that the target has;
///   it is greater, and the walk ends.
/// - shared = matched: only here the key's unshared bytes are looked at.
///
/// Results are packed into a long, because Java returns one value: bits 32 to 62 the offset of the
/// value in the block, bit 31 whether the user key is the one that was sought, bits 0 to 30 the
/// value's length. The trailer lies in the eight bytes before the value. Negative: none.
public final class BlockSearch {

  /// No entry at or after the target.
  public static final long NONE = -1;

  private static final long EXACT = 1L << 31;

  /// Set in the three bytes that begin an entry where one of its lengths takes more than a byte. One
  /// read of all three is half of what a step costs; the restart points behind the entries make sure
  /// that four bytes can be read.
  private static final int LONG_LENGTHS = 0x808080;

  private BlockSearch() {}

  /// The first entry at or after (`userKey`, `trailer`) in internal order, packed; see the class.
  ///
  /// @throws io.varve.engine.error.CorruptionException if the block does not follow its grammar
  public static long find(Block block, Slice userKey, long trailer) {
    long found = findEntry(block, userKey, trailer);
    if (found == NONE) {
      return NONE;
    }
    int end = entriesEnd(block);
    long head = varint(block, entryAt(found), end);
    head = varint(block, position(head), end);
    int unshared = (int) head;
    head = varint(block, position(head), end);
    return pack(position(head) + unshared + Long.BYTES, (int) head) | (found & EXACT);
  }

  /// [#find(Block, Slice, long)] for an iterator: where the entry begins ([#entryAt(long)]) and whether
  /// its user key is the target ([#isExact(long)]). What the entry shares with the one before it, it
  /// shares with the target too.
  static long findEntry(Block block, Slice userKey, long trailer) {
    MemorySegment bytes = block.bytes();
    int end = entriesEnd(block);
    if (end == 0) {
      return NONE;
    }
    int interval = intervalOf(block, end, userKey, trailer);
    int at = restartPoint(block, end, interval);
    int nextRestart =
        interval + 1 < restartCount(block) ? restartPoint(block, end, interval + 1) : end;
    MemorySegment target = userKey.segment();
    long targetAt = userKey.offset();
    int targetBytes = userKey.length();
    int matched = 0;
    while (at < end) {
      if (at == nextRestart) {
        // Not smaller than the target, or the binary search would have gone on from there.
        matched = 0;
      }
      int lengths = bytes.get(Layouts.INT_LE, at);
      int shared;
      int unshared;
      int valueBytes;
      int keyAt;
      if ((lengths & LONG_LENGTHS) == 0) {
        shared = lengths & 0x7f;
        unshared = lengths >>> 8 & 0x7f;
        valueBytes = lengths >>> 16 & 0x7f;
        keyAt = at + 3;
      } else {
        long head = varint(block, at, end);
        shared = (int) head;
        head = varint(block, position(head), end);
        unshared = (int) head;
        head = varint(block, position(head), end);
        valueBytes = (int) head;
        keyAt = position(head);
      }
      long next = (long) keyAt + unshared + Long.BYTES + valueBytes;
      if (next > end) {
        throw block.malformed(at, "an entry reaches over the end of the entries");
      }
      if (shared <= matched) {
        if (shared < matched) {
          return pack(at, 0);
        }
        int common =
            commonBytes(
                bytes,
                keyAt,
                target,
                targetAt + matched,
                Math.min(unshared, targetBytes - matched));
        if (common < unshared) {
          int rest = targetBytes - matched - common;
          if (rest == 0
              || unsigned(bytes, keyAt + common) > unsigned(target, targetAt + matched + common)) {
            return pack(at, 0);
          }
        } else if (matched + common == targetBytes
            && Long.compareUnsigned(bytes.get(Layouts.LONG_BE, keyAt + unshared), trailer) <= 0) {
          return pack(at, 0) | EXACT;
        }
        matched += common;
      }
      at = (int) next;
    }
    return NONE;
  }

  /// Whether the entry found has the user key that was sought.
  public static boolean isExact(long found) {
    return (found & EXACT) != 0;
  }

  /// Offset in the block of the entry that [#findEntry] has found.
  static int entryAt(long found) {
    return (int) (found >>> 32);
  }

  /// Offset in the block of the value found.
  public static int valueOffset(long found) {
    return (int) (found >>> 32);
  }

  /// Bytes of the value found.
  public static int valueBytes(long found) {
    return (int) found & 0x7fffffff;
  }

  /// Sequence number and kind of the entry found.
  public static long trailer(Block block, long found) {
    return block.bytes().get(Layouts.LONG_BE, valueOffset(found) - Long.BYTES);
  }

  /// The last restart point whose entry sorts before the target; the first if none does.
  ///
  /// @param end from [#entriesEnd(Block)]
  static int intervalOf(Block block, int end, Slice userKey, long trailer) {
    int low = 0;
    int high = restartCount(block) - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (isBefore(block, end, restartPoint(block, end, middle), userKey, trailer)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private static boolean isBefore(Block block, int end, int entryAt, Slice userKey, long trailer) {
    MemorySegment bytes = block.bytes();
    int lengths = bytes.get(Layouts.INT_LE, entryAt);
    if ((lengths & 0xff) != 0) {
      throw block.malformed(entryAt, "an entry at a restart point shares a prefix");
    }
    int keyBytes = lengths >>> 8 & 0x7f;
    int keyAt = entryAt + 3;
    if ((lengths & LONG_LENGTHS) != 0) {
      long head = varint(block, entryAt + 1, end);
      keyBytes = (int) head;
      keyAt = position(varint(block, position(head), end));
    }
    if ((long) keyAt + keyBytes + Long.BYTES > end) {
      throw block.malformed(entryAt, "a key reaches over the end of the entries");
    }
    int order =
        Slice.compare(
            bytes, keyAt, keyBytes, userKey.segment(), userKey.offset(), userKey.length());
    return order < 0
        || (order == 0
            && Long.compareUnsigned(bytes.get(Layouts.LONG_BE, keyAt + keyBytes), trailer) > 0);
  }

  /// Count of restart points.
  static int restartCount(Block block) {
    if (block.size() < BlockFormat.RESTART_BYTES) {
      throw block.malformed(0, "a block of " + block.size() + " bytes has no restart points");
    }
    return block.bytes().get(Layouts.INT_LE, block.size() - BlockFormat.RESTART_BYTES);
  }

  /// Offset behind the last entry.
  static int entriesEnd(Block block) {
    int count = restartCount(block);
    long end = block.size() - BlockFormat.RESTART_BYTES * (count + 1L);
    if (count < 0 || end < 0 || (count == 0 && end > 0)) {
      throw block.malformed(
          block.size() - BlockFormat.RESTART_BYTES,
          "a block of " + block.size() + " bytes cannot have " + count + " restart points");
    }
    return (int) end;
  }

  /// Offset of the entry at a restart point.
  ///
  /// @param end from [#entriesEnd(Block)]
  static int restartPoint(Block block, int end, int index) {
    int at = block.bytes().get(Layouts.INT_LE, end + (long) BlockFormat.RESTART_BYTES * index);
    if (at < 0 || at >= end) {
      throw block.malformed(
          end + (long) BlockFormat.RESTART_BYTES * index,
          "restart point " + at + " lies outside of the entries");
    }
    return at;
  }

  /// Reads a varint of at most 31 bits; low half the value, high half the offset behind it.
  static long varint(Block block, int at, int end) {
    MemorySegment bytes = block.bytes();
    if (at < end) {
      int first = bytes.get(Layouts.BYTE, at);
      if (first >= 0) {
        return (at + 1L) << 32 | first;
      }
    }
    return longVarint(block, at, end);
  }

  private static long longVarint(Block block, int from, int end) {
    MemorySegment bytes = block.bytes();
    long value = 0;
    int at = from;
    for (int shift = 0; shift < 35 && at < end; shift += 7) {
      int b = bytes.get(Layouts.BYTE, at++);
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        if (value > Integer.MAX_VALUE) {
          break;
        }
        return (long) at << 32 | value;
      }
    }
    throw block.malformed(from, "no length of 31 bits could be read");
  }

  /// The offset half of [#varint].
  static int position(long varint) {
    return (int) (varint >>> 32);
  }

  private static long pack(int valueAt, int valueBytes) {
    return (long) valueAt << 32 | valueBytes;
  }

  private static int unsigned(MemorySegment bytes, long at) {
    return bytes.get(Layouts.BYTE, at) & 0xff;
  }

  /// How many leading bytes are the same. A word at a time: keys are short, and the general routine
  /// of the JDK costs more to enter than they cost to compare.
  private static int commonBytes(
      MemorySegment a, long aOffset, MemorySegment b, long bOffset, int length) {
    int index = 0;
    while (index + 8 <= length) {
      long difference =
          a.get(Layouts.LONG_LE, aOffset + index) ^ b.get(Layouts.LONG_LE, bOffset + index);
      if (difference != 0) {
        return index + (Long.numberOfTrailingZeros(difference) >>> 3);
      }
      index += 8;
    }
    while (index < length
        && a.get(Layouts.BYTE, aOffset + index) == b.get(Layouts.BYTE, bOffset + index)) {
      index++;
    }
    return index;
  }
}
