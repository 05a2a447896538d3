package io.varve.engine.sstable;

import io.varve.engine.block.Compression;
import io.varve.engine.key.EntryKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;

/// The tables of released format versions that lie in the test resources, and what they hold.
///
/// Never write those of an old version again: they stand for the files that users have.
public enum GoldenTables {
  V1_NONE(Compression.NONE, 10, false),
  V1_LZ4(Compression.LZ4, 22, false),
  V1_ZSTD(Compression.ZSTD, 0, false),
  V1_PARTITIONED(Compression.NONE, 7.8, true);

  private final Compression compression;
  private final double bloomBitsPerKey;
  private final boolean longKeys;

  GoldenTables(Compression compression, double bloomBitsPerKey, boolean longKeys) {
    this.compression = compression;
    this.bloomBitsPerKey = bloomBitsPerKey;
    this.longKeys = longKeys;
  }

  /// The number that the table was written under.
  public long fileNumber() {
    return 40L + ordinal();
  }

  public String fileName() {
    return String.format("0000%d.sst", fileNumber());
  }

  /// Where the files lie in the sources, seen from the module.
  public static Path directory() {
    return Path.of("src/test/resources/io/varve/engine/sstable/golden");
  }

  public Path path() {
    return directory().resolve(fileName());
  }

  SstableOptions options() {
    return new SstableOptions(512, 4, compression, bloomBitsPerKey, 1_790_000_000_000L);
  }

  TableModel model() {
    var model = new TableModel();
    if (longKeys) {
      var random = new Random(1);
      for (int i = 0; i < 14; i++) {
        byte[] key = new byte[700];
        random.nextBytes(key);
        model.put(key, 50 + i, EntryKind.PUT, bytes("new value " + i));
        model.put(key, 10 + i, EntryKind.PUT, bytes("old value " + i));
      }
      return model;
    }
    model.put(new byte[0], 1, EntryKind.PUT, bytes("the empty key"));
    for (int i = 0; i < 40; i++) {
      String key = "user:" + (1000 + i * 37 % 100) + ":name";
      model.put(key, 100 + i, "a value that repeats itself, repeats itself, number " + i);
      if (i % 4 == 0) {
        model.put(bytes(key), 200 + i, EntryKind.DELETE, new byte[0]);
      }
      if (i % 8 == 0) {
        model.put(key, 300 + i, "");
      }
    }
    model.put(new byte[] {(byte) 0xff, 0, (byte) 0xfe}, 900, EntryKind.PUT, new byte[] {0, 1, 2});
    return model;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
