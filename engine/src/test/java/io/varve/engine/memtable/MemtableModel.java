package io.varve.engine.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.Lookup;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Drives a memtable and a sorted map of versions through the same random operations and compares
/// their answers.
final class MemtableModel {

  private record Version(byte[] key, long trailer) {
    static final Comparator<Version> ORDER =
        Comparator.<Version, byte[]>comparing(Version::key, Arrays::compareUnsigned)
            .thenComparing(Version::trailer, (a, b) -> Long.compareUnsigned(b, a));
  }

  private final Memtable memtable;
  private final Random random;
  private final TreeMap<Version, byte[]> model = new TreeMap<>(Version.ORDER);
  private final int keyKinds;
  private final int keyRange;
  private long sequence;

  MemtableModel(Memtable memtable, Random random) {
    this.memtable = memtable;
    this.random = random;
    this.keyKinds = random.nextInt(5);
    this.keyRange = 1 << random.nextInt(12);
  }

  void run(int operations) {
    for (int i = 0; i < operations; i++) {
      switch (random.nextInt(100)) {
        case 0 -> walk();
        case 1, 2, 3 -> checkSeeks();
        case 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 -> checkGet();
        default -> put();
      }
    }
    walk();
  }

  /// Keys that are alike in the ways that matter to sorting and hashing: long shared prefixes, keys
  /// that begin other keys, zero bytes at the end, bytes above 127.
  private byte[] key() {
    int number = random.nextInt(keyRange);
    return switch (keyKinds) {
      case 0 ->
          String.format("key:%012d", number).getBytes(java.nio.charset.StandardCharsets.UTF_8);
      case 1 -> new byte[number % 40];
      case 2 -> {
        byte[] key = new byte[number % 23];
        Arrays.fill(key, (byte) (number % 3 == 0 ? 0x80 : 0));
        if (key.length > 0) {
          key[number % key.length] = (byte) (number >> 4);
        }
        yield key;
      }
      case 3 -> {
        byte[] key = new byte[60 + number % 9];
        key[number % 60] = (byte) number;
        yield key;
      }
      default -> {
        byte[] key = new byte[16];
        new Random(number).nextBytes(key);
        yield key;
      }
    };
  }

  private void put() {
    sequence += 1 + random.nextInt(3);
    byte[] key = key();
    EntryKind kind = random.nextInt(5) == 0 ? EntryKind.DELETE : EntryKind.PUT;
    byte[] value = new byte[kind == EntryKind.PUT ? random.nextInt(200) : 0];
    random.nextBytes(value);
    memtable.put(Slice.of(key), sequence, kind, Slice.of(value));
    model.put(new Version(key, InternalKey.trailer(sequence, kind)), value);
    assertEquals(model.size(), memtable.entryCount());
  }

  private void checkGet() {
    byte[] key = key();
    long snapshot = random.nextBoolean() ? sequence : random.nextLong(sequence + 1);
    Slice value = new Slice();
    long _ = memtable.touch(new long[] {Slice.of(key).hash()}, 1);
    Lookup found = memtable.get(Slice.of(key), snapshot, value);
    Map.Entry<Version, byte[]> expected =
        model.ceilingEntry(new Version(key, InternalKey.seekTrailer(snapshot)));
    if (expected == null || !Arrays.equals(expected.getKey().key, key)) {
      assertEquals(Lookup.ABSENT, found);
    } else if (InternalKey.kind(expected.getKey().trailer) == EntryKind.DELETE) {
      assertEquals(Lookup.DELETED, found);
    } else {
      assertEquals(Lookup.FOUND, found);
      assertEquals(Slice.of(expected.getValue()), value);
    }
  }

  private void walk() {
    try (EntryIterator iterator = memtable.iterator()) {
      iterator.seekToFirst();
      for (Map.Entry<Version, byte[]> entry : model.entrySet()) {
        assertAt(entry, iterator);
        iterator.next();
      }
      assertFalse(iterator.isValid());
      iterator.seekToLast();
      for (Map.Entry<Version, byte[]> entry : model.descendingMap().entrySet()) {
        assertAt(entry, iterator);
        iterator.prev();
      }
      assertFalse(iterator.isValid());
    }
  }

  private void checkSeeks() {
    try (EntryIterator iterator = memtable.iterator()) {
      for (int i = 0; i < 10; i++) {
        byte[] key = key();
        long trailer =
            switch (random.nextInt(4)) {
              case 0 -> 0;
              case 1 -> -1L;
              case 2 -> InternalKey.seekTrailer(random.nextLong(sequence + 1));
              default ->
                  InternalKey.trailer(
                      random.nextLong(sequence + 1),
                      random.nextBoolean() ? EntryKind.PUT : EntryKind.DELETE);
            };
        Version target = new Version(key, trailer);
        Map.Entry<Version, byte[]> at;
        if (random.nextBoolean()) {
          iterator.seek(Slice.of(key), trailer);
          at = model.ceilingEntry(target);
        } else {
          iterator.seekForPrev(Slice.of(key), trailer);
          at = model.floorEntry(target);
        }
        assertAt(at, iterator);
        for (int step = 0; step < 20 && at != null; step++) {
          if (random.nextBoolean()) {
            iterator.next();
            at = model.higherEntry(at.getKey());
          } else {
            iterator.prev();
            at = model.lowerEntry(at.getKey());
          }
          assertAt(at, iterator);
        }
      }
    }
  }

  private static void assertAt(
      Map.@Nullable Entry<Version, byte[]> expected, EntryIterator iterator) {
    assertEquals(expected != null, iterator.isValid());
    if (expected != null) {
      assertTrue(Arrays.equals(expected.getKey().key, iterator.userKey().toByteArray()));
      assertEquals(expected.getKey().trailer, iterator.trailer());
      assertEquals(Slice.of(expected.getValue()), iterator.value());
    }
  }
}
