package io.varve.server.keyspace;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import java.lang.foreign.MemorySegment;

/// Keys and values of the keyspace as the engine sees them; the page is `docs/format/keyspace.md`.
///
/// ```
/// engine key  := physical database (4, big-endian), tag (1), rest
/// header      := database tag=H user key                        -> header value
/// deadline    := database tag=X millis (8, big-endian) user key -> (empty)
/// element     := database tag=E object (8, big-endian) subkey   -> value
/// meta        := 0000 tag ...
///   map       := 0000 tag=M                                     -> database map
///   count     := 0000 tag=C database (4, big-endian)            -> count
///   library   := 0000 tag=F name                                -> code of a library of functions
/// header value := type (1), encoding (1), flags (1), [expiry millis (8)], [object (8)],
///                 [inner deadline millis (8)], payload
/// ```
///
/// Physical database 0 is the meta space; databases count from 1 and are never used twice.
final class KeyspaceFormat {

  /// The physical database that holds what the keyspace knows about itself.
  static final int META_DATABASE = 0;

  static final int TAG_OFFSET = 4;

  /// Bytes in front of the user key of a header.
  static final int HEADER_PREFIX_BYTES = 5;

  /// Bytes in front of the user key of a deadline.
  static final int DEADLINE_PREFIX_BYTES = 13;

  /// Bytes in front of the subkey of an element.
  static final int ELEMENT_PREFIX_BYTES = 13;

  // Tags lie on disk: never renumber.
  static final byte TAG_HEADER = 'H';
  static final byte TAG_DEADLINE = 'X';
  static final byte TAG_ELEMENT = 'E';
  static final byte TAG_DATABASE_MAP = 'M';
  static final byte TAG_COUNT = 'C';
  static final byte TAG_LIBRARY = 'F';

  /// Bytes in front of the payload of a header that has no expiry.
  static final int HEADER_BYTES = 3;

  static final int ENCODING_OFFSET = 1;
  static final int FLAGS_OFFSET = 2;

  /// Flag: eight bytes of expiry follow.
  static final int FLAG_EXPIRY = 1;

  /// Flag: the value is spread over elements; eight bytes of their object id follow, behind the expiry.
  static final int FLAG_OBJECT = 2;

  /// Flag: parts of the value expire; eight bytes of when the first does follow, behind the object id.
  static final int FLAG_INNER_DEADLINE = 4;

  static final int FLAGS_KNOWN = FLAG_EXPIRY | FLAG_OBJECT | FLAG_INNER_DEADLINE;

  /// Longest subkey of an element, in bytes.
  static final int SUBKEY_BYTES_MAX = (64 << 10) - ELEMENT_PREFIX_BYTES;

  /// Longest user key, in bytes: the engine's limit less what any of our keys puts around it.
  static final int USER_KEY_BYTES_MAX = (64 << 10) - 64;

  private KeyspaceFormat() {}

  /// Writes database and tag at the start of a segment.
  static void putPrefix(MemorySegment key, int physicalId, byte tag) {
    key.set(Layouts.INT_BE, 0, physicalId);
    key.set(Layouts.BYTE, TAG_OFFSET, tag);
  }

  /// The physical database of an engine key; -1 if the key is too short to have one.
  static int physicalId(Slice engineKey) {
    return engineKey.length() < HEADER_PREFIX_BYTES
        ? -1
        : engineKey.segment().get(Layouts.INT_BE, engineKey.offset());
  }

  static byte tag(Slice engineKey) {
    return engineKey.get(TAG_OFFSET);
  }

  /// The deadline of a deadline key, in milliseconds since the epoch.
  static long deadlineMillis(Slice deadlineKey) {
    return deadlineKey.segment().get(Layouts.LONG_BE, deadlineKey.offset() + HEADER_PREFIX_BYTES);
  }

  /// The engine key of a header; for cold code.
  static Slice headerKey(int physicalId, byte[] userKey) {
    MemorySegment key = MemorySegment.ofArray(new byte[HEADER_PREFIX_BYTES + userKey.length]);
    putPrefix(key, physicalId, TAG_HEADER);
    MemorySegment.copy(userKey, 0, key, Layouts.BYTE, HEADER_PREFIX_BYTES, userKey.length);
    return new Slice(key, 0, (int) key.byteSize());
  }

  /// The engine key in front of all deadlines of a physical database from `millis` on.
  static Slice deadlineKey(int physicalId, long millis) {
    MemorySegment key = MemorySegment.ofArray(new byte[DEADLINE_PREFIX_BYTES]);
    putPrefix(key, physicalId, TAG_DEADLINE);
    key.set(Layouts.LONG_BE, HEADER_PREFIX_BYTES, millis);
    return new Slice(key, 0, DEADLINE_PREFIX_BYTES);
  }

  /// Writes database, tag and object in front of a subkey.
  static void putElementPrefix(MemorySegment key, int physicalId, long objectId) {
    putPrefix(key, physicalId, TAG_ELEMENT);
    key.set(Layouts.LONG_BE, HEADER_PREFIX_BYTES, objectId);
  }

  /// The key in front of all elements of an object; that of the next number ends them.
  static Slice elementPrefix(int physicalId, long objectId) {
    MemorySegment key = MemorySegment.ofArray(new byte[ELEMENT_PREFIX_BYTES]);
    putElementPrefix(key, physicalId, objectId);
    return new Slice(key, 0, ELEMENT_PREFIX_BYTES);
  }

  /// The key of the record that maps logical to physical databases.
  static Slice mapKey() {
    return metaKey(TAG_DATABASE_MAP, 0);
  }

  /// The key of the record that counts the keys of a physical database.
  static Slice countKey(int physicalId) {
    return metaKey(TAG_COUNT, physicalId);
  }

  /// The key of the record that holds a library of functions; without a name, where they begin.
  static Slice libraryKey(byte[] name) {
    MemorySegment key = MemorySegment.ofArray(new byte[HEADER_PREFIX_BYTES + name.length]);
    putPrefix(key, META_DATABASE, TAG_LIBRARY);
    MemorySegment.copy(name, 0, key, Layouts.BYTE, HEADER_PREFIX_BYTES, name.length);
    return new Slice(key, 0, (int) key.byteSize());
  }

  private static Slice metaKey(byte tag, int physicalId) {
    int length = physicalId == 0 ? HEADER_PREFIX_BYTES : HEADER_PREFIX_BYTES + 4;
    MemorySegment key = MemorySegment.ofArray(new byte[length]);
    putPrefix(key, META_DATABASE, tag);
    if (physicalId != 0) {
      key.set(Layouts.INT_BE, HEADER_PREFIX_BYTES, physicalId);
    }
    return new Slice(key, 0, length);
  }
}
