package io.varve.engine.version;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.IncompatibleFormatException;
import io.varve.engine.key.BoundKind;
import io.varve.engine.key.Expiry;
import io.varve.engine.key.KeyRange;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TableMetadataCodecTest {

  private static final TableMetadata PLAIN =
      new TableMetadata(9, 4096, 17, 3, 5000, Slice.of("a"), Slice.of("z"), 5, 88);

  private final TableMetadataCodec codec = new TableMetadataCodec();
  private final GrowableBuffer bytes = new GrowableBuffer(64);

  private TableMetadata decoded() {
    return TableMetadataCodec.decodeWithAttributes(new ByteCursor(bytes.slice()), "MANIFEST-1");
  }

  @Test
  void aPlainTableHasNoAttributes() {
    codec.encodeFields(PLAIN, bytes);
    int fields = bytes.size();
    codec.encodeAttributes(PLAIN, bytes);
    assertEquals(fields, bytes.size());
    assertEquals(PLAIN, decoded());
  }

  @Test
  void everyAttributeComesBack() {
    TableMetadata full =
        PLAIN.with(
            12,
            new TableTimes(1_000, 2_000, 3_000, Expiry.NEVER),
            List.of(
                new ValueFileShare(7, 70_000, 80_000, 80_100), new ValueFileShare(8, 1, 2, 66)));
    codec.encodeFields(full, bytes);
    codec.encodeAttributes(full, bytes);
    assertEquals(full, decoded());
  }

  @Test
  void anExclusiveLargestKeyIsReadBackAlsoWhenItStandsBehindAllKeys() {
    for (Slice largest : List.of(Slice.of("m"), KeyRange.END)) {
      TableMetadata table =
          new TableMetadata(
              9,
              4096,
              0,
              0,
              50,
              Slice.of("a"),
              largest,
              BoundKind.EXCLUSIVE,
              3,
              3,
              1,
              TableTimes.UNKNOWN,
              List.of());
      bytes.clear();
      codec.encodeFields(table, bytes);
      codec.encodeAttributes(table, bytes);
      assertEquals(table, decoded());
      assertTrue(bytes.size() < 100, "behind all keys is a flag, not a key of 64 KiB");
    }
  }

  @Test
  void aTableOfTombstonesIsExpiredFromTheStart() {
    TableMetadata dead = PLAIN.with(0, new TableTimes(1, 2, Expiry.NEVER, 0), List.of());
    codec.encodeFields(dead, bytes);
    codec.encodeAttributes(dead, bytes);
    assertEquals(dead, decoded());
  }

  @Test
  void anUnknownAttributeIsRefusedUnlessItMayBeSkipped() {
    codec.encodeFields(PLAIN, bytes);
    int fields = bytes.size();
    bytes.putVarint(TableMetadataCodec.ATTRIBUTE_OPTIONAL);
    bytes.putLengthPrefixed(Slice.of("whatever"));
    assertEquals(PLAIN, decoded());
    bytes.truncate(fields);
    bytes.putVarint(TableMetadataCodec.ATTRIBUTE_OPTIONAL - 1);
    bytes.putLengthPrefixed(Slice.of("needed"));
    assertThrows(IncompatibleFormatException.class, this::decoded);
  }

  @Test
  void bytesBehindAnAttributeAreDamage() {
    codec.encodeFields(PLAIN, bytes);
    bytes.putVarint(1);
    bytes.putLengthPrefixed(Slice.of(new byte[] {5, 0, 0}));
    assertThrows(IllegalArgumentException.class, this::decoded);
  }
}
