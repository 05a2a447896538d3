package io.varve.server.types;

import io.varve.server.keyspace.Elements;

/// How sorted sets lie in headers and elements: `docs/format/keyspace.md`, "Sorted sets". The codes lie
/// on disk: never renumber.
final class SortedSetFormat {

  /// Encoding of a set that is its header alone; the payload holds all rank keys in order.
  static final int PACKED = 0;

  /// Encoding of a set that is spread over elements; the payload holds its size, the height of the
  /// rank index and where elements begin and end.
  static final int SPREAD = 1;

  // First byte of a subkey: the space it belongs to.

  /// Hash of the member, member; the value is the score.
  static final int MEMBER_SPACE = HashedElements.TAG;

  /// Rank key; no value.
  static final int SCORE_SPACE = 2;

  /// Level, rank key that a node begins at; the value is how many members the node spans.
  static final int INDEX_SPACE = 3;

  /// What stands in front of the member in the longest subkey: space, level, score.
  private static final int SUBKEY_OVERHEAD = 1 + 1 + RankKey.SCORE_BYTES;

  static final int MEMBER_BYTES_MAX = Elements.SUBKEY_BYTES_MAX - SUBKEY_OVERHEAD;

  private SortedSetFormat() {}
}
