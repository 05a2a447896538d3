package io.varve.engine.memtable;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.Lookup;
import io.varve.engine.range.RangeTombstones;

/// Holds versions of keys until a flush writes them to a table.
///
/// One thread writes; any number read at the same time without waiting. A reader sees every entry
/// whose sequence number was published to it (by a volatile write after the put) before it asked.
/// Memory is outside the heap and counted by reference: created with one reference; who reads holds
/// one ([#tryRetain()]); the last [#release()] frees it.
public interface Memtable {

  /// What an entry costs beyond its key and value, roughly: links, lengths, its share of the index.
  long ENTRY_OVERHEAD_BYTES = 48;

  /// Adds a version. Sequence numbers come in ascending order. Key and value are copied.
  void put(Slice userKey, long sequence, EntryKind kind, Slice value);

  /// Adds a range tombstone: older versions of the keys from `start`, inclusive, to `end`, exclusive,
  /// are deleted. Sequence numbers ascend together with those of [#put]. The bounds are copied.
  void deleteRange(Slice start, Slice end, long sequence);

  /// The range tombstones added so far; valid for ever. An iterator shows none of them.
  RangeTombstones rangeTombstones();

  /// Greatest sequence number that was put, 0 if there is none; range tombstones do not count.
  long newestEntry();

  /// Finds the newest version that a snapshot at `sequence` may see.
  ///
  /// @param value pointed at the value if found, expiry and all; valid while a reference is held
  Lookup get(Slice userKey, long sequence, Slice value);

  /// Reads what looking up or writing keys will read first, so that their cache misses overlap.
  ///
  /// @param keyHashes [Slice#hash()] of the user keys
  /// @param count how many of them count
  /// @return something that depends on what was read, of no meaning; use it
  long touch(long[] keyHashes, int count);

  /// Walks everything that had been put when the iterator was made; what is put later need not
  /// show. Making it needs a held reference; the iterator then holds one of its own until closed.
  EntryIterator iterator();

  /// Bytes of memory reserved for entries and index.
  long memoryBytes();

  /// Bytes in use, roughly: what grows with each put, unlike the memory that is reserved ahead of it.
  default long usedBytes() {
    return payloadBytes() + entryCount() * ENTRY_OVERHEAD_BYTES + rangeTombstoneBytes();
  }

  /// Bytes of memory that the range tombstones take, about.
  long rangeTombstoneBytes();

  /// Bytes of keys and values put, a measure of what a flush will write.
  long payloadBytes();

  /// Versions put.
  long entryCount();

  default boolean isEmpty() {
    return entryCount() == 0 && rangeTombstones().isEmpty();
  }

  /// Takes a reference unless the memory is already freed.
  boolean tryRetain();

  void release();
}
