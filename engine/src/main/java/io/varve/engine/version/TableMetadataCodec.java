package io.varve.engine.version;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.IncompatibleFormatException;
import io.varve.engine.key.Expiry;
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
    into.putLengthPrefixed(table.largestKey());
  }

  /// Appends what not every table has; nothing for a table that has none of it.
  void encodeAttributes(TableMetadata table, GrowableBuffer into) {
    TableTimes times = table.times();
    if (table.rangeTombstoneCount() > 0) {
      payload.putVarint(table.rangeTombstoneCount());
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
    long fileNumber = from.readVarint();
    long fileBytes = from.readVarint();
    long entryCount = from.readVarint();
    long tombstoneCount = from.readVarint();
    long rawBytes = from.readVarint();
    long smallestSequence = from.readVarint();
    long largestSequence = from.readVarint();
    Slice smallest = from.readLengthPrefixed(new Slice());
    Slice largest = from.readLengthPrefixed(new Slice());
    return new TableMetadata(
        fileNumber,
        fileBytes,
        entryCount,
        tombstoneCount,
        rawBytes,
        smallest,
        largest,
        smallestSequence,
        largestSequence,
        0,
        TableTimes.UNKNOWN,
        List.of());
  }

  /// Reads a table's fields and then attributes to the end.
  ///
  /// @param file for messages
  /// @throws IncompatibleFormatException for an attribute that must be understood and is not
  static TableMetadata decodeWithAttributes(ByteCursor from, String file) {
    TableMetadata plain = decodeFields(from);
    long rangeTombstones = 0;
    TableTimes times = TableTimes.UNKNOWN;
    List<ValueFileShare> shares = new ArrayList<>();
    ByteCursor value = new ByteCursor();
    while (from.hasRemaining()) {
      int tag = from.readVarintInt();
      value.set(from.readLengthPrefixed(new Slice()));
      switch (tag) {
        case ATTRIBUTE_RANGE_TOMBSTONES -> rangeTombstones = value.readVarint();
        case ATTRIBUTE_TIMES ->
            times =
                new TableTimes(
                    value.readVarint(),
                    value.readVarint(),
                    times.firstExpiryMillis(),
                    times.lastExpiryMillis());
        case ATTRIBUTE_EXPIRIES ->
            times =
                new TableTimes(
                    times.oldestMillis(),
                    times.newestMillis(),
                    value.readVarint(),
                    value.readVarint());
        case ATTRIBUTE_VALUE_FILE ->
            shares.add(new ValueFileShare(value.readVarint(), value.readVarint()));
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
    return plain.with(rangeTombstones, times, shares);
  }
}
