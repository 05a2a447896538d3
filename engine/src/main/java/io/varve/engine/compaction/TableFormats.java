package io.varve.engine.compaction;

import io.varve.engine.block.Compression;
import io.varve.engine.sstable.SstableOptions;
import io.varve.engine.version.Version;

/// How tables are written at each level.
///
/// Young tables are read and rewritten often and hold little: LZ4, and many filter bits, because each
/// of the many runs that a miss passes costs its false positives. The base holds most of the data and
/// is one run: zstd, and the fewest bits. How many, [FilterBudget] says for the shape of the moment.
///
/// @param block what does not depend on the level: block size, restart interval, and filter bits per
///     key over all, 10 by default, from which each run's share follows
/// @param baseLevel level of the base
/// @param youngCompression above the base (default LZ4)
/// @param baseCompression of the base (default ZSTD)
/// @param storeBytesMin bytes of keys and values that the filters are planned for at least
public record TableFormats(
    SstableOptions block,
    int baseLevel,
    Compression youngCompression,
    Compression baseCompression,
    long storeBytesMin) {

  /// A store is taken to grow to this many memtables: with fewer, the memory of its filters is no
  /// worry.
  public static final int MEMTABLES_MIN = 64;

  public static TableFormats defaults(int baseLevel) {
    return new TableFormats(
        SstableOptions.DEFAULT,
        baseLevel,
        Compression.LZ4,
        Compression.ZSTD,
        MEMTABLES_MIN * (64L << 20));
  }

  /// How the tables of a flush are written.
  ///
  /// @param version what the flush comes on top of
  SstableOptions forFlush(Version version, FlushSource source) {
    return forLevel(0, budget().forFlush(version, source.entryCount(), source.rawBytes()));
  }

  /// How the outputs of a merge are written.
  ///
  /// @param version holds the inputs
  SstableOptions forMerge(Version version, CompactionChoice.MergeRuns choice) {
    return forLevel(choice.outputLevel(), budget().forMerge(version, choice));
  }

  private FilterBudget budget() {
    return new FilterBudget(block.bloomBitsPerKey(), storeBytesMin);
  }

  private SstableOptions forLevel(int level, double filterBitsPerKey) {
    return block
        .withCompression(level >= baseLevel ? baseCompression : youngCompression)
        .withBloomBitsPerKey(filterBitsPerKey);
  }
}
