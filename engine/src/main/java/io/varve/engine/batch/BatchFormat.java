package io.varve.engine.batch;

/// How a batch lies in the log; its page is `docs/format/wal.md`.
///
/// ```
/// batch     := base sequence(8, little-endian), count(4, little-endian), operation{count}
/// operation := kind code(1), key length(varint), key
///              [kind PUT: value length(varint), value]
///              [kind RANGE_DELETE: end length(varint), end]; the key is the start of the range;
///              an empty end stands behind all keys
///              [kind PUT_EXPIRING: length(varint), expiry millis(8, little-endian), value]
/// ```
///
/// Operation `i` carries sequence number `base + i`. Kind codes are those of
/// [io.varve.engine.key.EntryKind]. There is no version and no checksum here: the record around a
/// batch has the checksum, the log segment the version.
final class BatchFormat {

  static final int BASE_SEQUENCE_OFFSET = 0;
  static final int COUNT_OFFSET = 8;

  /// Bytes before the first operation.
  static final int HEADER_BYTES = 12;

  private BatchFormat() {}
}
