package io.varve.engine.version;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.ByteCursor.MalformedException;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.IncompatibleFormatException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// A version edit as bytes; the page is `docs/format/manifest.md`.
///
/// ```
/// edit          := field*
/// field         := tag(varint), length(varint), payload(length)
/// added table   := level, run id, file number, file bytes, entry count, tombstone count, raw bytes,
///                  smallest sequence, largest sequence (varints), smallest key, largest key
///                  (each length-prefixed)
/// removed table := level, file number (varints)
/// number        := varint
/// property      := name, value (each length-prefixed, UTF-8)
/// ```
///
/// A reader refuses tags that it does not know, except those from [#TAG_OPTIONAL] on, which it may
/// skip: so a later version can say things that an earlier one need not understand. Bytes behind the
/// known part of a payload are refused too.
final class VersionEditCodec {

  // Lie on disk: never renumber.
  private static final int TAG_ADDED_TABLE = 1;
  private static final int TAG_REMOVED_TABLE = 2;
  private static final int TAG_NEXT_FILE_NUMBER = 3;
  private static final int TAG_LAST_SEQUENCE = 4;
  private static final int TAG_WAL_SEGMENT = 5;
  private static final int TAG_PROPERTY = 6;

  /// Tags from here on may be skipped by a reader that does not know them.
  static final int TAG_OPTIONAL = 64;

  private final GrowableBuffer field = new GrowableBuffer(256);

  /// Appends the encoding of an edit.
  void encode(VersionEdit edit, GrowableBuffer into) {
    for (VersionEdit.RemovedTable removed : edit.removed()) {
      field.clear();
      field.putVarint(removed.level());
      field.putVarint(removed.fileNumber());
      putField(TAG_REMOVED_TABLE, into);
    }
    for (VersionEdit.AddedTable added : edit.added()) {
      encodeAdded(added);
      putField(TAG_ADDED_TABLE, into);
    }
    putNumber(TAG_NEXT_FILE_NUMBER, edit.nextFileNumber(), into);
    putNumber(TAG_LAST_SEQUENCE, edit.lastSequence(), into);
    putNumber(TAG_WAL_SEGMENT, edit.walSegment(), into);
    for (Map.Entry<String, String> property : new TreeMap<>(edit.properties()).entrySet()) {
      field.clear();
      putText(property.getKey());
      putText(property.getValue());
      putField(TAG_PROPERTY, into);
    }
  }

  private void encodeAdded(VersionEdit.AddedTable added) {
    TableMetadata table = added.table();
    field.clear();
    field.putVarint(added.level());
    field.putVarint(added.runId());
    field.putVarint(table.fileNumber());
    field.putVarint(table.fileBytes());
    field.putVarint(table.entryCount());
    field.putVarint(table.tombstoneCount());
    field.putVarint(table.rawBytes());
    field.putVarint(table.smallestSequence());
    field.putVarint(table.largestSequence());
    field.putLengthPrefixed(table.smallestKey());
    field.putLengthPrefixed(table.largestKey());
  }

  private void putText(String text) {
    field.putLengthPrefixed(Slice.of(text));
  }

  private void putNumber(int tag, long value, GrowableBuffer into) {
    if (value != VersionEdit.UNCHANGED) {
      field.clear();
      field.putVarint(value);
      putField(tag, into);
    }
  }

  private void putField(int tag, GrowableBuffer into) {
    into.putVarint(tag);
    into.putVarint(field.size());
    into.putBytes(field.segment(), 0, field.size());
  }

  /// Reads what [#encode] wrote.
  ///
  /// @param file for messages
  /// @throws MalformedException if the bytes do not follow the grammar
  /// @throws IncompatibleFormatException if they carry a field that must be understood and is not
  static VersionEdit decode(Slice bytes, String file) {
    VersionEdit.Builder edit = VersionEdit.builder();
    ByteCursor cursor = new ByteCursor(bytes);
    ByteCursor payload = new ByteCursor();
    Slice scratch = new Slice();
    while (cursor.hasRemaining()) {
      int tag = cursor.readVarintInt();
      payload.set(cursor.readLengthPrefixed(scratch));
      decodeField(tag, payload, edit, file);
    }
    return edit.build();
  }

  private static void decodeField(
      int tag, ByteCursor payload, VersionEdit.Builder edit, String file) {
    try {
      switch (tag) {
        case TAG_ADDED_TABLE -> decodeAdded(payload, edit);
        case TAG_REMOVED_TABLE -> edit.remove(payload.readVarintInt(), payload.readVarint());
        case TAG_NEXT_FILE_NUMBER -> edit.nextFileNumber(readNumber(payload));
        case TAG_LAST_SEQUENCE -> edit.lastSequence(readNumber(payload));
        case TAG_WAL_SEGMENT -> edit.walSegment(readNumber(payload));
        case TAG_PROPERTY -> edit.property(readText(payload), readText(payload));
        default -> {
          if (tag < TAG_OPTIONAL) {
            throw new IncompatibleFormatException(file, "a version edit has a field of tag " + tag);
          }
          return;
        }
      }
    } catch (IllegalArgumentException impossible) {
      throw new MalformedEditException(tag, String.valueOf(impossible.getMessage()));
    }
    if (payload.hasRemaining()) {
      throw new MalformedEditException(
          tag, payload.remaining() + " bytes are left behind its payload");
    }
  }

  private static void decodeAdded(ByteCursor payload, VersionEdit.Builder edit) {
    int level = payload.readVarintInt();
    long runId = payload.readVarint();
    long fileNumber = payload.readVarint();
    long fileBytes = payload.readVarint();
    long entryCount = payload.readVarint();
    long tombstoneCount = payload.readVarint();
    long rawBytes = payload.readVarint();
    long smallestSequence = payload.readVarint();
    long largestSequence = payload.readVarint();
    Slice smallest = payload.readLengthPrefixed(new Slice());
    Slice largest = payload.readLengthPrefixed(new Slice());
    edit.add(
        level,
        runId,
        new TableMetadata(
            fileNumber,
            fileBytes,
            entryCount,
            tombstoneCount,
            rawBytes,
            smallest,
            largest,
            smallestSequence,
            largestSequence));
  }

  private static long readNumber(ByteCursor payload) {
    long value = payload.readVarint();
    if (value < 0) {
      throw new IllegalArgumentException(
          "number " + Long.toUnsignedString(value) + " is out of range");
    }
    return value;
  }

  private static String readText(ByteCursor payload) {
    return new String(
        payload.readLengthPrefixed(new Slice()).toByteArray(), StandardCharsets.UTF_8);
  }

  /// An edit whose checksum holds and which still says something impossible.
  static final class MalformedEditException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedEditException(int tag, String detail) {
      super("field of tag " + tag + ": " + detail);
    }
  }
}
