package io.varve.engine.memtable;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.EntryIterator;

/// An iterator over a memtable that keeps its memory until it is closed, and after that touches
/// nothing.
final class HeldIterator implements EntryIterator {

  private final Memtable memtable;
  private final EntryIterator entries;
  private boolean closed;

  /// @param memtable with a reference that passes to this iterator
  HeldIterator(Memtable memtable, EntryIterator entries) {
    this.memtable = memtable;
    this.entries = entries;
  }

  @Override
  public boolean isValid() {
    return entries.isValid();
  }

  @Override
  public void seekToFirst() {
    checkOpen();
    entries.seekToFirst();
  }

  @Override
  public void seekToLast() {
    checkOpen();
    entries.seekToLast();
  }

  @Override
  public void seek(Slice userKey, long trailer) {
    checkOpen();
    entries.seek(userKey, trailer);
  }

  @Override
  public void seekForPrev(Slice userKey, long trailer) {
    checkOpen();
    entries.seekForPrev(userKey, trailer);
  }

  @Override
  public void next() {
    entries.next();
  }

  @Override
  public void prev() {
    entries.prev();
  }

  @Override
  public Slice userKey() {
    return entries.userKey();
  }

  @Override
  public long trailer() {
    return entries.trailer();
  }

  @Override
  public Slice value() {
    return entries.value();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      entries.close();
      memtable.release();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the iterator is closed");
    }
  }
}
