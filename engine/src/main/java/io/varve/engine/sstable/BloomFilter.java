package io.varve.engine.sstable;

import io.varve.engine.bytes.Layouts;
import java.lang.foreign.MemorySegment;

/// A Bloom filter in lines of 64 bytes: all bits of a key lie in one line.
///
/// A probe costs one cache line instead of one per bit. The price is that lines fill unevenly: by
/// chance some hold more keys than others and answer "maybe" more often (at 10 bits per key 1.0 %
/// rather than 0.8 %). Idea: Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom
/// Filters", 2007. Exact alternatives (xor and ribbon filters) save a quarter of the space and cost
/// more to build; the filter of a flush should not be what a flush waits for.
///
/// The line of a key comes from the high bits of its hash, the bits in the line from a remix of all
/// of them, nine per probe. Both are part of the format.
public final class BloomFilter {

  public static final int LINE_BYTES = 64;

  /// More probes than this gain nothing at 100 bits per key and below.
  static final int PROBES_MAX = 30;

  static final int LINE_BITS = LINE_BYTES * 8;
  private static final int BITS_PER_PROBE = 9;
  private static final int PROBES_PER_WORD = 7;

  /// Lines that hold more or fewer keys than this many standard deviations from the mean do not count.
  private static final int SPREADS = 12;

  private static final long REMIX = 0xC2B2AE3D27D4EB4FL;

  private BloomFilter() {}

  /// The line of a key, 0 to `lines` - 1.
  public static long line(long hash, long lines) {
    return Math.unsignedMultiplyHigh(hash, lines);
  }

  public static boolean mayContain(MemorySegment bytes, long lineOffset, long hash, int probes) {
    long bits = remix(hash);
    int left = PROBES_PER_WORD;
    for (int i = 0; i < probes; i++) {
      if (left == 0) {
        bits = remix(hash + i);
        left = PROBES_PER_WORD;
      }
      int bit = (int) (bits >>> (Long.SIZE - BITS_PER_PROBE));
      long word = bytes.get(Layouts.LONG_LE, lineOffset + ((bit >>> 6) << 3));
      if (((word >>> bit) & 1) == 0) {
        return false;
      }
      bits <<= BITS_PER_PROBE;
      left--;
    }
    return true;
  }

  public static void add(MemorySegment bytes, long lineOffset, long hash, int probes) {
    long bits = remix(hash);
    int left = PROBES_PER_WORD;
    for (int i = 0; i < probes; i++) {
      if (left == 0) {
        bits = remix(hash + i);
        left = PROBES_PER_WORD;
      }
      int bit = (int) (bits >>> (Long.SIZE - BITS_PER_PROBE));
      long at = lineOffset + ((bit >>> 6) << 3);
      bytes.set(Layouts.LONG_LE, at, bytes.get(Layouts.LONG_LE, at) | (1L << bit));
      bits <<= BITS_PER_PROBE;
      left--;
    }
  }

  private static long remix(long hash) {
    long mixed = (hash ^ (hash >>> 32)) * REMIX;
    return mixed ^ (mixed >>> 29);
  }

  /// Lines that a filter of so many keys takes.
  public static long linesFor(long keys, double bitsPerKey) {
    return Math.max(1, (long) Math.ceil(keys * bitsPerKey / LINE_BITS));
  }

  /// The number of probes with the fewest false positives.
  public static int probesFor(double bitsPerKey) {
    int best = 1;
    double bestRate = falsePositiveRate(bitsPerKey, 1);
    for (int probes = 2; probes <= PROBES_MAX; probes++) {
      double rate = falsePositiveRate(bitsPerKey, probes);
      if (rate >= bestRate) {
        break;
      }
      best = probes;
      bestRate = rate;
    }
    return best;
  }

  /// The share of absent keys for which a filter says "maybe", 0 to 1.
  ///
  /// The keys of a line are Poisson distributed with mean 512 / bits; a line with n keys has all
  /// probed bits set with probability (1 - (1 - 1/512)^(n * probes))^probes.
  public static double falsePositiveRate(double bitsPerKey, int probes) {
    double mean = LINE_BITS / bitsPerKey;
    double spread = SPREADS * Math.sqrt(mean) + SPREADS;
    int keysMin = (int) Math.max(0, mean - spread);
    double logTerm = -mean + keysMin * Math.log(mean);
    for (int keys = 2; keys <= keysMin; keys++) {
      logTerm -= Math.log(keys);
    }
    // Not from exp(-mean) on: that is 0 for the mean of a filter of less than a bit per key.
    double term = Math.exp(logTerm);
    double sum = 0;
    for (int keys = keysMin; keys <= mean + spread; keys++) {
      double bitUnset = Math.pow(1 - 1.0 / LINE_BITS, (double) keys * probes);
      sum += term * Math.pow(1 - bitUnset, probes);
      term *= mean / (keys + 1);
    }
    return sum;
  }
}
