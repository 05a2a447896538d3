package io.varve.server.rdb;

/// Numbers of the RDB format; `docs/format/dump.md` says which of them are written and which read.
///
/// ```
/// length := 00xxxxxx | 01xxxxxx xx | 80 (4, big-endian) | 81 (8, big-endian)
/// string := length bytes | C0 number (1) | C1 number (2) | C2 number (4)
///         | C3 compressed length, plain length, LZF bytes
/// ```
/// Other numbers are little-endian. All of this is Redis': nothing here may be renumbered.
public final class RdbFormat {

  /// The version that payloads get: Redis 7.0 and all later ones read it.
  public static final int VERSION_WRITTEN = 10;

  /// The version of payloads with fields that expire: that of Redis 7.4, which brought them.
  static final int VERSION_OF_FIELD_EXPIRIES = 12;

  /// Greatest version that is read.
  public static final int VERSION_MAX = 12;

  /// Longest string that is read, in bytes; the greatest bulk that a client may send.
  static final int STRING_BYTES_MAX = 512 << 20;

  /// What begins a library of functions.
  public static final int FUNCTION = 245;

  // Types of values.

  static final int STRING = 0;
  static final int LIST = 1;
  static final int SET = 2;
  static final int SORTED_SET = 3;
  static final int HASH = 4;

  /// Scores in binary; those of [#SORTED_SET] are texts.
  static final int SORTED_SET_2 = 5;

  static final int HASH_ZIPMAP = 9;
  static final int LIST_ZIPLIST = 10;
  static final int SET_INTSET = 11;
  static final int SORTED_SET_ZIPLIST = 12;
  static final int HASH_ZIPLIST = 13;

  /// Nodes are ziplists.
  static final int LIST_QUICKLIST = 14;

  static final int STREAM = 15;
  static final int HASH_LISTPACK = 16;
  static final int SORTED_SET_LISTPACK = 17;

  /// Nodes are listpacks or single elements.
  static final int LIST_QUICKLIST_2 = 18;

  /// Knows the first id, the greatest deleted one, and how many entries there ever were.
  static final int STREAM_2 = 19;

  static final int SET_LISTPACK = 20;

  /// Knows when consumers were active.
  static final int STREAM_3 = 21;

  static final int HASH_EXPIRING = 24;
  static final int HASH_LISTPACK_EXPIRING = 25;

  // Nodes of a quicklist.

  static final int NODE_PLAIN = 1;
  static final int NODE_PACKED = 2;

  // Strings that are no bytes.

  static final int ENCODED = 0xC0;
  static final int ENCODED_INT_8 = 0xC0;
  static final int ENCODED_INT_16 = 0xC1;
  static final int ENCODED_INT_32 = 0xC2;
  static final int ENCODED_LZF = 0xC3;

  static final int LENGTH_14_BITS = 0x40;
  static final int LENGTH_32_BITS = 0x80;
  static final int LENGTH_64_BITS = 0x81;

  /// Bytes of a length that leaves room to be set later.
  static final int LENGTH_32_BYTES = 5;

  // Entries of a stream's node.

  static final int ENTRY_DELETED = 1;
  static final int ENTRY_SAME_FIELDS = 2;

  private RdbFormat() {}
}
