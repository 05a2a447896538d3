package io.varve.bench.contest;

import io.varve.bench.contest.StoreOptions.Codec;
import io.varve.bench.contest.StoreOptions.Sync;
import java.util.List;

/// How much is done, and how: all options of a comparison.
///
/// @param keys keys of a store
/// @param keyBytes bytes of a key
/// @param valueBytes bytes of a value
/// @param randomPart part of a value that does not compress, 0 to 1
/// @param memtableBytes memory of a memtable
/// @param cacheBytes bound of the block cache
/// @param mergeThreads threads that merge
/// @param codec how tables are compressed
/// @param sync when a write returns
/// @param rounds times that each row runs on each side
/// @param seconds bound of a row on a side, in each round
/// @param readers threads that read
/// @param writeRate writes per second of the writer beside readers; 0 for as many as it can
/// @param burstSeconds length of the burst of writes
/// @param memtables of data in the stores that are overwritten for the targets
/// @param smallMemtableBytes memory of a memtable there
/// @param rangeKeys keys of the range that is deleted for the targets
record Setup(
    long keys,
    int keyBytes,
    int valueBytes,
    double randomPart,
    long memtableBytes,
    long cacheBytes,
    int mergeThreads,
    Codec codec,
    Sync sync,
    int rounds,
    int seconds,
    int readers,
    long writeRate,
    int burstSeconds,
    List<Integer> memtables,
    long smallMemtableBytes,
    long rangeKeys) {

  Setup {
    memtables = List.copyOf(memtables);
    require(keys >= 100 && keys <= 1L << 40, "keys", keys);
    require(keyBytes >= Key.BYTES_MIN && keyBytes <= 1024, "key-bytes", keyBytes);
    require(valueBytes >= Value.BYTES_MIN && valueBytes <= 64 << 10, "value-bytes", valueBytes);
    require(randomPart > 0 && randomPart <= 1, "random-part", randomPart);
    require(memtableBytes >= 64 << 10, "memtable-bytes", memtableBytes);
    require(cacheBytes >= 0, "cache-bytes", cacheBytes);
    require(mergeThreads >= 1 && mergeThreads <= 64, "merge-threads", mergeThreads);
    require(rounds >= 1 && rounds <= 100, "rounds", rounds);
    require(seconds >= 1, "seconds", seconds);
    require(readers >= 1 && readers <= 256, "threads", readers);
    require(writeRate >= 0, "write-rate", writeRate);
    require(burstSeconds >= 1, "burst-seconds", burstSeconds);
    for (int count : memtables) {
      require(count >= 4 && count <= 100_000, "memtables", count);
    }
    require(smallMemtableBytes >= 64 << 10, "small-memtable-bytes", smallMemtableBytes);
    require(rangeKeys >= 100, "range-keys", rangeKeys);
  }

  private static void require(boolean holds, String option, Object value) {
    if (!holds) {
      throw new IllegalArgumentException("--" + option + " is out of range: " + value);
    }
  }

  StoreOptions storeOptions() {
    return new StoreOptions(memtableBytes, cacheBytes, mergeThreads, codec, sync);
  }

  /// Bytes of a key and its value.
  int entryBytes() {
    return keyBytes + valueBytes;
  }

  /// Bytes of all keys and values.
  long dataBytes() {
    return keys * entryBytes();
  }

  /// How long to wait from one look at the space to the next: often where all is over soon.
  long sampleMillis() {
    return seconds <= 30 ? 100 : 1000;
  }

  /// The same for a warming up.
  Setup small(long fewKeys) {
    return new Setup(
        Math.min(keys, fewKeys),
        keyBytes,
        valueBytes,
        randomPart,
        memtableBytes,
        cacheBytes,
        mergeThreads,
        codec,
        sync,
        1,
        Math.min(seconds, 2),
        readers,
        writeRate,
        burstSeconds,
        memtables,
        smallMemtableBytes,
        rangeKeys);
  }
}
