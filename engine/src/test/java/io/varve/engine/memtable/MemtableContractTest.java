package io.varve.engine.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.KeyRange;
import io.varve.engine.key.Lookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every memtable promises, whatever is inside. One subclass per implementation.
abstract class MemtableContractTest {

  private static final long NEWEST = InternalKey.SEQUENCE_MAX;

  private final Slice value = new Slice();
  private Memtable memtable;

  abstract Memtable create();

  @BeforeEach
  void open() {
    memtable = create();
  }

  @AfterEach
  void release() {
    memtable.release();
  }

  @Test
  void emptyMemtableKnowsNothing() {
    assertTrue(memtable.isEmpty());
    assertEquals(Lookup.ABSENT, memtable.get(Slice.of("a"), NEWEST, value));
    try (EntryIterator iterator = memtable.iterator()) {
      assertFalse(iterator.isValid());
      iterator.seekToFirst();
      assertFalse(iterator.isValid());
      iterator.seekToLast();
      assertFalse(iterator.isValid());
      iterator.seek(Slice.of("a"), InternalKey.seekTrailer(NEWEST));
      assertFalse(iterator.isValid());
      iterator.seekForPrev(Slice.of("a"), 0);
      assertFalse(iterator.isValid());
    }
  }

  @Test
  void eachSnapshotSeesItsOwnVersion() {
    put("k", 10, "ten");
    delete("k", 20);
    put("k", 30, "thirty");
    assertEquals(Lookup.ABSENT, memtable.get(Slice.of("k"), 9, value));
    assertEquals("ten", get("k", 10));
    assertEquals("ten", get("k", 19));
    assertEquals(Lookup.DELETED, memtable.get(Slice.of("k"), 20, value));
    assertEquals(Lookup.DELETED, memtable.get(Slice.of("k"), 29, value));
    assertEquals("thirty", get("k", 30));
    assertEquals("thirty", get("k", NEWEST));
  }

  @Test
  void emptyKeysAndEmptyValuesAreKeysAndValues() {
    put("", 1, "");
    assertEquals("", get("", 1));
    assertEquals(Lookup.ABSENT, memtable.get(Slice.of("\0"), NEWEST, value));
    assertEquals(List.of("@1=PUT:"), walkForward());
  }

  @Test
  void keysAndValuesAreCopied() {
    byte[] key = {1, 2, 3};
    byte[] bytes = {4, 5, 6};
    memtable.put(Slice.of(key), 1, EntryKind.PUT, Slice.of(bytes));
    key[0] = 9;
    bytes[0] = 9;
    assertEquals(Lookup.FOUND, memtable.get(Slice.of(new byte[] {1, 2, 3}), 1, value));
    assertEquals(Slice.of(new byte[] {4, 5, 6}), value);
  }

  @Test
  void rangeTombstoneHidesWhatIsOlderAndNotWhatIsNewer() {
    put("a", 1, "x");
    put("b", 2, "x");
    put("c", 3, "x");
    memtable.deleteRange(Slice.of("a"), Slice.of("c"), 4);
    put("b", 5, "y");
    assertEquals(Lookup.DELETED, memtable.get(Slice.of("a"), NEWEST, value));
    assertEquals(Lookup.DELETED, memtable.get(Slice.of("aa"), NEWEST, value), "never put");
    assertEquals("y", get("b", NEWEST));
    assertEquals("x", get("c", NEWEST));
    assertEquals(Lookup.DELETED, memtable.get(Slice.of("b"), 4, value));
    assertEquals("x", get("a", 3));
    assertEquals(Lookup.ABSENT, memtable.get(Slice.of("aa"), 3, value));
    assertEquals(5, memtable.newestEntry());
    assertEquals(4, memtable.entryCount(), "a range tombstone is no entry");
  }

  @Test
  void memtableWithARangeTombstoneOnlyIsNotEmpty() {
    assertTrue(memtable.rangeTombstones().isEmpty());
    long before = memtable.usedBytes();
    memtable.deleteRange(Slice.of("a"), KeyRange.END, 7);
    assertFalse(memtable.isEmpty());
    assertTrue(memtable.usedBytes() > before);
    assertEquals(Lookup.DELETED, memtable.get(Slice.of("zzz"), 7, value));
    assertEquals(Lookup.ABSENT, memtable.get(Slice.of("zzz"), 6, value));
    assertEquals(1, memtable.rangeTombstones().count());
    assertEquals(0, memtable.newestEntry());
  }

  @Test
  void aHundredThousandRangeDeletesOverlapAsTheyLikeInLittleMemory() {
    int count = 100_000;
    for (int i = 1; i <= count; i++) {
      memtable.deleteRange(Slice.of("q"), Slice.of(String.format("q%08d", i)), i);
    }
    assertEquals(Lookup.DELETED, memtable.get(Slice.of("q00099999"), NEWEST, value));
    assertEquals(Lookup.ABSENT, memtable.get(Slice.of("q00099999"), count - 1, value));
    assertTrue(memtable.usedBytes() < 1_000L * count, "used " + memtable.usedBytes());
  }

  @Test
  void iteratorShowsAllVersionsNewestFirstAndTombstones() {
    put("b", 1, "x");
    put("a", 2, "y");
    delete("b", 3);
    put("a\0", 4, "z");
    assertEquals(List.of("a@2=PUT:y", "a\0@4=PUT:z", "b@3=DELETE:", "b@1=PUT:x"), walkForward());
  }

  @Test
  void entriesPutAfterTheIteratorDoNotDisturbIt() {
    for (int i = 0; i < 100; i += 2) {
      put(String.format("%03d", i), i + 1, "v");
    }
    try (EntryIterator iterator = memtable.iterator()) {
      iterator.seekToFirst();
      for (int i = 1; i < 100; i += 2) {
        put(String.format("%03d", i), 1000 + i, "w");
        iterator.next();
      }
      assertFalse(iterator.isValid());
    }
    assertEquals(100, walkForward().size());
  }

  @Test
  void iteratorKeepsTheMemoryUntilItIsClosed() {
    Memtable other = create();
    other.put(Slice.of("k"), 1, EntryKind.PUT, Slice.of("v"));
    EntryIterator iterator = other.iterator();
    other.release();
    assertTrue(other.tryRetain(), "freed under an open iterator");
    other.release();
    iterator.seekToFirst();
    assertEquals(Slice.of("v"), iterator.value());
    iterator.close();
    iterator.close();
    assertFalse(iterator.isValid());
    assertFalse(other.tryRetain(), "still held after all let go");
    assertThrows(IllegalStateException.class, other::iterator);
  }

  @Test
  void countsEntriesAndPayload() {
    put("key", 1, "value");
    delete("key", 2);
    assertEquals(2, memtable.entryCount());
    assertEquals(3 + 5 + 3, memtable.payloadBytes());
    assertTrue(memtable.memoryBytes() >= memtable.payloadBytes());
    assertFalse(memtable.isEmpty());
  }

  @Test
  void largestKeysAndLargeValuesFit() {
    byte[] key = new byte[InternalKey.USER_KEY_BYTES_MAX];
    byte[] large = new byte[40 << 20];
    key[key.length - 1] = 1;
    large[large.length - 1] = 2;
    put("a", 1, "small");
    memtable.put(Slice.of(key), 2, EntryKind.PUT, Slice.of(large));
    put("z", 3, "small");
    assertEquals(Lookup.FOUND, memtable.get(Slice.of(key), NEWEST, value));
    assertEquals(Slice.of(large), value);
    try (EntryIterator iterator = memtable.iterator()) {
      iterator.seekToFirst();
      assertEquals(Slice.of(key), iterator.userKey());
      assertEquals(Slice.of(large), iterator.value());
      iterator.next();
      iterator.next();
      assertEquals(Slice.of("z"), iterator.userKey());
    }
  }

  @Test
  void touchChangesNothing() {
    long _ = memtable.touch(new long[] {Slice.of("k").hash()}, 1);
    put("k", 1, "v");
    long _ = memtable.touch(new long[] {Slice.of("k").hash()}, 1);
    long _ = memtable.touch(new long[] {0}, 1);
    long _ = memtable.touch(new long[] {-1}, 1);
    assertEquals("v", get("k", 1));
    assertEquals(1, memtable.entryCount());
  }

  @Test
  void valuesOfManySizesFillChunksToTheLastByte() {
    Random random = new Random(7);
    TreeMap<String, byte[]> model = new TreeMap<>();
    for (int i = 0; i < 400; i++) {
      byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(600_000) : 30_000];
      random.nextBytes(bytes);
      String key = "k" + random.nextInt(200);
      memtable.put(Slice.of(key), i + 1, EntryKind.PUT, Slice.of(bytes));
      model.put(key, bytes);
      if (i % 50 == 0) {
        assertEquals(i + 1, walkForwardCount());
      }
    }
    for (Map.Entry<String, byte[]> entry : model.entrySet()) {
      assertEquals(Lookup.FOUND, memtable.get(Slice.of(entry.getKey()), NEWEST, value));
      assertEquals(Slice.of(entry.getValue()), value);
    }
  }

  @Test
  void answersLikeASortedMapWhateverIsPutAndAsked() {
    long seed = System.nanoTime();
    System.out.println("memtable model seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 12; round++) {
      Memtable fresh = create();
      try {
        new MemtableModel(fresh, random).run(3000);
      } finally {
        fresh.release();
      }
    }
  }

  private void put(String key, long sequence, String text) {
    memtable.put(Slice.of(key), sequence, EntryKind.PUT, Slice.of(text));
  }

  private void delete(String key, long sequence) {
    memtable.put(Slice.of(key), sequence, EntryKind.DELETE, new Slice());
  }

  private String get(String key, long sequence) {
    assertEquals(Lookup.FOUND, memtable.get(Slice.of(key), sequence, value));
    return value.toUtf8();
  }

  private List<String> walkForward() {
    List<String> seen = new ArrayList<>();
    try (EntryIterator iterator = memtable.iterator()) {
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        seen.add(
            iterator.userKey().toUtf8()
                + "@"
                + iterator.sequence()
                + "="
                + iterator.kind()
                + ":"
                + iterator.value().toUtf8());
      }
    }
    return seen;
  }

  private int walkForwardCount() {
    int count = 0;
    try (EntryIterator iterator = memtable.iterator()) {
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        count++;
      }
    }
    return count;
  }
}
