package io.varve.server.types;

/// Codes of hashes on disk; the section "Hashes" of `docs/format/keyspace.md` has the layouts.
///
/// ```
/// payload in the header  := fields (varint), entry ...
/// entry                  := field bytes (varint), field, value bytes * 2 + expires (varint),
///                           [expiry millis (8)], value
/// payload if spread      := fields (varint)
/// element of a field     := 1 (1), hash of the field (8, big-endian), field
///                        -> flags (1), [expiry millis (8)], value
/// element of a deadline  := 2 (1), expiry millis (8, big-endian), field -> (empty)
/// ```
final class HashFormat {

  // Encodings lie on disk: never renumber.

  /// What Redis calls `listpack`: fields in the order in which they came.
  static final int LISTPACK = 0;

  /// What Redis calls `hashtable`, spread or not: fields in no order that anybody may rely on.
  static final int HASHTABLE = 1;

  /// What Redis calls `listpackex`: fields in the order of their deadlines, those without one last.
  static final int LISTPACK_WITH_DEADLINES = 2;

  // Flags of an element lie on disk: never renumber.

  static final int FLAG_EXPIRY = 1;

  private HashFormat() {}
}
