package io.varve.engine.compaction;

import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.range.RangeTombstones;

/// A sealed memtable, as a flush sees it. Nobody writes to it any more.
public interface FlushSource {

  /// Walks all entries. May be called again if a flush has to be repeated; each iterator is closed.
  EntryIterator iterator();

  /// Versions of keys in it.
  long entryCount();

  /// Bytes of its keys and values.
  long rawBytes();

  /// Its range tombstones, which the iterator does not show.
  RangeTombstones rangeTombstones();

  /// Greatest sequence number in it.
  long largestSequence();

  /// First WAL segment that recovery needs once this memtable is a table.
  long walSegmentAfter();
}
