package io.varve.engine.sstable;

import io.varve.engine.block.BlockWriter;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;

/// Collects the hashes of a table's user keys and writes the filter when their number is known, so
/// that it has exactly the bits per key that were asked for. One thread.
///
/// A hash takes eight bytes until then: 8 MiB for a million keys.
final class FilterBuilder {

  private static final int CHUNK_HASHES = 1 << 14;

  private final double bitsPerKey;
  private final ArrayList<long[]> fullChunks = new ArrayList<>();
  private long[] chunk = new long[0];
  private int chunkSize;

  FilterBuilder(double bitsPerKey) {
    this.bitsPerKey = bitsPerKey;
  }

  /// @param hash of a user key that was not added before
  void add(long hash) {
    if (bitsPerKey == 0) {
      return;
    }
    if (chunkSize == chunk.length) {
      if (chunkSize > 0) {
        fullChunks.add(chunk);
      }
      chunk = new long[CHUNK_HASHES];
      chunkSize = 0;
    }
    chunk[chunkSize++] = hash;
  }

  /// What the footer says of the filter.
  ///
  /// @param lines 64-byte lines, 0 for no filter
  /// @param probes bits probed per key
  record Geometry(long lines, int probes) {}

  /// Writes the partitions one after the other.
  Geometry finish(BlockWriter writer) {
    long keys = (long) fullChunks.size() * CHUNK_HASHES + chunkSize;
    if (bitsPerKey == 0 || keys == 0) {
      return new Geometry(0, 0);
    }
    long lines = BloomFilter.linesFor(keys, bitsPerKey);
    int probes = BloomFilter.probesFor(bitsPerKey);
    MemorySegment filter = NativeMemory.allocate(lines * BloomFilter.LINE_BYTES);
    try {
      filter.fill((byte) 0);
      for (long[] full : fullChunks) {
        addAll(full, full.length, filter, lines, probes);
      }
      addAll(chunk, chunkSize, filter, lines, probes);
      var partition = new Slice();
      for (long line = 0; line < lines; line += SstableFormat.FILTER_PARTITION_LINES) {
        long count = Math.min(SstableFormat.FILTER_PARTITION_LINES, lines - line);
        partition.set(
            filter, line * BloomFilter.LINE_BYTES, (int) (count * BloomFilter.LINE_BYTES));
        writer.write(partition, Compression.NONE);
      }
    } finally {
      NativeMemory.free(filter);
    }
    return new Geometry(lines, probes);
  }

  private static void addAll(
      long[] hashes, int count, MemorySegment filter, long lines, int probes) {
    for (int i = 0; i < count; i++) {
      long hash = hashes[i];
      long line = BloomFilter.line(hash, lines);
      BloomFilter.add(filter, line * BloomFilter.LINE_BYTES, hash, probes);
    }
  }
}
