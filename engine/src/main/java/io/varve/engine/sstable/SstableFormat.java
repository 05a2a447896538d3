package io.varve.engine.sstable;

/// Chapter: `docs/format/sstable.md`. The layout of an SSTable, versions 1 and 2.
///
/// ```
/// table := data block *, filter partition *, index partition *, root index block,
///          [range tombstone block], properties block, footer
/// ```
///
/// A table with a range tombstone block is of version 2, so that a reader which does not know of such
/// blocks refuses it instead of bringing deleted keys back; all others are of version 1.
///
/// The footer has a fixed size and is read first, from the end of the file. Names of properties and
/// all numbers here lie on disk: never renumber, never rename.
public final class SstableFormat {

  /// The last eight bytes of every table: "VARVESST" when read as text.
  public static final long MAGIC = 0x5453534556524156L;

  /// Without range tombstones.
  public static final int VERSION = 1;

  /// With range tombstones.
  public static final int VERSION_RANGE_TOMBSTONES = 2;

  /// Bytes of the footer.
  public static final int FOOTER_BYTES = 64;

  // Offsets in the footer.
  static final int FOOTER_PROPERTIES_OFFSET = 0;
  static final int FOOTER_ROOT_INDEX_OFFSET = 8;
  static final int FOOTER_FILTER_OFFSET = 16;
  static final int FOOTER_PROPERTIES_LENGTH = 24;
  static final int FOOTER_ROOT_INDEX_LENGTH = 28;
  static final int FOOTER_FILTER_LINES = 32;
  static final int FOOTER_FILTER_PARTITION_LINES = 36;
  static final int FOOTER_FILTER_PROBES = 38;
  static final int FOOTER_INDEX_LEVELS = 39;
  static final int FOOTER_FILE_NUMBER = 40;
  static final int FOOTER_VERSION = 48;
  static final int FOOTER_CHECKSUM = 52;
  static final int FOOTER_MAGIC = 56;

  /// Lines of 64 bytes in a filter partition (the last may have fewer): 32 KiB.
  static final int FILTER_PARTITION_LINES = 512;

  /// An index partition is cut when it reaches this size; an index that stays below is not
  /// partitioned.
  static final int INDEX_PARTITION_BYTES = 8 << 10;

  /// Entries from one restart point of an index block to the next: denser than in data blocks,
  /// because every lookup searches here.
  static final int INDEX_RESTART_INTERVAL = 8;

  /// Values longer than this lie alone in a block that is not compressed.
  public static final int LARGE_VALUE_BYTES = 1 << 20;

  static final String PROPERTY_BLOOM_BITS_PER_KEY = "bloom.bits-per-key.thousandths";
  static final String PROPERTY_COMPRESSION = "compression";
  static final String PROPERTY_CREATION_MILLIS = "creation.millis";
  static final String PROPERTY_DATA_BLOCK_COUNT = "data.block-count";
  static final String PROPERTY_DATA_BYTES = "data.bytes";
  static final String PROPERTY_ENTRY_COUNT = "entry.count";
  static final String PROPERTY_FIRST_EXPIRY = "expiry.first";
  static final String PROPERTY_LAST_EXPIRY = "expiry.last";
  static final String PROPERTY_KEY_COUNT = "key.count";
  static final String PROPERTY_LARGEST_SEQUENCE = "sequence.largest";
  static final String PROPERTY_LARGEST_USER_KEY = "user-key.largest";
  static final String PROPERTY_RANGE_TOMBSTONE_BLOCK = "range-tombstone.block";
  static final String PROPERTY_RANGE_TOMBSTONE_COUNT = "range-tombstone.count";
  static final String PROPERTY_RAW_KEY_BYTES = "raw.key-bytes";
  static final String PROPERTY_RAW_VALUE_BYTES = "raw.value-bytes";
  static final String PROPERTY_SMALLEST_SEQUENCE = "sequence.smallest";
  static final String PROPERTY_SMALLEST_USER_KEY = "user-key.smallest";
  static final String PROPERTY_TOMBSTONE_COUNT = "tombstone.count";

  private SstableFormat() {}
}
