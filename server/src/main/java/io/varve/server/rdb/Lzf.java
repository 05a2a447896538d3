package io.varve.server.rdb;

import io.varve.engine.bytes.Slice;
import java.util.Arrays;

/// LZF, the compression of strings in RDB files.
///
/// ```
/// 000LLLLL                     L + 1 bytes follow as they are
/// LLLooooo oooooooo            L + 2 bytes that were there o + 1 bytes before, L from 1 to 6
/// 111ooooo LLLLLLLL oooooooo   L + 9 such bytes
/// ```
/// Compresses with a table of where three bytes were seen last, which is kept from string to string; one
/// thread at a time.
final class Lzf {

  private static final int TABLE_BITS = 13;
  private static final int LITERALS_MAX = 32;
  private static final int DISTANCE_MAX = 1 << 13;
  private static final int MATCH_MIN = 3;
  private static final int MATCH_MAX = 264;

  /// No byte of compressed data stands for more plain ones.
  private static final int RATIO_MAX = MATCH_MAX / MATCH_MIN;

  /// Where three bytes with a hash were seen last, counted from the first string on, plus one.
  private final int[] seen = new int[1 << TABLE_BITS];

  /// What this string's positions are counted from.
  private int base;

  Lzf() {}

  /// @param plain bytes that must come out
  /// @throws MalformedPayloadException if others do
  static byte[] decompress(Slice compressed, int plain) {
    if (plain > (long) compressed.length() * RATIO_MAX) {
      throw new MalformedPayloadException("too few compressed bytes for " + plain);
    }
    byte[] in = compressed.toByteArray();
    byte[] out = new byte[plain];
    int from = 0;
    int to = 0;
    try {
      while (from < in.length) {
        int control = in[from++] & 0xff;
        if (control < LITERALS_MAX) {
          System.arraycopy(in, from, out, to, control + 1);
          from += control + 1;
          to += control + 1;
          continue;
        }
        int length = control >> 5;
        if (length == 7) {
          length += in[from++] & 0xff;
        }
        int at = to - ((control & 0x1f) << 8) - (in[from++] & 0xff) - 1;
        for (int i = 0; i < length + 2; i++) {
          out[to++] = out[at++];
        }
      }
    } catch (IndexOutOfBoundsException _) {
      throw new MalformedPayloadException("compressed bytes that lead nowhere");
    }
    if (to != plain) {
      throw new MalformedPayloadException("compressed bytes of " + to + " for " + plain);
    }
    return out;
  }

  /// @param out takes what is compressed, and is as long as that may become
  /// @return how many bytes that is; 0 if there is no room
  int compress(byte[] in, byte[] out) {
    if (base > Integer.MAX_VALUE - in.length - 1) {
      Arrays.fill(seen, 0);
      base = 0;
    }
    int to = 0;
    int literals = 0;
    int at = 0;
    while (at + MATCH_MIN <= in.length) {
      int slot = slot(in, at);
      int from = seen[slot] - 1 - base;
      seen[slot] = base + at + 1;
      int distance = at - from - 1;
      if (from < 0 || distance >= DISTANCE_MAX || !isMatch(in, from, at)) {
        at++;
        continue;
      }
      int length = matchLength(in, from, at);
      to = putLiterals(in, literals, at, out, to);
      if (to < 0 || to + 3 > out.length) {
        base += in.length;
        return 0;
      }
      int code = length - 2;
      out[to++] = (byte) (Math.min(code, 7) << 5 | distance >> 8);
      if (code >= 7) {
        out[to++] = (byte) (code - 7);
      }
      out[to++] = (byte) distance;
      at += length;
      literals = at;
    }
    base += in.length;
    return Math.max(0, putLiterals(in, literals, in.length, out, to));
  }

  /// Appends bytes as they are; returns where they end, or -1 if there is no room.
  private static int putLiterals(byte[] in, int from, int end, byte[] out, int start) {
    int to = start;
    int at = from;
    while (at < end) {
      int run = Math.min(LITERALS_MAX, end - at);
      if (to + 1 + run > out.length) {
        return -1;
      }
      out[to++] = (byte) (run - 1);
      System.arraycopy(in, at, out, to, run);
      to += run;
      at += run;
    }
    return to;
  }

  private static boolean isMatch(byte[] in, int from, int at) {
    return in[from] == in[at] && in[from + 1] == in[at + 1] && in[from + 2] == in[at + 2];
  }

  private static int matchLength(byte[] in, int from, int at) {
    int most = Math.min(MATCH_MAX, in.length - at);
    int length = MATCH_MIN;
    while (length < most && in[from + length] == in[at + length]) {
      length++;
    }
    return length;
  }

  private static int slot(byte[] in, int at) {
    int three = (in[at] & 0xff) << 16 | (in[at + 1] & 0xff) << 8 | (in[at + 2] & 0xff);
    return (three * 0x9E3779B1) >>> (32 - TABLE_BITS);
  }
}
