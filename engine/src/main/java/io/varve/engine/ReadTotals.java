package io.varve.engine;

import io.varve.engine.iterator.FilterCount;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import java.util.concurrent.atomic.LongAdder;

/// What all reads together have cost since the store was opened. Any thread adds, any thread reads.
public final class ReadTotals {

  private static final ReadReason[] REASONS = ReadReason.values();
  private static final FilterCount[] FILTER_COUNTS = FilterCount.values();

  private final LongAdder[] readIos = new LongAdder[ReadContext.LEVELS_COUNTED * REASONS.length];
  private final LongAdder readBytes = new LongAdder();
  private final LongAdder readNanos = new LongAdder();
  private final LongAdder cacheHits = new LongAdder();
  private final LongAdder runsProbed = new LongAdder();
  private final LongAdder[] filterCounts =
      new LongAdder[ReadContext.LEVELS_COUNTED * FILTER_COUNTS.length];

  ReadTotals() {
    for (int i = 0; i < readIos.length; i++) {
      readIos[i] = new LongAdder();
    }
    for (int i = 0; i < filterCounts.length; i++) {
      filterCounts[i] = new LongAdder();
    }
  }

  /// Adds the costs of one read.
  void add(ReadContext read) {
    if (read.runsProbed() == 0 && read.cacheHits() == 0 && read.bytesRead() == 0) {
      return; // The memtable answered: the common case costs three comparisons.
    }
    if (read.bytesRead() > 0) {
      for (int level = 0; level < ReadContext.LEVELS_COUNTED; level++) {
        for (ReadReason reason : REASONS) {
          long count = read.readIos(level, reason);
          if (count > 0) {
            readIos[level * REASONS.length + reason.ordinal()].add(count);
          }
        }
      }
      readBytes.add(read.bytesRead());
      readNanos.add(read.readNanos());
    }
    cacheHits.add(read.cacheHits());
    runsProbed.add(read.runsProbed());
    for (int left = read.filterLevels(); left != 0; left &= left - 1) {
      addFilterCounts(read, Integer.numberOfTrailingZeros(left));
    }
  }

  private void addFilterCounts(ReadContext read, int level) {
    for (FilterCount what : FILTER_COUNTS) {
      long count = read.filterCount(level, what);
      if (count != 0) {
        filterCounts[level * FILTER_COUNTS.length + what.ordinal()].add(count);
      }
    }
  }

  /// Blocks read from disk at a level (0 to `ReadContext.LEVELS_COUNTED - 1`) for a reason.
  public long readIos(int level, ReadReason reason) {
    return readIos[level * REASONS.length + reason.ordinal()].sum();
  }

  /// Blocks read from disk, of all levels and reasons.
  public long readIos() {
    long sum = 0;
    for (LongAdder count : readIos) {
      sum += count.sum();
    }
    return sum;
  }

  /// Bytes read from disk for reads; what merges read is not in it.
  public long readBytes() {
    return readBytes.sum();
  }

  /// Nanoseconds that readers waited for the disk.
  public long readNanos() {
    return readNanos.sum();
  }

  /// Blocks that the cache served.
  public long cacheHits() {
    return cacheHits.sum();
  }

  /// Runs whose key range held the key that was looked for.
  public long runsProbed() {
    return runsProbed.sum();
  }

  /// Questions to the filters of a level.
  public long filterProbes(int level) {
    return filterCount(level, FilterCount.NEGATIVE) + filterCount(level, FilterCount.POSITIVE);
  }

  /// Questions at a level that saved a look into the table.
  public long filterNegatives(int level) {
    return filterCount(level, FilterCount.NEGATIVE);
  }

  /// Questions at a level that were answered maybe where the table did not hold the key.
  public long filterFalsePositives(int level) {
    return filterCount(level, FilterCount.FALSE_POSITIVE);
  }

  /// How many [#filterFalsePositives(int)] there should be, by the formula and the filters that were
  /// asked.
  public double filterFalsePositivesExpected(int level) {
    return filterCount(level, FilterCount.EXPECTED_BILLIONTHS) / ReadContext.BILLION;
  }

  private long filterCount(int level, FilterCount what) {
    return filterCounts[level * FILTER_COUNTS.length + what.ordinal()].sum();
  }
}
