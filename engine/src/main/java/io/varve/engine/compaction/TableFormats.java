package io.varve.engine.compaction;

import io.varve.engine.block.Compression;
import io.varve.engine.sstable.SstableOptions;

/// How tables are written at each level.
///
/// Young tables are read and rewritten often and hold little: LZ4, and many filter bits, because each
/// of the many runs a miss passes costs its false positives (Monkey: the bits of a run fall with the
/// logarithm of its size, so that the sum of false positives is least for the memory spent). The base
/// holds most of the data and is one run: zstd, and the fewest bits.
///
/// @param block what does not depend on the level: block size, restart interval, and filter bits per
///     key over all, 10 by default, from which each level's share follows
/// @param baseLevel level of the base
/// @param youngCompression above the base (default LZ4)
/// @param baseCompression of the base (default ZSTD)
public record TableFormats(
    SstableOptions block,
    int baseLevel,
    Compression youngCompression,
    Compression baseCompression) {

  /// Bits per key over all that the shares below amount to, about.
  private static final double BITS_OVER_ALL = 10;

  /// Bits per key of tiers 0, 1, 2, …, for a fan-out of 8: a run of the next tier is eight times as
  /// large.
  private static final double[] TIER_BITS = {22, 18, 13.5, 11, 10, 9};

  private static final double BASE_BITS = 7.8;

  public static TableFormats defaults(int baseLevel) {
    return new TableFormats(SstableOptions.DEFAULT, baseLevel, Compression.LZ4, Compression.ZSTD);
  }

  SstableOptions forLevel(int level) {
    boolean base = level >= baseLevel;
    double share = base ? BASE_BITS : TIER_BITS[Math.min(level, TIER_BITS.length - 1)];
    return block
        .withCompression(base ? baseCompression : youngCompression)
        .withBloomBitsPerKey(Math.min(100, share * block.bloomBitsPerKey() / BITS_OVER_ALL))
        .withCreationMillis(System.currentTimeMillis());
  }
}
