package io.varve.engine;

import io.varve.engine.bytes.Slice;
import io.varve.engine.memtable.Memtable;
import io.varve.engine.range.KeySpan;
import io.varve.engine.range.RangeCover;
import io.varve.engine.range.RangeTombstones;
import org.jspecify.annotations.Nullable;

/// The range tombstones of a memtable as of one moment.
///
/// @param newestEntry greatest sequence number of an entry of the memtable
record MemtableCover(RangeTombstones tombstones, long newestEntry) implements RangeCover {

  /// Null if the memtable has no range tombstones.
  static @Nullable MemtableCover of(Memtable memtable) {
    RangeTombstones tombstones = memtable.rangeTombstones();
    return tombstones.isEmpty() ? null : new MemtableCover(tombstones, memtable.newestEntry());
  }

  @Override
  public void locate(Slice key, long sequence, KeySpan into) {
    tombstones.locate(key, sequence, into);
    into.setNewestEntry(newestEntry);
  }
}
