package io.varve.engine;

import io.varve.engine.compaction.FlushSource;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.memtable.Memtable;
import io.varve.engine.range.RangeTombstones;

/// A full memtable on its way to a table.
///
/// @param largestSequence newest sequence number in it
/// @param walSegmentAfter WAL segment from which replay has to start once this memtable is flushed
record SealedMemtable(Memtable memtable, long largestSequence, long walSegmentAfter)
    implements FlushSource {

  @Override
  public EntryIterator iterator() {
    return memtable.iterator();
  }

  @Override
  public long entryCount() {
    return memtable.entryCount();
  }

  @Override
  public long rawBytes() {
    return memtable.payloadBytes();
  }

  @Override
  public RangeTombstones rangeTombstones() {
    return memtable.rangeTombstones();
  }
}
