package io.varve.engine.sstable;

import io.varve.engine.block.BlockBuilder;
import io.varve.engine.block.BlockHandle;
import io.varve.engine.block.BlockWriter;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.WritableFile;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.Expiry;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.KeyRange;
import io.varve.engine.range.RangeTombstone;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes one table from sorted entries. One thread.
///
/// Life: [#add] any number of times, then [#finish()], which makes the file durable (its directory
/// entry is the caller's), or [#abandon()], which deletes it. After an exception only
/// [#abandon()] is allowed. A writer that is abandoned or finished holds nothing.
public final class SstableWriter {

  private final FileSystem fileSystem;
  private final Path path;
  private final long fileNumber;
  private final SstableOptions options;
  private final WritableFile file;
  private final BlockWriter writer;
  private final BlockBuilder block;
  private final IndexBuilder index = new IndexBuilder();
  private final FilterBuilder filter;
  private final GrowableBuffer lastUserKey = new GrowableBuffer(128);
  private final Slice last = new Slice();
  private final Slice payload = new Slice();
  private byte[] smallestUserKey = new byte[0];
  private @Nullable BlockHandle unindexed;
  private long lastTrailer;
  private long entryCount;
  private long tombstoneCount;
  private long keyCount;
  private long smallestSequence = Long.MAX_VALUE;
  private long largestSequence;
  private long rawKeyBytes;
  private long rawValueBytes;
  private long firstExpiryMillis = Expiry.NEVER;
  private long lastExpiryMillis;
  private long dataBlockCount;
  private final List<RangeTombstone> rangeTombstones = new ArrayList<>();
  private boolean closed;

  /// Creates the file.
  ///
  /// @param path must not exist
  /// @param fileNumber the number in the path's name; every checksum is bound to it
  public SstableWriter(FileSystem fileSystem, Path path, long fileNumber, SstableOptions options) {
    this.fileSystem = fileSystem;
    this.path = path;
    this.fileNumber = fileNumber;
    this.options = options;
    this.file = fileSystem.create(path);
    this.writer = new BlockWriter(file, fileNumber);
    this.block = new BlockBuilder(options.restartInterval(), options.blockBytes() + 1024);
    this.filter = new FilterBuilder(options.bloomBitsPerKey());
  }

  /// Adds an entry behind all added before in internal order. Key and value are copied.
  ///
  /// @param trailer sequence number and kind, as in [InternalKey]
  /// @throws IllegalArgumentException if the entry is out of order or its kind unknown
  public void add(Slice userKey, long trailer, Slice value) {
    checkOpen();
    EntryKind kind = InternalKey.kind(trailer);
    boolean newKey = checkOrder(userKey, trailer);
    if (!block.isEmpty()
        && block.sizeWith(userKey.length(), value.length()) > options.blockBytes()) {
      writeBlock();
    }
    BlockHandle pending = unindexed;
    if (pending != null) {
      index.add(lastUserKey.slice(last), lastTrailer, userKey, pending);
      unindexed = null;
    }
    if (value.length() > SstableFormat.LARGE_VALUE_BYTES) {
      unindexed = writer.writeSingle(userKey, trailer, value);
      dataBlockCount++;
    } else {
      block.add(userKey, trailer, value);
    }
    if (newKey) {
      lastUserKey.clear();
      lastUserKey.putBytes(userKey);
      filter.add(userKey.hash());
      keyCount++;
    }
    lastTrailer = trailer;
    count(kind, userKey, trailer, value);
  }

  /// Adds a range tombstone; in any order, before or after entries. It is no entry, and its bounds
  /// may reach over those of the entries: they count as bounds of the table.
  public void addRangeTombstone(RangeTombstone tombstone) {
    checkOpen();
    rangeTombstones.add(tombstone);
  }

  /// Entries added.
  public long entryCount() {
    return entryCount;
  }

  /// Bytes that the data takes in the file so far, the block being built included: what a merge cuts
  /// its output by.
  public long estimatedFileBytes() {
    return writer.position() + (block.isEmpty() ? 0 : block.size());
  }

  /// Writes what is left, syncs and closes the file.
  ///
  /// @throws IllegalStateException if nothing was added: an empty table has no key range
  public SstableSummary finish() {
    checkOpen();
    if (entryCount == 0 && rangeTombstones.isEmpty()) {
      throw new IllegalStateException("a table needs at least one entry or range tombstone");
    }
    if (!block.isEmpty()) {
      writeBlock();
    }
    BlockHandle pending = unindexed;
    if (pending != null) {
      index.addLast(lastUserKey.slice(last), lastTrailer, pending);
      unindexed = null;
    }
    long dataBytes = writer.position();
    FilterBuilder.Geometry geometry = filter.finish(writer);
    IndexBuilder.Root root = index.finish(writer);
    @Nullable BlockHandle tombstones =
        rangeTombstones.isEmpty()
            ? null
            : writer.write(RangeTombstoneBlock.encode(rangeTombstones), Compression.NONE);
    BlockHandle properties = writeProperties(dataBytes, tombstones);
    var footer = new GrowableBuffer(SstableFormat.FOOTER_BYTES);
    new SstableFooter(
            properties,
            root.handle(),
            root.levels(),
            dataBytes,
            geometry.lines(),
            SstableFormat.FILTER_PARTITION_LINES,
            geometry.probes(),
            fileNumber,
            tombstones == null ? SstableFormat.VERSION : SstableFormat.VERSION_RANGE_TOMBSTONES)
        .encode(footer, writer.position());
    writer.writeRaw(footer.slice());
    writer.flush();
    file.sync();
    closed = true;
    writer.close();
    file.close();
    return summary();
  }

  private SstableSummary summary() {
    boolean any = entryCount > 0;
    TableBounds bounds =
        TableBounds.of(
            any ? Slice.of(smallestUserKey) : null,
            any ? lastUserKey.slice().copy() : null,
            rangeTombstones);
    long smallest = any ? smallestSequence : Long.MAX_VALUE;
    long largest = largestSequence;
    long rangeBytes = 0;
    for (RangeTombstone each : rangeTombstones) {
      smallest = Math.min(smallest, each.sequence());
      largest = Math.max(largest, each.sequence());
      rangeBytes += each.start().length() + KeyRange.encodedEnd(each.end()).length();
    }
    return new SstableSummary(
        fileNumber,
        writer.position(),
        entryCount,
        tombstoneCount,
        rangeTombstones.size(),
        bounds,
        smallest,
        largest,
        rawKeyBytes + rangeBytes,
        rawValueBytes,
        firstExpiryMillis,
        lastExpiryMillis);
  }

  /// Gives up: closes and deletes the file. Does nothing after [#finish()].
  public void abandon() {
    if (!closed) {
      closed = true;
      writer.close();
      file.close();
      fileSystem.delete(path);
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the writer of " + path + " is closed");
    }
  }

  /// Returns whether the user key differs from the one before.
  private boolean checkOrder(Slice userKey, long trailer) {
    if (userKey.length() > InternalKey.USER_KEY_BYTES_MAX) {
      throw new IllegalArgumentException("a key of " + userKey.length() + " bytes is too long");
    }
    if (entryCount == 0) {
      smallestUserKey = userKey.toByteArray();
      return true;
    }
    int byKey = lastUserKey.slice(last).compareTo(userKey);
    if (byKey > 0 || (byKey == 0 && Long.compareUnsigned(lastTrailer, trailer) <= 0)) {
      throw new IllegalArgumentException(
          "entries out of order: " + userKey + " comes after " + last);
    }
    return byKey < 0;
  }

  private void count(EntryKind kind, Slice userKey, long trailer, Slice value) {
    long sequence = InternalKey.sequence(trailer);
    smallestSequence = Math.min(smallestSequence, sequence);
    largestSequence = Math.max(largestSequence, sequence);
    if (kind == EntryKind.DELETE) {
      tombstoneCount++;
    } else {
      long expiry = kind.isExpiring() ? Expiry.millis(value) : Expiry.NEVER;
      firstExpiryMillis = Math.min(firstExpiryMillis, expiry);
      lastExpiryMillis = Math.max(lastExpiryMillis, expiry);
    }
    rawKeyBytes += userKey.length() + InternalKey.TRAILER_BYTES;
    rawValueBytes += value.length();
    entryCount++;
  }

  private void writeBlock() {
    unindexed = writer.write(block.finish(payload), options.compression());
    dataBlockCount++;
    block.reset();
  }

  private BlockHandle writeProperties(long dataBytes, @Nullable BlockHandle tombstones) {
    var properties =
        new SstableProperties(
            entryCount,
            tombstoneCount,
            keyCount,
            smallestUserKey,
            lastUserKey.slice().toByteArray(),
            entryCount == 0 ? 0 : smallestSequence,
            largestSequence,
            rawKeyBytes,
            rawValueBytes,
            dataBlockCount,
            dataBytes,
            options.compression(),
            options.bloomBitsPerKey(),
            firstExpiryMillis,
            lastExpiryMillis,
            rangeTombstones.size(),
            tombstones,
            options.creationMillis());
    var encoded = new GrowableBuffer(512);
    properties.encode(encoded);
    return writer.write(encoded.slice(), Compression.NONE);
  }
}
