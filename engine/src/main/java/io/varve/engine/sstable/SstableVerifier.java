package io.varve.engine.sstable;

import io.varve.engine.block.Block;
import io.varve.engine.block.BlockHandle;
import io.varve.engine.block.BlockIterator;
import io.varve.engine.block.BlockSearch;
import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.EngineException;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.Expiry;
import io.varve.engine.key.InternalKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Checks one open table from its first byte to its last and reports every fault. One use, one
/// thread.
///
/// Each block is read and its checksum held against it; data blocks have to lie one behind the
/// other; entries have to ascend, to lie between their block's separators and to be found by a
/// search; the filter has to admit every key; the properties have to agree with what was counted. A
/// damaged block is reported and passed over, and what depends on having seen all entries is then
/// not checked.
final class SstableVerifier {

  private final SstableReader table;
  private final Consumer<SstableFinding> findings;
  private final SstableFooter footer;
  private final ReadContext context = new ReadContext();
  private final List<@Nullable Block> filter = new ArrayList<>();
  private final GrowableBuffer lastUserKey = new GrowableBuffer(128);
  private final GrowableBuffer lastSeparator = new GrowableBuffer(128);
  private final Slice last = new Slice();
  private final ByteCursor cursor = new ByteCursor();
  private long lastTrailer;
  private long lastSeparatorTrailer;
  private boolean anySeparator;
  private byte @Nullable [] firstUserKey;
  private boolean sawAll = true;
  private long dataEnd;
  private long blocks;
  private long entries;
  private long tombstones;
  private long keys;
  private long smallestSequence = Long.MAX_VALUE;
  private long largestSequence;

  SstableVerifier(SstableReader table, Consumer<SstableFinding> findings) {
    this.table = table;
    this.findings = findings;
    this.footer = table.footer();
  }

  void verify() {
    try (var root = new BlockIterator();
        var partition = new BlockIterator();
        var readAhead = table.readAhead()) {
      loadFilter();
      root.attach(table.rootIndex().retain());
      long rootOffset = footer.rootIndex().offset();
      if (footer.indexLevels() == 1) {
        walkIndex(root, rootOffset, readAhead);
      } else {
        for (root.seekToFirst(); root.isValid(); root.next()) {
          if (loadPartition(root, rootOffset, partition)) {
            walkIndex(partition, handle(root, rootOffset).offset(), readAhead);
          }
        }
      }
      checkRangeTombstones();
      checkTotals();
    } catch (CorruptionException e) {
      report(e.offset(), e.getMessage());
    } finally {
      for (Block block : filter) {
        if (block != null) {
          block.release();
        }
      }
    }
  }

  private void loadFilter() {
    for (long i = 0; i < footer.filterPartitionCount(); i++) {
      BlockHandle handle = footer.filterPartition(i);
      try {
        filter.add(
            table
                .blocks()
                .getPrivately(handle.offset(), handle.length(), ReadReason.FILTER, context, 0));
      } catch (EngineException e) {
        filter.add(null);
        report(handle.offset(), e.getMessage());
      }
    }
  }

  private boolean loadPartition(BlockIterator root, long rootOffset, BlockIterator partition) {
    BlockHandle handle = handle(root, rootOffset);
    try {
      partition.attach(
          table
              .blocks()
              .getPrivately(handle.offset(), handle.length(), ReadReason.INDEX, context, 0));
      return true;
    } catch (EngineException e) {
      sawAll = false;
      report(handle.offset(), e.getMessage());
      return false;
    }
  }

  private void walkIndex(BlockIterator index, long indexOffset, ReadAhead readAhead) {
    try {
      for (index.seekToFirst(); index.isValid(); index.next()) {
        BlockHandle handle = handle(index, indexOffset);
        if (sawAll && handle.offset() != dataEnd) {
          report(
              handle.offset(), "data block: expected to start at " + dataEnd + ", behind the last");
        }
        dataEnd = handle.end();
        blocks++;
        try (var data = new BlockIterator()) {
          Block block = readAhead.get(handle.offset(), handle.length(), context, 0);
          data.attach(block);
          walkData(data, block, index);
        } catch (EngineException e) {
          sawAll = false;
          report(handle.offset(), e.getMessage());
        }
        lastSeparator.clear();
        lastSeparator.putBytes(index.userKey());
        lastSeparatorTrailer = index.trailer();
        anySeparator = true;
      }
    } catch (CorruptionException e) {
      sawAll = false;
      report(e.offset(), e.getMessage());
    }
  }

  private void walkData(BlockIterator data, Block block, BlockIterator index) {
    for (data.seekToFirst(); data.isValid(); data.next()) {
      Slice userKey = data.userKey();
      long trailer = data.trailer();
      lastUserKey.slice(last);
      if (entries > 0 && InternalKey.compare(last, lastTrailer, userKey, trailer) >= 0) {
        report(block.offset(), "entries out of order: " + userKey + " comes after " + last);
      }
      if (InternalKey.compare(userKey, trailer, index.userKey(), index.trailer()) > 0) {
        report(block.offset(), "entry " + userKey + " lies behind the block's separator");
      }
      if (anySeparator
          && InternalKey.compare(lastSeparator.slice(last), lastSeparatorTrailer, userKey, trailer)
              >= 0) {
        report(block.offset(), "entry " + userKey + " lies before the last block's separator");
      }
      long found = BlockSearch.find(block, userKey, trailer);
      if (found == BlockSearch.NONE
          || !BlockSearch.isExact(found)
          || BlockSearch.trailer(block, found) != trailer) {
        report(block.offset(), "entry " + userKey + " is not found by a search");
      }
      count(userKey, trailer, data.value(), block);
    }
  }

  private void count(Slice userKey, long trailer, Slice value, Block block) {
    entries++;
    int kind = (int) trailer & 0xff;
    if (kind == EntryKind.DELETE.code()) {
      tombstones++;
    } else if (kind == EntryKind.PUT_EXPIRING.code()
        || kind == EntryKind.PUT_EXPIRING_APART.code()) {
      checkExpiry(userKey, value, block);
    } else if (kind != EntryKind.PUT.code() && kind != EntryKind.PUT_APART.code()) {
      report(block.offset(), "entry " + userKey + " is of unknown kind " + kind);
    }
    smallestSequence = Math.min(smallestSequence, InternalKey.sequence(trailer));
    largestSequence = Math.max(largestSequence, InternalKey.sequence(trailer));
    if (firstUserKey == null) {
      firstUserKey = userKey.toByteArray();
    }
    if (entries == 1 || !lastUserKey.slice(last).contentEquals(userKey)) {
      keys++;
      checkFilter(userKey, block);
    }
    lastUserKey.clear();
    lastUserKey.putBytes(userKey);
    lastTrailer = trailer;
  }

  private void checkExpiry(Slice userKey, Slice value, Block block) {
    try {
      long expiry = Expiry.millis(value);
      SstableProperties properties = table.properties();
      if (expiry < properties.firstExpiryMillis() || expiry > properties.lastExpiryMillis()) {
        report(block.offset(), "entry " + userKey + " expires outside of the stated range");
      }
    } catch (IllegalArgumentException e) {
      report(block.offset(), "entry " + userKey + ": " + e.getMessage());
    }
  }

  private void checkFilter(Slice userKey, Block block) {
    if (footer.filterLines() == 0) {
      return;
    }
    long hash = userKey.hash();
    long line = BloomFilter.line(hash, footer.filterLines());
    Block partition = filter.get((int) (line / footer.filterPartitionLines()));
    if (partition != null
        && !BloomFilter.mayContain(
            partition.bytes(),
            line % footer.filterPartitionLines() * BloomFilter.LINE_BYTES,
            hash,
            footer.filterProbes())) {
      report(block.offset(), "the filter denies the key " + userKey);
    }
  }

  /// Their block was read and parsed when the table was opened.
  private void checkRangeTombstones() {
    SstableProperties properties = table.properties();
    expect("range tombstones", properties.rangeTombstoneCount(), table.rangeTombstones().count());
    BlockHandle handle = properties.rangeTombstones();
    if (handle != null && handle.offset() != footer.rootIndex().end()) {
      report(handle.offset(), "the range tombstones do not lie behind the index");
    }
    if ((handle != null) != (footer.version() == SstableFormat.VERSION_RANGE_TOMBSTONES)) {
      report(
          footer.properties().offset(),
          "range tombstones and format version " + footer.version() + " do not go together");
    }
  }

  private void checkTotals() {
    if (!sawAll) {
      return;
    }
    if (dataEnd != footer.filterOffset()) {
      report(dataEnd, "data blocks: expected to end at " + footer.filterOffset());
    }
    SstableProperties properties = table.properties();
    expect("entries", properties.entryCount(), entries);
    expect("tombstones", properties.tombstoneCount(), tombstones);
    expect("keys", properties.keyCount(), keys);
    expect("data blocks", properties.dataBlockCount(), blocks);
    expect("bytes of data", properties.dataBytes(), dataEnd);
    expect(
        "smallest sequence number",
        properties.smallestSequence(),
        entries == 0 ? 0 : smallestSequence);
    expect("largest sequence number", properties.largestSequence(), largestSequence);
    if (!Arrays.equals(
        properties.smallestUserKey(), firstUserKey == null ? new byte[0] : firstUserKey)) {
      report(footer.properties().offset(), "the smallest user key is not the first");
    }
    if (!Arrays.equals(properties.largestUserKey(), lastUserKey.slice().toByteArray())) {
      report(footer.properties().offset(), "the largest user key is not the last");
    }
  }

  private void expect(String what, long stated, long counted) {
    if (stated != counted) {
      report(
          footer.properties().offset(),
          "the properties state " + stated + " " + what + ", found " + counted);
    }
  }

  private BlockHandle handle(BlockIterator index, long indexOffset) {
    try {
      return BlockHandle.decode(cursor.set(index.value()));
    } catch (ByteCursor.MalformedException e) {
      throw new CorruptionException(
          table.fileName(), indexOffset, "an index entry holds no block handle");
    }
  }

  private void report(long offset, @Nullable String detail) {
    findings.accept(new SstableFinding(table.fileName(), offset, String.valueOf(detail)));
  }
}
