package io.varve.server.types;

import io.varve.engine.bytes.Slice;

/// How many bytes Redis needs for elements that it packs into one listpack.
///
/// Nothing is kept so here, only dumped. The sizes decide when Redis says `listpack` of a list and when
/// `quicklist`, and so do we.
public final class Listpack {

  /// Bytes of a listpack beyond those of its entries.
  static final int FRAME_BYTES = 7;

  private static final int SIX_BITS = 1 << 6;
  private static final int TWELVE_BITS = 1 << 12;

  private Listpack() {}

  /// Bytes of one entry: what says how long it is, the element, its length once more for walking back.
  static long entryBytes(Slice element) {
    long bytes =
        Decimals.isLong(element)
            ? numberBytes(Decimals.parseLong(element))
            : textBytes(element.length());
    return bytes + backLengthBytes(bytes);
  }

  private static long numberBytes(long value) {
    if (value >= 0 && value < 1 << 7) {
      return 1;
    }
    if (value >= -(1 << 12) && value < 1 << 12) {
      return 2;
    }
    if (value == (short) value) {
      return 3;
    }
    if (value >= -(1 << 23) && value < 1 << 23) {
      return 4;
    }
    return value == (int) value ? 5 : 9;
  }

  private static long textBytes(int length) {
    if (length < SIX_BITS) {
      return 1L + length;
    }
    return length < TWELVE_BITS ? 2L + length : 5L + length;
  }

  /// Bytes that it takes to tell the length of an entry behind it.
  public static int backLengthBytes(long bytes) {
    if (bytes < 1 << 7) {
      return 1;
    }
    if (bytes < (1 << 14) - 1) {
      return 2;
    }
    if (bytes < (1 << 21) - 1) {
      return 3;
    }
    return bytes < (1 << 28) - 1 ? 4 : 5;
  }
}
