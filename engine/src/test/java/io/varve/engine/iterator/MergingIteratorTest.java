package io.varve.engine.iterator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.iterator.FakeSource.Version;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MergingIteratorTest {

  @Test
  void noSourcesMakeAnEmptyIterator() {
    MergingIterator merged = new MergingIterator(List.of());
    merged.seekToFirst();
    assertFalse(merged.isValid());
    merged.seekToLast();
    assertFalse(merged.isValid());
    merged.seek(Slice.of("a"), FakeSource.newest());
    assertFalse(merged.isValid());
    merged.close();
  }

  @Test
  void closingItClosesItsSources() {
    FakeSource a = new FakeSource(FakeSource.noEntries());
    FakeSource b = new FakeSource(FakeSource.noEntries());
    new MergingIterator(List.of(a, b)).close();
    assertTrue(a.isClosed() && b.isClosed());
  }

  @Test
  void sameVersionInTwoSourcesShowsTwiceTheFirstSourceFirst() {
    Version same = version("k", 5);
    NavigableMap<Version, byte[]> young = FakeSource.noEntries();
    young.put(same, new byte[] {1});
    NavigableMap<Version, byte[]> old = FakeSource.noEntries();
    old.put(same, new byte[] {2});
    old.put(version("l", 1), new byte[] {3});
    try (MergingIterator merged =
        new MergingIterator(List.of(new FakeSource(young), new FakeSource(old)))) {
      merged.seekToFirst();
      assertEquals(1, merged.value().get(0));
      merged.next();
      assertEquals(2, merged.value().get(0));
      merged.prev();
      assertEquals(1, merged.value().get(0));
      merged.next();
      merged.next();
      assertEquals(3, merged.value().get(0));
      merged.prev();
      assertEquals(2, merged.value().get(0));
      merged.prev();
      assertEquals(1, merged.value().get(0));
      merged.prev();
      assertFalse(merged.isValid());
    }
  }

  @Test
  void afterAFailedMoveItStandsNowhereAndMayBeSoughtAgain() {
    NavigableMap<Version, byte[]> odd = FakeSource.noEntries();
    NavigableMap<Version, byte[]> even = FakeSource.noEntries();
    for (int i = 0; i < 10; i++) {
      (i % 2 == 0 ? even : odd).put(version("k" + i, 1), new byte[0]);
    }
    FakeSource failing = new FakeSource(odd);
    try (MergingIterator merged = new MergingIterator(List.of(new FakeSource(even), failing))) {
      merged.seekToFirst();
      merged.next();
      failing.failAfter(0);
      assertThrows(NotInMemoryException.class, merged::next);
      assertFalse(merged.isValid());
      failing.failAfter(0);
      assertThrows(NotInMemoryException.class, merged::seekToLast);
      assertFalse(merged.isValid());
      merged.seek(Slice.of("k3"), FakeSource.newest());
      assertEquals(Slice.of("k3"), merged.userKey());
      failing.failAfter(0);
      assertThrows(NotInMemoryException.class, merged::prev);
      assertFalse(merged.isValid());
      merged.seekForPrev(Slice.of("k9"), 0);
      assertEquals(Slice.of("k9"), merged.userKey());
    }
  }

  @Test
  void walksLikeOneSortedMapInBothDirections() {
    long seed = System.nanoTime();
    System.out.println("merging model seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      NavigableMap<Version, byte[]> all = FakeSource.noEntries();
      List<FakeSource> sources = new ArrayList<>();
      int count = random.nextInt(9);
      List<NavigableMap<Version, byte[]>> parts = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        parts.add(FakeSource.noEntries());
        sources.add(new FakeSource(parts.get(i)));
      }
      int entries = count == 0 ? 0 : random.nextInt(60);
      for (int sequence = 1; sequence <= entries; sequence++) {
        Version version = version("k" + random.nextInt(20), sequence);
        byte[] value = new byte[random.nextInt(10)];
        random.nextBytes(value);
        all.put(version, value);
        parts.get(random.nextInt(count)).put(version, value);
      }
      try (MergingIterator merged = new MergingIterator(sources)) {
        walkRandomly(merged, all, random);
      }
    }
  }

  private static void walkRandomly(
      MergingIterator merged, NavigableMap<Version, byte[]> all, Random random) {
    Map.Entry<Version, byte[]> at = null;
    for (int step = 0; step < 200; step++) {
      if (at == null || random.nextInt(10) == 0) {
        Version target = version("k" + random.nextInt(21), random.nextInt(61));
        Slice key = Slice.of(target.key());
        switch (random.nextInt(4)) {
          case 0 -> {
            merged.seekToFirst();
            at = all.firstEntry();
          }
          case 1 -> {
            merged.seekToLast();
            at = all.lastEntry();
          }
          case 2 -> {
            merged.seek(key, target.trailer());
            at = all.ceilingEntry(target);
          }
          default -> {
            merged.seekForPrev(key, target.trailer());
            at = all.floorEntry(target);
          }
        }
      } else if (random.nextBoolean()) {
        merged.next();
        at = all.higherEntry(at.getKey());
      } else {
        merged.prev();
        at = all.lowerEntry(at.getKey());
      }
      assertAt(at, merged);
    }
  }

  private static void assertAt(
      Map.@Nullable Entry<Version, byte[]> expected, MergingIterator merged) {
    assertEquals(expected != null, merged.isValid());
    if (expected != null) {
      assertEquals(Slice.of(expected.getKey().key()), merged.userKey());
      assertEquals(expected.getKey().trailer(), merged.trailer());
      assertEquals(Slice.of(expected.getValue()), merged.value());
    }
  }

  private static Version version(String key, long sequence) {
    return new Version(Slice.of(key).toByteArray(), InternalKey.trailer(sequence, EntryKind.PUT));
  }
}
