package io.varve.engine.sstable;

import io.varve.engine.block.Block;
import io.varve.engine.block.BlockBuilder;
import io.varve.engine.block.BlockIterator;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.KeyRange;
import io.varve.engine.range.RangeTombstone;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The block of a table that holds its range tombstones; the page is `docs/format/sstable.md`.
///
/// ```
/// entry := start of the range as user key, trailer of kind RANGE_DELETE, end of the range as value
/// ```
///
/// A block like those of entries, in internal order; an empty end stands behind all keys. Ranges may
/// overlap.
final class RangeTombstoneBlock {

  private static final int RESTART_INTERVAL = 16;

  private static final Comparator<RangeTombstone> ORDER =
      Comparator.comparing(RangeTombstone::start)
          .thenComparing(Comparator.comparingLong(RangeTombstone::sequence).reversed());

  private RangeTombstoneBlock() {}

  /// The payload of the block, in native memory.
  static Slice encode(List<RangeTombstone> tombstones) {
    List<RangeTombstone> sorted = new ArrayList<>(tombstones);
    sorted.sort(ORDER);
    BlockBuilder block = new BlockBuilder(RESTART_INTERVAL, 1 << 10);
    for (RangeTombstone each : sorted) {
      block.add(
          each.start(),
          InternalKey.trailer(each.sequence(), EntryKind.RANGE_DELETE),
          KeyRange.encodedEnd(each.end()));
    }
    return block.finish(new Slice());
  }

  /// The tombstones of a block, on their own memory.
  ///
  /// @throws CorruptionException if there is anything else in it
  static List<RangeTombstone> decode(Block block) {
    List<RangeTombstone> tombstones = new ArrayList<>();
    MemorySegment keys = Arena.ofAuto().allocate(Math.max(1, keyBytes(block)));
    long used = 0;
    try (BlockIterator entries = new BlockIterator()) {
      entries.attach(block.retain());
      for (entries.seekToFirst(); entries.isValid(); entries.next()) {
        int kind = (int) entries.trailer() & 0xff;
        Slice end = KeyRange.decodedEnd(entries.value());
        if (kind != EntryKind.RANGE_DELETE.code() || entries.userKey().compareTo(end) >= 0) {
          throw new CorruptionException(
              block.fileName(),
              block.offset(),
              "range tombstones: an entry of kind " + kind + " from " + entries.userKey());
        }
        Slice start = copy(entries.userKey(), keys, used);
        used += start.length();
        if (!KeyRange.isEndless(end)) {
          end = copy(end, keys, used);
          used += end.length();
        }
        tombstones.add(new RangeTombstone(start, end, InternalKey.sequence(entries.trailer())));
      }
    }
    return tombstones;
  }

  private static long keyBytes(Block block) {
    long sum = 0;
    try (BlockIterator entries = new BlockIterator()) {
      entries.attach(block.retain());
      for (entries.seekToFirst(); entries.isValid(); entries.next()) {
        sum += entries.userKey().length() + entries.value().length();
      }
    }
    return sum;
  }

  private static Slice copy(Slice key, MemorySegment into, long at) {
    key.copyTo(into, at);
    return new Slice(into, at, key.length());
  }
}
