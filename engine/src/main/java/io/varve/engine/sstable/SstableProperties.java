package io.varve.engine.sstable;

import io.varve.engine.block.BlockHandle;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.key.Expiry;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a table says of itself.
///
/// ```
/// properties := count varint, property *
/// property   := name (varint length, UTF-8), value (varint length, bytes), names ascending
/// ```
///
/// Numbers are varints. A reader skips names that it does not know, so that new ones may come
/// without a new version of the format; those below have to be there, except the expiries, which only
/// tables with expiring entries have.
///
/// @param entryCount versions of keys, tombstones among them
/// @param tombstoneCount tombstones among the entries
/// @param keyCount distinct user keys
/// @param smallestUserKey first user key of an entry, empty if there is none
/// @param largestUserKey last user key of an entry, empty if there is none
/// @param smallestSequence smallest sequence number of an entry, 0 if there is none
/// @param largestSequence largest sequence number of an entry, 0 if there is none
/// @param rawKeyBytes bytes of internal keys before compression
/// @param rawValueBytes bytes of values before compression
/// @param dataBlockCount data blocks
/// @param dataBytes bytes of the file that are data blocks
/// @param compression what data blocks were to be compressed with
/// @param bloomBitsPerKey bits of filter per user key
/// @param firstExpiryMillis least expiry, [Expiry#NEVER] if no entry expires
/// @param lastExpiryMillis time from which on no entry has a value; [Expiry#NEVER] if there is none
/// @param rangeTombstoneCount range tombstones, which are no entries; 0 where nothing is said
/// @param rangeTombstones the block with the range tombstones, null if there are none
/// @param creationMillis when the table was written, milliseconds since 1970
public record SstableProperties(
    long entryCount,
    long tombstoneCount,
    long keyCount,
    byte[] smallestUserKey,
    byte[] largestUserKey,
    long smallestSequence,
    long largestSequence,
    long rawKeyBytes,
    long rawValueBytes,
    long dataBlockCount,
    long dataBytes,
    Compression compression,
    double bloomBitsPerKey,
    long firstExpiryMillis,
    long lastExpiryMillis,
    long rangeTombstoneCount,
    @Nullable BlockHandle rangeTombstones,
    long creationMillis) {

  private static final double BITS_SCALE = 1000;

  /// The share of absent keys for which the table's filter should say "maybe", 0 to 1; 1 without a
  /// filter. From the lines that it has, not from the bits that were asked for.
  ///
  /// @param lines 64-byte lines of the filter, 0 for no filter
  /// @param probes bits probed per key
  double falsePositiveRate(long lines, int probes) {
    if (lines == 0 || keyCount == 0) {
      return 1;
    }
    return BloomFilter.falsePositiveRate((double) lines * BloomFilter.LINE_BITS / keyCount, probes);
  }

  void encode(GrowableBuffer into) {
    var properties = new TreeMap<String, byte[]>();
    properties.put(
        SstableFormat.PROPERTY_BLOOM_BITS_PER_KEY,
        number(Math.round(bloomBitsPerKey * BITS_SCALE)));
    properties.put(SstableFormat.PROPERTY_COMPRESSION, number(compression.code()));
    properties.put(SstableFormat.PROPERTY_CREATION_MILLIS, number(creationMillis));
    properties.put(SstableFormat.PROPERTY_DATA_BLOCK_COUNT, number(dataBlockCount));
    properties.put(SstableFormat.PROPERTY_DATA_BYTES, number(dataBytes));
    properties.put(SstableFormat.PROPERTY_ENTRY_COUNT, number(entryCount));
    if (firstExpiryMillis != Expiry.NEVER) {
      properties.put(SstableFormat.PROPERTY_FIRST_EXPIRY, number(firstExpiryMillis));
      properties.put(SstableFormat.PROPERTY_LAST_EXPIRY, number(lastExpiryMillis));
    }
    properties.put(SstableFormat.PROPERTY_KEY_COUNT, number(keyCount));
    properties.put(SstableFormat.PROPERTY_LARGEST_SEQUENCE, number(largestSequence));
    properties.put(SstableFormat.PROPERTY_LARGEST_USER_KEY, largestUserKey);
    properties.put(SstableFormat.PROPERTY_RAW_KEY_BYTES, number(rawKeyBytes));
    properties.put(SstableFormat.PROPERTY_RAW_VALUE_BYTES, number(rawValueBytes));
    properties.put(SstableFormat.PROPERTY_SMALLEST_SEQUENCE, number(smallestSequence));
    properties.put(SstableFormat.PROPERTY_SMALLEST_USER_KEY, smallestUserKey);
    properties.put(SstableFormat.PROPERTY_TOMBSTONE_COUNT, number(tombstoneCount));
    BlockHandle block = rangeTombstones;
    if (block != null) {
      var handle = new GrowableBuffer(BlockHandle.ENCODED_BYTES_MAX);
      block.encode(handle);
      properties.put(SstableFormat.PROPERTY_RANGE_TOMBSTONE_BLOCK, handle.slice().toByteArray());
      properties.put(SstableFormat.PROPERTY_RANGE_TOMBSTONE_COUNT, number(rangeTombstoneCount));
    }
    into.putVarint(properties.size());
    properties.forEach(
        (name, value) -> {
          into.putLengthPrefixed(Slice.of(name));
          into.putLengthPrefixed(Slice.of(value));
        });
  }

  /// Reads the content of a properties block.
  ///
  /// @throws ByteCursor.MalformedException if the bytes are no properties
  /// @throws IllegalArgumentException if a property is missing or has no sense
  public static SstableProperties decode(Slice content) {
    var cursor = new ByteCursor(content);
    var properties = new TreeMap<String, Slice>();
    int count = cursor.readVarintInt();
    for (int i = 0; i < count; i++) {
      String name = cursor.readLengthPrefixed(new Slice()).toUtf8();
      properties.put(name, cursor.readLengthPrefixed(new Slice()));
    }
    @Nullable Slice block = properties.get(SstableFormat.PROPERTY_RANGE_TOMBSTONE_BLOCK);
    return new SstableProperties(
        number(properties, SstableFormat.PROPERTY_ENTRY_COUNT),
        number(properties, SstableFormat.PROPERTY_TOMBSTONE_COUNT),
        number(properties, SstableFormat.PROPERTY_KEY_COUNT),
        bytes(properties, SstableFormat.PROPERTY_SMALLEST_USER_KEY).toByteArray(),
        bytes(properties, SstableFormat.PROPERTY_LARGEST_USER_KEY).toByteArray(),
        number(properties, SstableFormat.PROPERTY_SMALLEST_SEQUENCE),
        number(properties, SstableFormat.PROPERTY_LARGEST_SEQUENCE),
        number(properties, SstableFormat.PROPERTY_RAW_KEY_BYTES),
        number(properties, SstableFormat.PROPERTY_RAW_VALUE_BYTES),
        number(properties, SstableFormat.PROPERTY_DATA_BLOCK_COUNT),
        number(properties, SstableFormat.PROPERTY_DATA_BYTES),
        Compression.ofCode((int) number(properties, SstableFormat.PROPERTY_COMPRESSION)),
        number(properties, SstableFormat.PROPERTY_BLOOM_BITS_PER_KEY) / BITS_SCALE,
        expiry(properties, SstableFormat.PROPERTY_FIRST_EXPIRY),
        expiry(properties, SstableFormat.PROPERTY_LAST_EXPIRY),
        block == null ? 0 : number(properties, SstableFormat.PROPERTY_RANGE_TOMBSTONE_COUNT),
        block == null ? null : BlockHandle.decode(new ByteCursor(block)),
        number(properties, SstableFormat.PROPERTY_CREATION_MILLIS));
  }

  private static byte[] number(long value) {
    var buffer = new GrowableBuffer(16);
    buffer.putVarint(value);
    return buffer.slice().toByteArray();
  }

  private static long number(TreeMap<String, Slice> properties, String name) {
    return new ByteCursor(bytes(properties, name)).readVarint();
  }

  private static long expiry(TreeMap<String, Slice> properties, String name) {
    return properties.containsKey(name) ? number(properties, name) : Expiry.NEVER;
  }

  private static Slice bytes(TreeMap<String, Slice> properties, String name) {
    @Nullable Slice value = properties.get(name);
    if (value == null) {
      throw new IllegalArgumentException("property " + name + " is missing");
    }
    return value;
  }
}
