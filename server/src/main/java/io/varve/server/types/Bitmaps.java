package io.varve.server.types;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.RefusedException;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/// Strings as rows of bits; bit 0 is the highest of the first byte. Stateless.
///
/// Long strings are looked through a piece at a time, so that those in chunks are never in memory as a
/// whole.
public final class Bitmaps {

  /// Highest offset of a bit: a string has at most 512 MiB.
  public static final long BIT_MAX = ((long) Strings.BYTES_MAX << 3) - 1;

  private static final int PIECE_BYTES = 64 << 10;

  private Bitmaps() {}

  /// The bit at an offset; 0 beyond the end.
  public static int get(Database db, @Nullable KeyEntry entry, long bit) {
    long at = bit >>> 3;
    if (entry == null || at >= Strings.length(entry)) {
      return 0;
    }
    return (Strings.part(db, entry, at, 1).get(0) >> (7 - (bit & 7))) & 1;
  }

  /// Sets a bit, making the string longer where needed, and returns what it was.
  public static int set(Database db, Slice key, long bit, int value) {
    KeyEntry old = Strings.findForWrite(db, key);
    int length = old == null ? 0 : Strings.length(old);
    int at = (int) (bit >>> 3);
    int octet = octets(db, old, at, 1)[0];
    int before = (octet >> (7 - (bit & 7))) & 1;
    if (before == value && at < length && Strings.isGrown(old)) {
      // Redis counts this as a change too, but there is nothing to write.
      db.touch(key);
      return before;
    }
    int mask = 1 << (7 - (bit & 7));
    byte[] changed = {(byte) (value == 1 ? octet | mask : octet & ~mask)};
    Strings.write(db, key, old, at, Slice.of(changed));
    return before;
  }

  /// Counts the ones between two bits.
  ///
  /// @param from first bit
  /// @param to last bit, within the string
  public static long count(Database db, KeyEntry entry, long from, long to) {
    long ones = 0;
    long first = from >>> 3;
    long last = to >>> 3;
    for (long at = first; at <= last; at += PIECE_BYTES) {
      Slice piece = Strings.part(db, entry, at, (int) Math.min(PIECE_BYTES, last - at + 1));
      ones += count(piece);
      if (at == first) {
        ones -= Integer.bitCount(piece.getUnsigned(0) & ~(0xff >>> (from & 7)));
      }
      if (at + piece.length() > last) {
        ones -= Integer.bitCount(piece.getUnsigned(piece.length() - 1) & (0x7f >>> (to & 7)));
      }
    }
    return ones;
  }

  private static long count(Slice bytes) {
    MemorySegment segment = bytes.segment();
    long ones = 0;
    int at = 0;
    for (; at + Long.BYTES <= bytes.length(); at += Long.BYTES) {
      ones += Long.bitCount(segment.get(Layouts.LONG_LE, bytes.offset() + at));
    }
    for (; at < bytes.length(); at++) {
      ones += Integer.bitCount(bytes.getUnsigned(at));
    }
    return ones;
  }

  /// The offset of the first bit of a value between two bits, or -1.
  ///
  /// @param from first bit
  /// @param to last bit, within the string
  public static long find(Database db, KeyEntry entry, int value, long from, long to) {
    long last = to >>> 3;
    int skipped = value == 1 ? 0 : 0xff;
    for (long at = from >>> 3; at <= last; at += PIECE_BYTES) {
      Slice piece = Strings.part(db, entry, at, (int) Math.min(PIECE_BYTES, last - at + 1));
      for (int i = 0; i < piece.length(); i++) {
        int octet = piece.getUnsigned(i) ^ skipped;
        if (at + i == from >>> 3) {
          octet &= 0xff >>> (from & 7);
        }
        if (octet != 0) {
          long found = ((at + i) << 3) + Integer.numberOfLeadingZeros(octet) - 24;
          return found <= to ? found : -1;
        }
      }
    }
    return -1;
  }

  /// A number of some bits of a string, zeros beyond its end.
  ///
  /// @param width 1 to 64 bits
  /// @return the bits, right aligned
  public static long bits(Database db, @Nullable KeyEntry entry, long bit, int width) {
    long first = bit >>> 3;
    int bytes = (int) (((bit + width - 1) >>> 3) - first + 1);
    byte[] field = octets(db, entry, first, bytes);
    BigInteger all = new BigInteger(1, field);
    int right = (int) (bytes * 8L - (bit & 7) - width);
    return all.shiftRight(right).longValue() & (width == 64 ? -1 : (1L << width) - 1);
  }

  /// Overwrites some bits of a string that was looked up for writing.
  ///
  /// @param width 1 to 64 bits
  public static void putBits(
      Database db, Slice key, @Nullable KeyEntry old, long bit, int width, long value) {
    long first = bit >>> 3;
    int bytes = (int) (((bit + width - 1) >>> 3) - first + 1);
    long fieldStart = first << 3;
    int right = (int) (bytes * 8L - (bit & 7) - width);
    byte[] field = octets(db, old, first, bytes);
    for (int i = 0; i < width; i++) {
      int at = (int) (bytes * 8L - 1 - right - i);
      int mask = 1 << (7 - (at & 7));
      if (((value >>> i) & 1) == 1) {
        field[at >>> 3] |= (byte) mask;
      } else {
        field[at >>> 3] &= (byte) ~mask;
      }
    }
    Strings.write(db, key, old, (int) (fieldStart >>> 3), Slice.of(field));
  }

  /// Bytes of a string from one on, zeros beyond its end.
  private static byte[] octets(Database db, @Nullable KeyEntry entry, long from, int count) {
    byte[] octets = new byte[count];
    if (entry != null) {
      int there = Math.clamp(Strings.length(entry) - from, 0, count);
      Slice part = Strings.part(db, entry, there == 0 ? 0 : from, there);
      MemorySegment.copy(part.segment(), Layouts.BYTE, part.offset(), octets, 0, there);
    }
    return octets;
  }

  /// Combines strings bit by bit; shorter ones count as filled up with zeros.
  ///
  /// @param strings one for NOT, else at least one
  public static byte[] combine(BitOperation operation, Slice... strings) {
    int length = 0;
    for (Slice string : strings) {
      length = Math.max(length, string.length());
    }
    byte[] result = new byte[length];
    for (int i = 0; i < length; i++) {
      int octet = at(strings[0], i);
      for (int j = 1; j < strings.length; j++) {
        int other = at(strings[j], i);
        octet =
            switch (operation) {
              case AND -> octet & other;
              case OR -> octet | other;
              case XOR -> octet ^ other;
              case NOT -> throw new IllegalArgumentException("NOT of several strings");
            };
      }
      result[i] = (byte) (operation == BitOperation.NOT ? ~octet : octet);
    }
    return result;
  }

  private static int at(Slice string, int index) {
    return index < string.length() ? string.getUnsigned(index) : 0;
  }

  /// The offset of a bit as commands take it.
  ///
  /// @throws RefusedException if no string is that long
  public static void checkOffset(long bit) {
    if (bit < 0 || bit > BIT_MAX) {
      throw new RefusedException("ERR bit offset is not an integer or out of range");
    }
  }
}
