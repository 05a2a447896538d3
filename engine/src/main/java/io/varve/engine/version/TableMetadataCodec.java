package io.varve.engine.version;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.IncompatibleFormatException;
import io.varve.engine.key.BoundKind;
import io.varve.engine.key.Expiry;
import io.varve.engine.key.KeyRange;
import java.util.ArrayList;
import java.util.List;

/// A table's metadata as bytes; the page is `docs/format/manifest.md`.
///
/// ```
/// fields     := file number, file bytes, entry count, tombstone count, raw bytes, smallest sequence,
///               largest sequence (varints), smallest key, largest key (each length-prefixed)
/// attributes := attribute*
/// attribute  := tag(varint), length(varint), payload(length)
/// ```
///
/// The largest key of a table whose range tombstones reach farther than its entries is exclusive, which
/// the attribute says that counts them; if it is empty then, it stands behind all keys.
///
/// What every table has is a field; what some have is an attribute. A reader refuses attributes that
/// it does not know, except those from [#ATTRIBUTE_OPTIONAL] on. Reused; one thread.
final class TableMetadataCodec {

  // Lie on disk: never renumber.
  private static final int ATTRIBUTE_RANGE_TOMBSTONES = 1;
  private static final int ATTRIBUTE_TIMES = 2;
  private static final int ATTRIBUTE_EXPIRIES = 3;
  private static final int ATTRIBUTE_VALUE_FILE = 4;

  /// Attributes from here on may be skipped by a reader that does not know them.
  static final int ATTRIBUTE_OPTIONAL = 64;

  private final GrowableBuffer payload = new GrowableBuffer(32);

  void encodeFields(TableMetadata table, GrowableBuffer into) {
    into.putVarint(table.fileNumber());
    into.putVarint(table.fileBytes());
    into.putVarint(table.entryCount());
    into.putVarint(table.tombstoneCount());
    into.putVarint(table.rawBytes());
    into.putVarint(table.smallestSequence());
    into.putVarint(table.largestSequence());
    into.putLengthPrefixed(table.smallestKey());
    into.putLengthPrefixed(KeyRange.encodedEnd(table.largestKey()));
  }

  /// Appends what not every table has; nothing for a table that has none of it.
  void encodeAttributes(TableMetadata table, GrowableBuffer into) {
    TableTimes times = table.times();
    if (table.rangeTombstoneCount() > 0) {
      payload.putVarint(table.rangeTombstoneCount());
      payload.putVarint(table.largestKind().code());
      putAttribute(ATTRIBUTE_RANGE_TOMBSTONES, into);
    }
    if (times.newestMillis() > 0) {
      payload.putVarint(times.oldestMillis());
      payload.putVarint(times.newestMillis());
      putAttribute(ATTRIBUTE_TIMES, into);
    }
    if (times.firstExpiryMillis() != Expiry.NEVER || times.lastExpiryMillis() != Expiry.NEVER) {
      payload.putVarint(times.firstExpiryMillis());
      payload.putVarint(times.lastExpiryMillis());
      putAttribute(ATTRIBUTE_EXPIRIES, into);
    }
    for (ValueFileShare share : table.valueFiles()) {
      payload.putVarint(share.fileNumber());
      payload.putVarint(share.bytes());
      payload.putVarint(share.valueBytes());
      payload.putVarint(share.fileBytes());
      putAttribute(ATTRIBUTE_VALUE_FILE, into);
    }
  }

  private void putAttribute(int tag, GrowableBuffer into) {
    into.putVarint(tag);
    into.putVarint(payload.size());
    into.putBytes(payload.segment(), 0, payload.size());
    payload.clear();
  }

  /// Reads a table that has fields only.
  ///
  /// @throws ByteCursor.MalformedException if the bytes do not follow the grammar
  /// @throws IllegalArgumentException if they say something impossible
  static TableMetadata decodeFields(ByteCursor from) {
    return new Draft(from).build();
  }

  /// The fields of a table while its attributes are not known. Their keys have meaning only together
  /// with these.
  private static final class Draft {
    private final long fileNumber;
    private final long fileBytes;
    private final long entryCount;
    private final long tombstoneCount;
    private final long rawBytes;
    private final long smallestSequence;
    private final long largestSequence;
    private final Slice smallestKey;
    private final Slice largestKey;
    private BoundKind largestKind = BoundKind.INCLUSIVE;
    private long rangeTombstones;
    private TableTimes times = TableTimes.UNKNOWN;
    private final List<ValueFileShare> shares = new ArrayList<>();

    Draft(ByteCursor from) {
      fileNumber = from.readVarint();
      fileBytes = from.readVarint();
      entryCount = from.readVarint();
      tombstoneCount = from.readVarint();
      rawBytes = from.readVarint();
      smallestSequence = from.readVarint();
      largestSequence = from.readVarint();
      smallestKey = from.readLengthPrefixed(new Slice());
      largestKey = from.readLengthPrefixed(new Slice());
    }

    TableMetadata build() {
      return new TableMetadata(
          fileNumber,
          fileBytes,
          entryCount,
          tombstoneCount,
          rawBytes,
          smallestKey,
          largestKind == BoundKind.EXCLUSIVE ? KeyRange.decodedEnd(largestKey) : largestKey,
          largestKind,
          smallestSequence,
          largestSequence,
          rangeTombstones,
          times,
          shares);
    }
  }

  /// Reads a table's fields and then attributes to the end.
  ///
  /// @param file for messages
  /// @throws IncompatibleFormatException for an attribute that must be understood and is not
  static TableMetadata decodeWithAttributes(ByteCursor from, String file) {
    Draft draft = new Draft(from);
    ByteCursor value = new ByteCursor();
    while (from.hasRemaining()) {
      int tag = from.readVarintInt();
      value.set(from.readLengthPrefixed(new Slice()));
      switch (tag) {
        case ATTRIBUTE_RANGE_TOMBSTONES -> {
          draft.rangeTombstones = value.readVarint();
          draft.largestKind = BoundKind.ofCode(value.readVarintInt());
        }
        case ATTRIBUTE_TIMES ->
            draft.times =
                new TableTimes(
                    value.readVarint(),
                    value.readVarint(),
                    draft.times.firstExpiryMillis(),
                    draft.times.lastExpiryMillis());
        case ATTRIBUTE_EXPIRIES ->
            draft.times =
                new TableTimes(
                    draft.times.oldestMillis(),
                    draft.times.newestMillis(),
                    value.readVarint(),
                    value.readVarint());
        case ATTRIBUTE_VALUE_FILE ->
            draft.shares.add(
                new ValueFileShare(
                    value.readVarint(),
                    value.readVarint(),
                    value.readVarint(),
                    value.readVarint()));
        default -> {
          if (tag < ATTRIBUTE_OPTIONAL) {
            throw new IncompatibleFormatException(file, "a table has an attribute of tag " + tag);
          }
          value.skip(value.remaining());
        }
      }
      if (value.hasRemaining()) {
        throw new IllegalArgumentException(
            value.remaining() + " bytes are left behind attribute " + tag);
      }
    }
    return draft.build();
  }
}
