package io.varve.server.commands;

/// The bits between two positions of a string, both included.
///
/// @param from first bit
/// @param to last bit; before `from` if there are none
record BitRange(long from, long to) {

  private static final BitRange EMPTY = new BitRange(0, -1);

  /// @param start first byte or bit; negative ones count from the end
  /// @param end last byte or bit
  /// @param inBits whether they are bits
  /// @param length bytes of the string
  static BitRange of(long start, long end, boolean inBits, long length) {
    long units = inBits ? length << 3 : length;
    long from = Math.max(0, start < 0 ? units + start : start);
    long to = Math.min(units - 1, Math.max(0, end < 0 ? units + end : end));
    if (from > to) {
      return EMPTY;
    }
    return inBits ? new BitRange(from, to) : new BitRange(from << 3, (to << 3) + 7);
  }

  boolean isEmpty() {
    return to < from;
  }
}
