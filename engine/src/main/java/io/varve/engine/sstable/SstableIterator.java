package io.varve.engine.sstable;

import io.varve.engine.block.Block;
import io.varve.engine.block.BlockHandle;
import io.varve.engine.block.BlockIterator;
import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import org.jspecify.annotations.Nullable;

/// Walks a table: root index, index partition, data block, each an iterator of its own. One thread.
///
/// Holds one reference to the table, one to an index partition and one to a data block, loaded when
/// the walk gets there. `valid` is true only while `data` stands on an entry and the index iterators
/// stand on that block's entries; every move that may load clears it first, so a move that throws
/// leaves the iterator nowhere.
final class SstableIterator implements EntryIterator {

  private final SstableReader table;
  private final ReadContext context;
  private final int level;
  private final @Nullable ReadAhead readAhead;
  private final BlockIterator root = new BlockIterator();
  private final BlockIterator partition = new BlockIterator();
  private final BlockIterator index;
  private final BlockIterator data = new BlockIterator();
  private final ByteCursor cursor = new ByteCursor();
  private boolean valid;
  private boolean closed;

  /// @param table with a reference that the iterator takes over
  SstableIterator(SstableReader table, ReadContext context, int level, CachePolicy policy) {
    this.table = table;
    this.context = context;
    this.level = level;
    this.readAhead = policy == CachePolicy.BYPASS ? table.readAhead() : null;
    this.index = table.footer().indexLevels() == 2 ? partition : root;
    root.attach(table.rootIndex().retain());
  }

  @Override
  public boolean isValid() {
    return valid;
  }

  @Override
  public void seekToFirst() {
    valid = false;
    root.seekToFirst();
    if (root.isValid()) {
      if (index == partition) {
        loadPartition();
        index.seekToFirst();
      }
      firstOfBlockOrLater();
    }
  }

  @Override
  public void seekToLast() {
    valid = false;
    root.seekToLast();
    if (root.isValid()) {
      if (index == partition) {
        loadPartition();
        index.seekToLast();
      }
      lastOfBlockOrEarlier();
    }
  }

  @Override
  public void seek(Slice userKey, long trailer) {
    if (seekIndex(userKey, trailer)) {
      loadData();
      data.seek(userKey, trailer);
      if (data.isValid()) {
        valid = true;
      } else {
        nextIndexEntry();
        firstOfBlockOrLater();
      }
    }
  }

  @Override
  public void seekForPrev(Slice userKey, long trailer) {
    if (!seekIndex(userKey, trailer)) {
      seekToLast();
      return;
    }
    loadData();
    data.seekForPrev(userKey, trailer);
    if (data.isValid()) {
      valid = true;
    } else {
      previousIndexEntry();
      lastOfBlockOrEarlier();
    }
  }

  @Override
  public void next() {
    assert valid;
    valid = false;
    data.next();
    if (data.isValid()) {
      valid = true;
    } else {
      nextIndexEntry();
      firstOfBlockOrLater();
    }
  }

  @Override
  public void prev() {
    assert valid;
    valid = false;
    data.prev();
    if (data.isValid()) {
      valid = true;
    } else {
      previousIndexEntry();
      lastOfBlockOrEarlier();
    }
  }

  @Override
  public Slice userKey() {
    return data.userKey();
  }

  @Override
  public long trailer() {
    return data.trailer();
  }

  @Override
  public Slice value() {
    return data.value();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      valid = false;
      root.close();
      partition.close();
      data.close();
      if (readAhead != null) {
        readAhead.close();
      }
      table.release();
    }
  }

  /// Moves the index to the block that would hold the target; false if the target is behind all.
  private boolean seekIndex(Slice userKey, long trailer) {
    valid = false;
    long indexTrailer = IndexEntry.searchTrailer(trailer);
    root.seek(userKey, indexTrailer);
    if (!root.isValid()) {
      return false;
    }
    if (index == partition) {
      loadPartition();
      index.seek(userKey, indexTrailer);
      if (!index.isValid()) {
        throw table.partitionTooShort(handle(root).offset());
      }
    }
    return true;
  }

  private void nextIndexEntry() {
    index.next();
    if (!index.isValid() && index == partition) {
      root.next();
      if (root.isValid()) {
        loadPartition();
        index.seekToFirst();
      }
    }
  }

  private void previousIndexEntry() {
    index.prev();
    if (!index.isValid() && index == partition) {
      root.prev();
      if (root.isValid()) {
        loadPartition();
        index.seekToLast();
      }
    }
  }

  /// Goes to the first entry of the block that the index stands on, or of the next that has one.
  private void firstOfBlockOrLater() {
    while (index.isValid()) {
      loadData();
      data.seekToFirst();
      if (data.isValid()) {
        valid = true;
        return;
      }
      nextIndexEntry();
    }
  }

  private void lastOfBlockOrEarlier() {
    while (index.isValid()) {
      loadData();
      data.seekToLast();
      if (data.isValid()) {
        valid = true;
        return;
      }
      previousIndexEntry();
    }
  }

  private void loadPartition() {
    BlockHandle handle = handle(root);
    if (!partition.isAttachedTo(handle.offset())) {
      partition.close();
      partition.attach(
          readAhead == null
              ? table
                  .blocks()
                  .getForScan(handle.offset(), handle.length(), ReadReason.INDEX, context, level)
              : table
                  .blocks()
                  .getPrivately(
                      handle.offset(), handle.length(), ReadReason.INDEX, context, level));
    }
  }

  private void loadData() {
    BlockHandle handle = handle(index);
    if (!data.isAttachedTo(handle.offset())) {
      // Let go of the old block first: one at a time is held, not two.
      data.close();
      Block block =
          readAhead == null
              ? table
                  .blocks()
                  .getForScan(handle.offset(), handle.length(), ReadReason.DATA, context, level)
              : readAhead.get(handle.offset(), handle.length(), context, level);
      data.attach(block);
    }
  }

  private BlockHandle handle(BlockIterator of) {
    try {
      return BlockHandle.decode(cursor.set(of.value()));
    } catch (ByteCursor.MalformedException e) {
      throw new CorruptionException(
          table.fileName(),
          table.footer().rootIndex().offset(),
          "an index entry holds no block handle: " + e.getMessage());
    }
  }
}
