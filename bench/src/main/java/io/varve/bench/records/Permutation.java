package io.varve.bench.records;

/// The numbers below a bound in an order that looks random, each once, without a table of them.
///
/// A Feistel network of four rounds permutes the numbers of an even count of bits; what falls beyond the
/// bound is permuted again until it does not. Immutable.
public final class Permutation {

  private static final int ROUNDS = 4;

  private final long bound;
  private final int halfBits;
  private final long halfMask;
  private final long seed;

  /// @param bound 1 or more
  public Permutation(long bound, long seed) {
    if (bound < 1) {
      throw new IllegalArgumentException("nothing to permute: " + bound);
    }
    this.bound = bound;
    this.seed = seed;
    int bits = Math.max(2, Long.SIZE - Long.numberOfLeadingZeros(bound - 1));
    halfBits = (bits + 1) / 2;
    halfMask = (1L << halfBits) - 1;
  }

  /// @param index 0 to below the bound
  public long at(long index) {
    long number = index;
    do {
      number = permute(number);
    } while (number >= bound);
    return number;
  }

  private long permute(long number) {
    long left = number >>> halfBits;
    long right = number & halfMask;
    for (int round = 0; round < ROUNDS; round++) {
      long mixed = mix(right + seed + round * 0x9E3779B97F4A7C15L) & halfMask;
      long before = left;
      left = right;
      right = before ^ mixed;
    }
    return left << halfBits | right;
  }

  /// The finishing of SplitMix64.
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
