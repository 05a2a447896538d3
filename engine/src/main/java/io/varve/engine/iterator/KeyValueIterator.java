package io.varve.engine.iterator;

import io.varve.engine.bytes.Slice;

/// Walks keys and their values as a user sees them: one value per key, no tombstones, keys in
/// ascending order of unsigned bytes.
///
/// A new iterator stands nowhere until one of the seeks. Slices are the iterator's own and valid
/// until it moves or closes. An iterator belongs to one thread. Moves throw what those of
/// [EntryIterator] throw; after that the iterator stands nowhere and may be sought again, so a caller
/// that allows memory only and means to go on keeps a copy of the last key.
public interface KeyValueIterator extends AutoCloseable {

  /// Whether the iterator stands on a key.
  boolean isValid();

  void seekToFirst();

  void seekToLast();

  /// Moves to the first key that is not less than `key`.
  void seek(Slice key);

  /// Moves to the last key that is not greater than `key`.
  void seekForPrev(Slice key);

  /// Needs [#isValid()].
  void next();

  /// Needs [#isValid()].
  void prev();

  Slice key();

  /// The value. One that lies apart from its entry is fetched when it is first asked for, so that may
  /// throw what a move may; the iterator stays where it is then.
  Slice value();

  /// Lets go of blocks and memory. Throws nothing; may be called twice.
  @Override
  void close();
}
