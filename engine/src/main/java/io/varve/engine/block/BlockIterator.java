package io.varve.engine.block;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.key.InternalKey;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Walks the entries of a block in both directions.
///
/// Made once and moved from block to block with [#attach(Block)]; holds one reference to the block
/// it is on. Going back, a restart interval is decoded once and its entries are kept, so a step
/// back costs no more than a step forward. One thread.
public final class BlockIterator implements EntryIterator {

  /// Fields of an entry kept for going back: start, end of its key in `keptKeys`, offset of entry,
  /// offset and length of its value. The trailer lies before the value.
  private static final int KEPT_FIELDS = 5;

  private final GrowableBuffer key = GrowableBuffer.onHeap(64);
  private final GrowableBuffer keptKeys = GrowableBuffer.onHeap(0);
  private final Slice userKey = new Slice();
  private final Slice value = new Slice();
  private int[] kept = new int[0];
  private int keptCount;
  private @Nullable Block block;
  private int end;
  private int entryAt;
  private int nextAt;
  private int valueAt;
  private int valueBytes;
  private boolean valid;

  /// Moves to another block, standing nowhere in it.
  ///
  /// @param next a block with a reference that the iterator takes over
  public void attach(Block next) {
    close();
    block = next;
    end = BlockSearch.entriesEnd(next);
  }

  /// Whether the iterator is on the block at an offset of its file.
  public boolean isAttachedTo(long offset) {
    return block != null && block.offset() == offset;
  }

  @Override
  public boolean isValid() {
    return valid;
  }

  @Override
  public void seekToFirst() {
    start(0);
    step();
  }

  @Override
  public void seekToLast() {
    Block on = attached();
    valid = false;
    keptCount = 0;
    if (end > 0) {
      start(BlockSearch.restartPoint(on, end, BlockSearch.restartCount(on) - 1));
      while (nextAt < end) {
        step();
      }
    }
  }

  @Override
  public void seek(Slice target, long trailer) {
    Block on = attached();
    valid = false;
    keptCount = 0;
    if (end == 0) {
      return;
    }
    long found = BlockSearch.findEntry(on, target, trailer);
    if (found == BlockSearch.NONE) {
      return;
    }
    // The search has not rebuilt the keys on its way: what the entry shares, it shares with the
    // target.
    int at = BlockSearch.entryAt(found);
    int shared = (int) BlockSearch.varint(on, at, end);
    MemorySegment targetBytes = target.segment();
    long targetAt = target.offset();
    key.clear();
    key.putBytes(targetBytes, targetAt, shared);
    nextAt = at;
    step();
  }

  @Override
  public void seekForPrev(Slice target, long trailer) {
    seek(target, trailer);
    if (!valid) {
      seekToLast();
    } else if (InternalKey.compare(userKey, trailer(), target, trailer) > 0) {
      prev();
    }
  }

  @Override
  public void next() {
    assert valid;
    keptCount = 0;
    step();
  }

  @Override
  public void prev() {
    assert valid;
    if (keptCount == 0) {
      keepInterval();
      if (keptCount == 0) {
        valid = false;
        return;
      }
    }
    int at = --keptCount * KEPT_FIELDS;
    key.clear();
    key.putBytes(keptKeys.segment(), kept[at], kept[at + 1] - kept[at]);
    entryAt = kept[at + 2];
    valueAt = kept[at + 3];
    valueBytes = kept[at + 4];
    nextAt = valueAt + valueBytes;
    key.slice(userKey);
    value.set(attached().bytes(), valueAt, valueBytes);
    valid = true;
  }

  @Override
  public Slice userKey() {
    return userKey;
  }

  @Override
  public long trailer() {
    return attached().bytes().get(Layouts.LONG_BE, (long) valueAt - Long.BYTES);
  }

  @Override
  public Slice value() {
    return value;
  }

  /// Lets go of the block; [#attach(Block)] may follow.
  @Override
  public void close() {
    valid = false;
    keptCount = 0;
    Block held = block;
    if (held != null) {
      block = null;
      value.clear();
      held.release();
    }
  }

  private Block attached() {
    Block on = block;
    if (on == null) {
      throw new IllegalStateException("the iterator is on no block");
    }
    return on;
  }

  private void start(int at) {
    attached();
    valid = false;
    keptCount = 0;
    nextAt = at;
    key.clear();
  }

  /// Decodes the entry at `nextAt`; `key` holds the one before.
  private void step() {
    Block on = attached();
    valid = false;
    if (nextAt >= end) {
      return;
    }
    int at = nextAt;
    long head = BlockSearch.varint(on, at, end);
    int shared = (int) head;
    head = BlockSearch.varint(on, BlockSearch.position(head), end);
    int unshared = (int) head;
    head = BlockSearch.varint(on, BlockSearch.position(head), end);
    int keyAt = BlockSearch.position(head);
    long next = (long) keyAt + unshared + Long.BYTES + (int) head;
    if (shared > key.size() || next > end) {
      throw on.malformed(at, "an entry shares more than there is or reaches over the end");
    }
    key.truncate(shared);
    key.putBytes(on.bytes(), keyAt, unshared);
    entryAt = at;
    valueAt = keyAt + unshared + Long.BYTES;
    valueBytes = (int) head;
    nextAt = (int) next;
    key.slice(userKey);
    value.set(on.bytes(), valueAt, valueBytes);
    valid = true;
  }

  /// Decodes all entries from the last restart point before this entry up to it.
  private void keepInterval() {
    Block on = attached();
    int before = entryAt;
    if (before == 0) {
      return;
    }
    int low = 0;
    int high = BlockSearch.restartCount(on) - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (BlockSearch.restartPoint(on, end, middle) < before) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    start(BlockSearch.restartPoint(on, end, low));
    keptKeys.clear();
    int count = 0;
    while (nextAt < before) {
      step();
      int at = count * KEPT_FIELDS;
      if (at == kept.length) {
        kept = Arrays.copyOf(kept, Math.max(16 * KEPT_FIELDS, kept.length * 2));
      }
      kept[at] = keptKeys.size();
      keptKeys.putBytes(userKey);
      kept[at + 1] = keptKeys.size();
      kept[at + 2] = entryAt;
      kept[at + 3] = valueAt;
      kept[at + 4] = valueBytes;
      count++;
    }
    keptCount = count;
  }
}
