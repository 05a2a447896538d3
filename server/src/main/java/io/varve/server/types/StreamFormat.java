package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import java.util.function.Function;

/// How a stream lies on its header and elements: `docs/format/keyspace.md`.
///
/// ```
/// entry     'E' id (16)                          -> fields
/// group     'G' group name                       -> group record
/// consumer  'C' group (8) consumer name          -> consumer record
/// pending   'P' group (8) id (16)                -> pending record
/// owned     'O' group (8) consumer (8) id (16)   -> (empty)
/// ```
///
/// Groups and consumers are numbered, so that what belongs to one is a contiguous range whatever the
/// bytes of its name, and no number is used twice in a stream. The spaces are never renumbered.
final class StreamFormat {

  /// The only encoding there is.
  static final int ENCODING = 0;

  static final char ENTRY = 'E';
  static final char GROUP = 'G';
  static final char CONSUMER = 'C';
  static final char PENDING = 'P';
  static final char OWNED = 'O';

  private StreamFormat() {}

  static Slice entryKey(StreamId id) {
    GrowableBuffer key = begin(ENTRY, StreamId.KEY_BYTES);
    id.appendTo(key);
    return key.slice();
  }

  static Slice groupKey(Slice name) {
    GrowableBuffer key = begin(GROUP, name.length());
    key.putBytes(name);
    return key.slice();
  }

  static Slice consumerKey(long group, Slice name) {
    GrowableBuffer key = begin(CONSUMER, Long.BYTES + name.length());
    key.putLongBigEndian(group);
    key.putBytes(name);
    return key.slice();
  }

  static Slice pendingKey(long group, StreamId id) {
    GrowableBuffer key = begin(PENDING, Long.BYTES + StreamId.KEY_BYTES);
    key.putLongBigEndian(group);
    id.appendTo(key);
    return key.slice();
  }

  static Slice ownedKey(long group, long consumer, StreamId id) {
    GrowableBuffer key = begin(OWNED, 2 * Long.BYTES + StreamId.KEY_BYTES);
    key.putLongBigEndian(group);
    key.putLongBigEndian(consumer);
    id.appendTo(key);
    return key.slice();
  }

  /// Where the keys of a space begin that belong to a group.
  static Slice groupRange(char space, long group) {
    GrowableBuffer key = begin(space, Long.BYTES);
    key.putLongBigEndian(group);
    return key.slice();
  }

  /// Where the owned entries of a consumer begin.
  static Slice ownedRange(long group, long consumer) {
    GrowableBuffer key = begin(OWNED, 2 * Long.BYTES);
    key.putLongBigEndian(group);
    key.putLongBigEndian(consumer);
    return key.slice();
  }

  /// Where the keys of a space begin; with the character behind it, where they end.
  static Slice spaceStart(int space) {
    return begin((char) space, 0).slice();
  }

  static void putId(GrowableBuffer value, StreamId id) {
    value.putVarint(id.millis());
    value.putVarint(id.sequence());
  }

  static StreamId readId(ByteCursor value) {
    long millis = value.readVarint();
    return new StreamId(millis, value.readVarint());
  }

  /// Reads a record.
  ///
  /// @throws CorruptionException if its bytes do not follow their grammar
  static <T> T decode(Slice bytes, Function<ByteCursor, T> reader) {
    try {
      return reader.apply(new ByteCursor(bytes));
    } catch (ByteCursor.MalformedException malformed) {
      throw new CorruptionException(
          "keyspace", 0, "expected a record of a stream, found one that " + malformed.getMessage());
    }
  }

  private static GrowableBuffer begin(char space, int more) {
    GrowableBuffer key = GrowableBuffer.onHeap(1 + more);
    key.putByte(space);
    return key;
  }
}
