package io.varve.engine.iterator;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;

/// Walks the versions of a layer in internal order: user keys ascending, newest version first.
///
/// A new iterator stands nowhere ([#isValid()] is false) until one of the seeks. All versions and
/// tombstones show; visibility is decided above. The slices that [#userKey()] and [#value()] return
/// are the iterator's own and valid until it moves or closes. An iterator belongs to one thread.
///
/// Every move may throw `CorruptionException` or `StorageException`, and, where its [ReadContext]
/// allows memory only, `NotInMemoryException`; after any of them the iterator stands nowhere and may
/// be sought again.
public interface EntryIterator extends AutoCloseable {

  /// Whether the iterator stands on an entry.
  boolean isValid();

  void seekToFirst();

  void seekToLast();

  /// Moves to the first entry at or after (`userKey`, `trailer`) in internal order.
  ///
  /// @param trailer from [InternalKey#seekTrailer(long)]; `seekTrailer(SEQUENCE_MAX)` finds the
  ///     newest version
  void seek(Slice userKey, long trailer);

  /// Moves to the last entry at or before (`userKey`, `trailer`) in internal order. With trailer 0:
  /// the oldest version of the greatest user key that is not greater than `userKey`.
  void seekForPrev(Slice userKey, long trailer);

  /// Needs [#isValid()].
  void next();

  /// Needs [#isValid()].
  void prev();

  Slice userKey();

  /// Sequence number and kind, as in [InternalKey].
  long trailer();

  /// The value as the entry holds it: empty for a tombstone, behind an expiry where the kind says so,
  /// and a reference where it says that the value lies apart.
  Slice value();

  /// Level of the table that the entry is in, for counting; 0 for one that is in none.
  default int level() {
    return 0;
  }

  default long sequence() {
    return InternalKey.sequence(trailer());
  }

  default EntryKind kind() {
    return InternalKey.kind(trailer());
  }

  /// Lets go of blocks and memory. Throws nothing; may be called twice.
  @Override
  void close();
}
