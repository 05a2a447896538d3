package io.varve.server.lua.value;

/// The generator behind `math.random`: a linear congruence of 48 bits, with the first state of the C
/// library. Who runs programs decides whether one goes on where the last left off.
public final class Rand48 {

  private static final long MULTIPLIER = 0x5DEECE66DL;
  private static final long ADDEND = 0xBL;
  private static final long MASK = (1L << 48) - 1;
  private static final long LOW_BITS = 0x330E;
  private static final long FIRST = (0x1234ABCDL << 16) | LOW_BITS;

  /// Greatest number that [#next()] gives.
  public static final int MAX = 0x7fffffff;

  private long state = FIRST;

  public Rand48() {}

  public void seed(int seed) {
    state = (((seed & 0xffffffffL) << 16) | LOW_BITS) & MASK;
  }

  /// All there is to know of it; [#state(long)] goes on from there.
  public long state() {
    return state;
  }

  public void state(long newState) {
    state = newState & MASK;
  }

  /// 31 bits.
  public int next() {
    state = (state * MULTIPLIER + ADDEND) & MASK;
    return (int) (state >>> 17);
  }
}
