package io.varve.engine.sstable;

import io.varve.engine.block.Block;
import io.varve.engine.block.BlockCache;
import io.varve.engine.block.BlockHandle;
import io.varve.engine.block.BlockIterator;
import io.varve.engine.block.BlockReader;
import io.varve.engine.block.BlockSearch;
import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.ReadableFile;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.Lookup;
import io.varve.engine.range.KeySpan;
import io.varve.engine.range.RangeTombstones;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// An open table. Safe from any thread.
///
/// Footer, properties and the root of the index stay in memory while the table is open; index and
/// filter partitions and data blocks come through the cache. A lookup that hits costs one read of a
/// data block once the partitions on its way are cached.
///
/// Counted by reference: opened with one reference, which [TableCache] holds; iterators hold their
/// own; the last [#release()] closes the file. As a [ReadContext.PinnedBlock] an open table can be
/// kept by a read that will be repeated.
public final class SstableReader implements ReadContext.PinnedBlock {

  /// Stands for the table as a whole where a block's offset is asked for.
  static final long PIN_OFFSET = -1;

  /// How much is read from the end of the file at first: most often the footer, the properties and
  /// the root of the index.
  private static final int TAIL_BYTES = 8 << 10;

  private final AtomicInteger references = new AtomicInteger(1);
  private final ReadableFile file;
  private final long fileNumber;
  private final SstableFooter footer;
  private final SstableProperties properties;
  private final Block rootIndex;
  private final RangeTombstones rangeTombstones;
  private final BlockReader blockReader;
  private final TableBlocks blocks;
  private final long falsePositiveBillionths;

  private SstableReader(
      ReadableFile file,
      SstableFooter footer,
      SstableProperties properties,
      Block rootIndex,
      RangeTombstones rangeTombstones,
      BlockReader blockReader,
      BlockCache cache) {
    this.file = file;
    this.fileNumber = footer.fileNumber();
    this.footer = footer;
    this.properties = properties;
    this.rootIndex = rootIndex;
    this.rangeTombstones = rangeTombstones;
    this.blockReader = blockReader;
    this.blocks = new TableBlocks(blockReader, cache, fileNumber, footer.partitionCount());
    this.falsePositiveBillionths =
        Math.round(
            ReadContext.BILLION
                * properties.falsePositiveRate(footer.filterLines(), footer.filterProbes()));
  }

  /// Opens a table; reads its end.
  ///
  /// @param fileNumber the number in the path's name
  /// @param context counts the reads, as reads of the index
  /// @param level level to count them at
  /// @throws CorruptionException if footer, properties or root index are damaged
  /// @throws io.varve.engine.error.IncompatibleFormatException if another version wrote it
  public static SstableReader open(
      FileSystem fileSystem,
      Path path,
      long fileNumber,
      BlockCache cache,
      ReadContext context,
      int level) {
    ReadableFile file = fileSystem.open(path);
    try {
      return open(file, fileNumber, cache, context, level);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static SstableReader open(
      ReadableFile file, long fileNumber, BlockCache cache, ReadContext context, int level) {
    long fileBytes = file.size();
    if (fileBytes < SstableFormat.FOOTER_BYTES) {
      throw new CorruptionException(
          file.name(), 0, "a table of " + fileBytes + " bytes has no room for a footer");
    }
    int tailBytes = (int) Math.min(TAIL_BYTES, fileBytes);
    MemorySegment tail = NativeMemory.allocate(tailBytes);
    try {
      long start = System.nanoTime();
      file.readFully(fileBytes - tailBytes, tail, 0, tailBytes);
      context.countReadIo(level, ReadReason.INDEX, tailBytes, System.nanoTime() - start);
      SstableFooter footer =
          SstableFooter.decode(
              tail, tailBytes - SstableFormat.FOOTER_BYTES, file.name(), fileNumber, fileBytes);
      var blockReader = new BlockReader(file, fileNumber);
      var fromTail = new TailBlocks(blockReader, tail, fileBytes - tailBytes, context, level);
      SstableProperties properties = readProperties(fromTail, footer, file.name());
      RangeTombstones tombstones = readRangeTombstones(fromTail, properties);
      return new SstableReader(
          file,
          footer,
          properties,
          fromTail.get(footer.rootIndex()),
          tombstones,
          blockReader,
          cache);
    } finally {
      NativeMemory.free(tail);
    }
  }

  private static SstableProperties readProperties(
      TailBlocks from, SstableFooter footer, String fileName) {
    Block block = from.get(footer.properties());
    try {
      return SstableProperties.decode(new Slice(block.bytes(), 0, block.size()));
    } catch (ByteCursor.MalformedException | IllegalArgumentException e) {
      throw new CorruptionException(
          fileName, footer.properties().offset(), "properties: " + e.getMessage());
    } finally {
      block.release();
    }
  }

  private static RangeTombstones readRangeTombstones(
      TailBlocks from, SstableProperties properties) {
    BlockHandle handle = properties.rangeTombstones();
    if (handle == null) {
      return RangeTombstones.NONE;
    }
    Block block = from.get(handle);
    try {
      return RangeTombstones.of(RangeTombstoneBlock.decode(block));
    } finally {
      block.release();
    }
  }

  @Override
  public long fileNumber() {
    return fileNumber;
  }

  @Override
  public long offset() {
    return PIN_OFFSET;
  }

  /// Bytes that the table keeps in memory while it is open, outside of the cache's budget.
  @Override
  public long memoryBytes() {
    return rootIndex.memoryBytes() + rangeTombstones.memoryBytes();
  }

  public String fileName() {
    return file.name();
  }

  public long fileBytes() {
    return file.size();
  }

  public SstableProperties properties() {
    return properties;
  }

  /// The share of absent keys for which the filter should say "maybe", 0 to 1, by the formula for
  /// filters in lines ([BloomFilter#falsePositiveRate(double, int)]).
  public double falsePositiveRate() {
    return falsePositiveBillionths / ReadContext.BILLION;
  }

  /// The range tombstones of the table; valid for ever, also when the table is closed.
  public RangeTombstones rangeTombstones() {
    return rangeTombstones;
  }

  /// The keys that entries and range tombstones speak of.
  public TableBounds bounds() {
    boolean any = properties.entryCount() > 0;
    return TableBounds.of(
        any ? Slice.of(properties.smallestUserKey()) : null,
        any ? Slice.of(properties.largestUserKey()) : null,
        rangeTombstones.toList());
  }

  /// The share of the table, 0 to 1, that range tombstones cover: of its blocks or index partitions,
  /// those whose every key is covered. From memory. What a merge under these tombstones leaves has
  /// share 0, since no block is empty.
  ///
  /// @param sequence tombstones above it do not count
  public double coveredShare(RangeTombstones tombstones, long sequence) {
    int parts = 0;
    int covered = 0;
    var span = new KeySpan();
    var last = new GrowableBuffer(64);
    var lastKey = new Slice();
    last.putBytes(Slice.of(properties.smallestUserKey()));
    try (var index = new BlockIterator()) {
      index.attach(rootIndex.retain());
      for (index.seekToFirst(); index.isValid(); index.next()) {
        parts++;
        Slice from = last.slice(lastKey);
        do {
          tombstones.locate(from, sequence, span);
          from = span.to();
        } while (span.isCovered() && from.compareTo(index.userKey()) <= 0);
        if (span.isCovered()) {
          covered++;
        }
        last.clear();
        last.putBytes(index.userKey());
      }
    }
    return parts == 0 ? 0 : (double) covered / parts;
  }

  SstableFooter footer() {
    return footer;
  }

  Block rootIndex() {
    return rootIndex;
  }

  TableBlocks blocks() {
    return blocks;
  }

  ReadAhead readAhead() {
    return new ReadAhead(file, blockReader, footer.filterOffset());
  }

  /// Finds the newest version of a key that a snapshot may see.
  ///
  /// The block that holds the value is pinned to the context and `value` points into it. Whether the
  /// key lies between the table's smallest and largest is the caller's to know beforehand.
  ///
  /// @param sequence sequence number of the snapshot
  /// @param context may restrict the lookup to memory; counts what it costs
  /// @param level level that the table is on, for counting
  /// @param value pointed at the value or the reference if found, expiry and all, valid until the context's pins are released
  /// @throws CorruptionException if a block on the way is damaged
  public Lookup get(Slice userKey, long sequence, ReadContext context, int level, Slice value) {
    return get(userKey, userKey.hash(), sequence, context, level, value);
  }

  /// As [#get(Slice, long, ReadContext, int, Slice)] with the key's hash computed before: one hash
  /// serves all the tables that are asked.
  ///
  /// @param hash [Slice#hash()] of the user key
  public Lookup get(
      Slice userKey, long hash, long sequence, ReadContext context, int level, Slice value) {
    if (!rangeTombstones.isEmpty()) {
      long deleted = rangeTombstones.sequenceAt(userKey, sequence);
      if (deleted != KeySpan.UNCOVERED) {
        Lookup found = getAbove(deleted, userKey, hash, sequence, context, level, value);
        return found == Lookup.ABSENT ? Lookup.DELETED : found;
      }
    }
    return getAbove(KeySpan.UNCOVERED, userKey, hash, sequence, context, level, value);
  }

  /// Finds the newest entry up to `sequence`, if it is newer than `deleted`.
  private Lookup getAbove(
      long deleted,
      Slice userKey,
      long hash,
      long sequence,
      ReadContext context,
      int level,
      Slice value) {
    if (deleted > properties.largestSequence()) {
      return Lookup.ABSENT;
    }
    if (footer.filterLines() > 0) {
      if (!mayContain(hash, context, level)) {
        context.countFilterNegative(level, falsePositiveBillionths);
        return Lookup.ABSENT;
      }
      context.countFilterPositive(level);
    }
    long trailer = InternalKey.seekTrailer(sequence);
    long indexTrailer = IndexEntry.searchTrailer(trailer);
    long entry = BlockSearch.find(rootIndex, userKey, indexTrailer);
    if (entry == BlockSearch.NONE) {
      return absent(context, level);
    }
    Block holder = rootIndex;
    if (footer.indexLevels() == 2) {
      holder =
          blocks.getPartition(
              IndexEntry.handleOffset(rootIndex, entry),
              IndexEntry.handleLength(rootIndex, entry),
              ReadReason.INDEX,
              context,
              level);
      try {
        entry = BlockSearch.find(holder, userKey, indexTrailer);
        if (entry == BlockSearch.NONE) {
          throw partitionTooShort(holder.offset());
        }
      } catch (RuntimeException e) {
        holder.release();
        throw e;
      }
    }
    Block data = dataBlock(holder, entry, context, level);
    try {
      long found = BlockSearch.find(data, userKey, trailer);
      if (found == BlockSearch.NONE || !BlockSearch.isExact(found)) {
        return absent(context, level);
      }
      if (InternalKey.sequence(BlockSearch.trailer(data, found)) < deleted) {
        return Lookup.ABSENT;
      }
      return found(data, found, context, value);
    } finally {
      data.release();
    }
  }

  /// Whether the table may hold a version of a key, from its filter alone. Not counted as a verdict:
  /// nobody learns whether a maybe was right.
  public boolean mayContain(Slice userKey, ReadContext context, int level) {
    return mayContain(userKey.hash(), context, level);
  }

  /// As [#mayContain(Slice, ReadContext, int)], given the hash.
  public boolean mayContain(long hash, ReadContext context, int level) {
    long lines = footer.filterLines();
    if (lines == 0) {
      return true;
    }
    long line = BloomFilter.line(hash, lines);
    int partitionLines = footer.filterPartitionLines();
    long index = line / partitionLines;
    BlockHandle handle = footer.filterPartition(index);
    Block partition =
        blocks.getPartition(handle.offset(), handle.length(), ReadReason.FILTER, context, level);
    boolean maybe =
        BloomFilter.mayContain(
            partition.bytes(),
            (line - index * partitionLines) * BloomFilter.LINE_BYTES,
            hash,
            footer.filterProbes());
    partition.release();
    return maybe;
  }

  /// Walks all entries. The iterator keeps the table open until it is closed.
  ///
  /// @param level level that the table is on, for counting
  public EntryIterator iterator(ReadContext context, int level, CachePolicy policy) {
    if (!tryRetain()) {
      throw new IllegalStateException(file.name() + " is closed");
    }
    return new SstableIterator(this, context, level, policy);
  }

  /// Reads everything and checks it: checksums, order, index, filter, properties. Goes on after
  /// damage.
  ///
  /// @param findings told of each fault
  public void verify(Consumer<SstableFinding> findings) {
    new SstableVerifier(this, findings).verify();
  }

  /// Takes a reference unless the table is already closed.
  public boolean tryRetain() {
    int count = references.get();
    while (count > 0) {
      int seen = references.compareAndExchange(count, count + 1);
      if (seen == count) {
        return true;
      }
      count = seen;
    }
    return false;
  }

  /// Gives a reference back.
  public void release() {
    int left = references.decrementAndGet();
    if (left == 0) {
      rootIndex.release();
      file.close();
    } else if (left < 0) {
      throw new IllegalStateException(file.name() + " is released too often");
    }
  }

  @Override
  public void unpin() {
    release();
  }

  CorruptionException partitionTooShort(long offset) {
    return new CorruptionException(
        file.name(), offset, "an index partition ends before the key that the root gives for it");
  }

  private Block dataBlock(Block holder, long entry, ReadContext context, int level) {
    try {
      return blocks.get(
          IndexEntry.handleOffset(holder, entry),
          IndexEntry.handleLength(holder, entry),
          ReadReason.DATA,
          context,
          level);
    } finally {
      if (holder != rootIndex) {
        holder.release();
      }
    }
  }

  private Lookup found(Block data, long found, ReadContext context, Slice value) {
    int kind = (int) BlockSearch.trailer(data, found) & 0xff;
    Lookup lookup = lookup(kind);
    if (lookup == Lookup.ABSENT) {
      throw new CorruptionException(file.name(), data.offset(), "an entry of unknown kind " + kind);
    }
    if (lookup != Lookup.DELETED) {
      value.set(data.bytes(), BlockSearch.valueOffset(found), BlockSearch.valueBytes(found));
      context.pin(data.retain());
    }
    return lookup;
  }

  /// What an entry of a kind says of its key; `ABSENT` for a kind that is none of a key's.
  private static Lookup lookup(int kind) {
    if (kind == EntryKind.PUT.code()) {
      return Lookup.FOUND;
    }
    if (kind == EntryKind.DELETE.code()) {
      return Lookup.DELETED;
    }
    if (kind == EntryKind.PUT_EXPIRING.code()) {
      return Lookup.FOUND_EXPIRING;
    }
    if (kind == EntryKind.PUT_APART.code()) {
      return Lookup.FOUND_APART;
    }
    return kind == EntryKind.PUT_EXPIRING_APART.code()
        ? Lookup.FOUND_EXPIRING_APART
        : Lookup.ABSENT;
  }

  private Lookup absent(ReadContext context, int level) {
    if (footer.filterLines() > 0) {
      context.countFilterFalsePositive(level, falsePositiveBillionths);
    }
    return Lookup.ABSENT;
  }
}
