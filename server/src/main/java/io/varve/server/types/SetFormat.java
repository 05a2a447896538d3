package io.varve.server.types;

/// Codes of sets on disk; the section "Sets" of `docs/format/keyspace.md` has the layouts.
///
/// ```
/// payload of an intset  := bytes of a number, 2, 4 or 8 (1), number ..., ascending
/// payload in the header := members (varint), [bytes (varint), member] ...
/// payload if spread     := members (varint)
/// element of a member   := 1 (1), hash of the member (8, big-endian), member -> (empty)
/// ```
final class SetFormat {

  // Encodings lie on disk: never renumber.

  /// Whole numbers in ascending order.
  static final int INTSET = 0;

  /// What Redis calls `listpack`: members in the order in which they came.
  static final int LISTPACK = 1;

  /// What Redis calls `hashtable`, spread or not: no order that anybody may rely on.
  static final int HASHTABLE = 2;

  private SetFormat() {}
}
