package io.varve.engine.memtable;

import static io.varve.engine.bytes.Layouts.BYTE;
import static io.varve.engine.bytes.Layouts.INT_LE;
import static io.varve.engine.bytes.Layouts.LONG_LE;

import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import io.varve.engine.key.InternalKey;
import java.lang.foreign.MemorySegment;

/// How one version of a key lies in memory, named by its bare address.
///
/// ```
/// entry := address of the previous version of the key, 0 if none (8),
///          trailer (8), key length (4), value length (4), key, value, padding to 8
/// ```
///
/// Header and key stand together because that is what a lookup reads: mostly one cache line. An entry
/// never changes once it can be found. Everything here trusts its address.
final class EntryLayout {

  static final int HEADER_BYTES = 24;

  /// Entries start at multiples of this.
  static final int ALIGNMENT_BYTES = 8;

  /// Bytes that can be read from the start of any entry on, however short it is: the arena sees to it.
  static final int READABLE_BYTES_MIN = 40;

  private static final int TRAILER = 8;
  private static final int KEY_LENGTH = 16;
  private static final int VALUE_LENGTH = 20;

  private static final MemorySegment ALL = NativeMemory.ALL;

  private EntryLayout() {}

  /// Bytes that an entry takes, padding included.
  static long byteSize(int keyLength, int valueLength) {
    long bytes = (long) HEADER_BYTES + keyLength + valueLength;
    return (bytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
  }

  /// Writes all of an entry but the link to the previous version.
  static void write(long entry, Slice key, long trailer, Slice value) {
    ALL.set(LONG_LE, entry + TRAILER, trailer);
    ALL.set(INT_LE, entry + KEY_LENGTH, key.length());
    ALL.set(INT_LE, entry + VALUE_LENGTH, value.length());
    key.copyTo(ALL, entry + HEADER_BYTES);
    value.copyTo(ALL, entry + HEADER_BYTES + key.length());
  }

  static void setPrevious(long entry, long previous) {
    ALL.set(LONG_LE, entry, previous);
  }

  static long previous(long entry) {
    return ALL.get(LONG_LE, entry);
  }

  static long trailer(long entry) {
    return ALL.get(LONG_LE, entry + TRAILER);
  }

  static long sequence(long entry) {
    return InternalKey.sequence(trailer(entry));
  }

  static int keyLength(long entry) {
    return ALL.get(INT_LE, entry + KEY_LENGTH);
  }

  static long keyAddress(long entry) {
    return entry + HEADER_BYTES;
  }

  static Slice key(long entry, Slice into) {
    return into.set(ALL, entry + HEADER_BYTES, keyLength(entry));
  }

  static Slice value(long entry, Slice into) {
    return into.set(
        ALL, entry + HEADER_BYTES + keyLength(entry), ALL.get(INT_LE, entry + VALUE_LENGTH));
  }

  static long byteSize(long entry) {
    return byteSize(keyLength(entry), ALL.get(INT_LE, entry + VALUE_LENGTH));
  }

  static boolean hasKey(long entry, Slice key) {
    int length = key.length();
    return keyLength(entry) == length
        && Slice.compare(ALL, entry + HEADER_BYTES, length, key.segment(), key.offset(), length)
            == 0;
  }

  /// Reads the cache lines that a lookup of a short key reads.
  static void touch(long entry) {
    long first = ALL.get(LONG_LE, entry + TRAILER);
    long second = ALL.get(LONG_LE, entry + READABLE_BYTES_MIN - 8);
    // No trailer is 0. The comparisons are there so that the loads are not optimised away.
    if ((first | second) == 0) {
      throw new IllegalStateException("an entry without a kind");
    }
  }

  /// Internal order of two entries.
  static int compare(long a, long b) {
    int byKey =
        Slice.compare(ALL, a + HEADER_BYTES, keyLength(a), ALL, b + HEADER_BYTES, keyLength(b));
    return byKey != 0 ? byKey : Long.compareUnsigned(trailer(b), trailer(a));
  }

  /// Internal order of an entry and a position.
  static int compare(long entry, Slice key, long trailer) {
    int byKey =
        Slice.compare(
            ALL, entry + HEADER_BYTES, keyLength(entry), key.segment(), key.offset(), key.length());
    return byKey != 0 ? byKey : Long.compareUnsigned(trailer, trailer(entry));
  }

  /// Eight bytes of an entry's key from `depth` on as a number that sorts as they do; zeros stand for
  /// what the key does not have.
  static long keyWord(long entry, int depth) {
    return word(ALL, entry + HEADER_BYTES, keyLength(entry), depth);
  }

  /// [#keyWord(long, int)] of a key that is not in an entry.
  static long word(MemorySegment segment, long offset, int length, int depth) {
    int left = length - depth;
    if (left >= 8) {
      return Long.reverseBytes(segment.get(LONG_LE, offset + depth));
    }
    long word = 0;
    for (int i = 0; i < left; i++) {
      word |= (segment.get(BYTE, offset + depth + i) & 0xffL) << (56 - 8 * i);
    }
    return word;
  }
}
