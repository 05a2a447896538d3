package io.varve.engine.sstable;

import io.varve.engine.block.BlockCache;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.FileSystem;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.Lookup;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// What a table should hold, as a sorted map, and how to make random ones.
final class TableModel {

  /// An internal key as the map orders it.
  record Key(byte[] userKey, long trailer) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      return InternalKey.compare(
          Slice.of(userKey), trailer, Slice.of(other.userKey), other.trailer);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && compareTo(key) == 0;
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(userKey) + Long.hashCode(trailer);
    }

    @Override
    public String toString() {
      return Slice.of(userKey) + "@" + InternalKey.sequence(trailer) + (trailer & 0xff);
    }
  }

  final TreeMap<Key, byte[]> entries = new TreeMap<>();

  static TableModel random(RandomGenerator random, int keys, int valueBytesMax) {
    var model = new TableModel();
    int alphabet = random.nextBoolean() ? 3 : 256;
    int keyBytesMax = 1 + random.nextInt(40);
    long sequence = random.nextInt(1000);
    while (model.entries.size() < keys) {
      byte[] userKey = randomKey(random, alphabet, keyBytesMax);
      int versions = random.nextInt(20) == 0 ? 1 + random.nextInt(60) : 1;
      for (int i = 0; i < versions; i++) {
        sequence += 1 + random.nextInt(3);
        boolean put = random.nextInt(5) > 0;
        byte[] value = new byte[put ? random.nextInt(valueBytesMax + 1) : 0];
        if (random.nextBoolean()) {
          random.nextBytes(value);
        }
        model.put(userKey, sequence, put ? EntryKind.PUT : EntryKind.DELETE, value);
      }
    }
    return model;
  }

  static byte[] randomKey(RandomGenerator random, int alphabet, int bytesMax) {
    byte[] key = new byte[random.nextInt(bytesMax + 1)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) random.nextInt(alphabet);
    }
    return key;
  }

  static SstableOptions randomOptions(RandomGenerator random) {
    Compression[] compressions = Compression.values();
    double[] bits = {0, 1, 7.8, 10, 22};
    return new SstableOptions(
        64 << random.nextInt(8),
        1 + random.nextInt(20),
        compressions[random.nextInt(compressions.length)],
        bits[random.nextInt(bits.length)],
        random.nextLong(1L << 41));
  }

  void put(byte[] userKey, long sequence, EntryKind kind, byte[] value) {
    entries.put(new Key(userKey, InternalKey.trailer(sequence, kind)), value);
  }

  void put(String userKey, long sequence, String value) {
    put(Slice.of(userKey).toByteArray(), sequence, EntryKind.PUT, Slice.of(value).toByteArray());
  }

  SstableSummary write(FileSystem fileSystem, Path path, long number, SstableOptions options) {
    var writer = new SstableWriter(fileSystem, path, number, options);
    for (Map.Entry<Key, byte[]> entry : entries.entrySet()) {
      writer.add(
          Slice.of(entry.getKey().userKey()), entry.getKey().trailer(), Slice.of(entry.getValue()));
    }
    return writer.finish();
  }

  /// What a lookup should find: a value, an empty optional-like null for none, or a tombstone.
  Lookup get(byte[] userKey, long sequence, Slice value) {
    var found = entries.ceilingEntry(new Key(userKey, InternalKey.seekTrailer(sequence)));
    if (found == null || !Arrays.equals(found.getKey().userKey(), userKey)) {
      return Lookup.ABSENT;
    }
    if (InternalKey.kind(found.getKey().trailer()) == EntryKind.DELETE) {
      return Lookup.DELETED;
    }
    value.set(Slice.of(found.getValue()));
    return Lookup.FOUND;
  }

  static SstableReader open(FileSystem fileSystem, Path path, long number, BlockCache cache) {
    return SstableReader.open(fileSystem, path, number, cache, new ReadContext(), 0);
  }

  /// A native copy: what the engine's own callers hand in.
  static Slice nativeCopy(byte[] bytes) {
    var buffer = new GrowableBuffer(bytes.length);
    buffer.putBytes(bytes);
    return buffer.slice();
  }
}
