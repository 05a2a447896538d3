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
/// added table   := level, run id (varints), fields of TableMetadataCodec
/// described     := level, run id (varints), fields and attributes of TableMetadataCodec
/// removed table := level, file number (varints)
/// number        := varint
/// property      := name, value (each length-prefixed, UTF-8)
/// ```
///
/// A reader refuses tags that it does not know, except those from [#TAG_OPTIONAL] on, which it may
/// skip: so a later version can say things that an earlier one need not understand. Bytes behind the
/// known part of a payload are refused too. A table without attributes is written as an added table,
/// which is how it always was.
final class VersionEditCodec {

  // Lie on disk: never renumber.
  private static final int TAG_ADDED_TABLE = 1;
  private static final int TAG_REMOVED_TABLE = 2;
  private static final int TAG_NEXT_FILE_NUMBER = 3;
  private static final int TAG_LAST_SEQUENCE = 4;
  private static final int TAG_WAL_SEGMENT = 5;
  private static final int TAG_PROPERTY = 6;
  private static final int TAG_DESCRIBED_TABLE = 7;

  /// Tags from here on may be skipped by a reader that does not know them.
  static final int TAG_OPTIONAL = 64;

  private final GrowableBuffer field = new GrowableBuffer(256);
  private final TableMetadataCodec tables = new TableMetadataCodec();

  /// Appends the encoding of an edit.
  void encode(VersionEdit edit, GrowableBuffer into) {
    for (VersionEdit.RemovedTable removed : edit.removed()) {
      field.clear();
      field.putVarint(removed.level());
      field.putVarint(removed.fileNumber());
      putField(TAG_REMOVED_TABLE, into);
    }
    for (VersionEdit.AddedTable added : edit.added()) {
      field.clear();
      field.putVarint(added.level());
      field.putVarint(added.runId());
      tables.encodeFields(added.table(), field);
      int plain = field.size();
      tables.encodeAttributes(added.table(), field);
      putField(field.size() == plain ? TAG_ADDED_TABLE : TAG_DESCRIBED_TABLE, into);
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
        case TAG_ADDED_TABLE ->
            edit.add(
                payload.readVarintInt(),
                payload.readVarint(),
                TableMetadataCodec.decodeFields(payload));
        case TAG_DESCRIBED_TABLE ->
            edit.add(
                payload.readVarintInt(),
                payload.readVarint(),
                TableMetadataCodec.decodeWithAttributes(payload, file));
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
