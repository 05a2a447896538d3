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
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class VisibleIteratorTest {

  private final NavigableMap<Version, byte[]> versions = FakeSource.noEntries();

  @Test
  void showsPerKeyTheNewestVersionOfTheSnapshotAndNoTombstones() {
    put("a", 1, "a1");
    put("a", 5, "a5");
    put("b", 2, "b2");
    delete("b", 3);
    put("c", 4, "c4");
    put("d", 6, "d6");
    assertEquals(List.of("a=a5", "c=c4", "d=d6"), walkForward(InternalKey.SEQUENCE_MAX));
    assertEquals(List.of("a=a1", "c=c4"), walkForward(4));
    assertEquals(List.of("a=a1", "b=b2"), walkForward(2));
    assertEquals(List.of(), walkForward(0));
    assertEquals(List.of("d=d6", "c=c4", "a=a5"), walkBackward(InternalKey.SEQUENCE_MAX));
    assertEquals(List.of("c=c4", "a=a1"), walkBackward(4));
    assertEquals(List.of("b=b2", "a=a1"), walkBackward(2));
    assertEquals(List.of(), walkBackward(0));
  }

  @Test
  void aKeyWrittenManyTimesIsPassedWithFewMoves() {
    put("a", 1, "first");
    put("z", 2, "last");
    for (int sequence = 3; sequence < 10_000; sequence++) {
      put("hot", sequence, "v" + sequence);
    }
    for (long snapshot : new long[] {2, 3, 11, 5_000, 9_999}) {
      FakeSource source = new FakeSource(versions);
      try (VisibleIterator visible = new VisibleIterator(source, snapshot, 0)) {
        int shown = 0;
        for (visible.seekToFirst(); visible.isValid(); visible.next()) {
          shown++;
        }
        for (visible.seekToLast(); visible.isValid(); visible.prev()) {
          shown++;
        }
        assertEquals(snapshot == 2 ? 4 : 6, shown);
        assertTrue(source.moves() < 100, source.moves() + " moves");
      }
    }
  }

  @Test
  void seekingWithItsOwnKeyWorks() {
    put("a", 1, "x");
    put("b", 2, "y");
    try (VisibleIterator visible = visible(9)) {
      visible.seekToLast();
      visible.seek(visible.key());
      assertEquals(Slice.of("b"), visible.key());
      visible.seekForPrev(visible.key());
      assertEquals(Slice.of("b"), visible.key());
      visible.prev();
      visible.seek(visible.key());
      assertEquals("x", visible.value().toUtf8());
    }
  }

  @Test
  void afterAFailedMoveItStandsNowhereAndMayBeSoughtAgain() {
    for (int i = 0; i < 10; i++) {
      put("k" + i, i + 1, "v");
    }
    FakeSource source = new FakeSource(versions);
    try (VisibleIterator visible = new VisibleIterator(source, 20, 0)) {
      visible.seekToFirst();
      source.failAfter(0);
      assertThrows(NotInMemoryException.class, visible::next);
      assertFalse(visible.isValid());
      visible.seekForPrev(Slice.of("k5"));
      assertEquals(Slice.of("k5"), visible.key());
      source.failAfter(0);
      assertThrows(NotInMemoryException.class, visible::prev);
      assertFalse(visible.isValid());
      visible.seek(Slice.of("k5"));
      assertEquals(Slice.of("k5"), visible.key());
    }
    assertTrue(source.isClosed());
  }

  @Test
  void walksLikeASortedMapOfWhatTheSnapshotSees() {
    long seed = System.nanoTime();
    System.out.println("visible model seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      versions.clear();
      int keys = 1 + random.nextInt(30);
      int entries = random.nextInt(300);
      for (int sequence = 1; sequence <= entries; sequence++) {
        String key = "k" + (random.nextInt(3) == 0 ? 0 : random.nextInt(keys));
        if (random.nextInt(3) == 0) {
          delete(key, sequence);
        } else {
          put(key, sequence, "v" + sequence);
        }
      }
      long snapshot = random.nextInt(entries + 2);
      NavigableMap<Slice, String> seen = seenAt(snapshot);
      List<EntryIterator> sources = new ArrayList<>();
      NavigableMap<Version, byte[]> rest = FakeSource.noEntries();
      NavigableMap<Version, byte[]> some = FakeSource.noEntries();
      versions.forEach(
          (version, value) -> (random.nextBoolean() ? some : rest).put(version, value));
      sources.add(new FakeSource(some));
      sources.add(new FakeSource(rest));
      try (VisibleIterator visible =
          new VisibleIterator(new MergingIterator(sources), snapshot, 0)) {
        walkRandomly(visible, seen, random);
      }
    }
  }

  private static void walkRandomly(
      VisibleIterator visible, NavigableMap<Slice, String> seen, Random random) {
    Map.Entry<Slice, String> at = null;
    for (int step = 0; step < 150; step++) {
      if (at == null || random.nextInt(10) == 0) {
        Slice target = Slice.of("k" + random.nextInt(32));
        switch (random.nextInt(4)) {
          case 0 -> {
            visible.seekToFirst();
            at = seen.firstEntry();
          }
          case 1 -> {
            visible.seekToLast();
            at = seen.lastEntry();
          }
          case 2 -> {
            visible.seek(target);
            at = seen.ceilingEntry(target);
          }
          default -> {
            visible.seekForPrev(target);
            at = seen.floorEntry(target);
          }
        }
      } else if (random.nextBoolean()) {
        visible.next();
        at = seen.higherEntry(at.getKey());
      } else {
        visible.prev();
        at = seen.lowerEntry(at.getKey());
      }
      assertAt(at, visible);
    }
  }

  private static void assertAt(Map.@Nullable Entry<Slice, String> expected, VisibleIterator at) {
    assertEquals(expected != null, at.isValid());
    if (expected != null) {
      assertEquals(expected.getKey(), at.key());
      assertEquals(expected.getValue(), at.value().toUtf8());
    }
  }

  private NavigableMap<Slice, String> seenAt(long snapshot) {
    NavigableMap<Slice, String> seen = new TreeMap<>();
    List<Map.Entry<Version, byte[]>> oldestFirst = new ArrayList<>(versions.entrySet());
    oldestFirst.sort((a, b) -> Long.compare(a.getKey().trailer(), b.getKey().trailer()));
    for (Map.Entry<Version, byte[]> entry : oldestFirst) {
      long trailer = entry.getKey().trailer();
      if (InternalKey.sequence(trailer) <= snapshot) {
        Slice key = Slice.of(entry.getKey().key());
        if (InternalKey.kind(trailer) == EntryKind.PUT) {
          seen.put(key, Slice.of(entry.getValue()).toUtf8());
        } else {
          seen.remove(key);
        }
      }
    }
    return seen;
  }

  private List<String> walkForward(long snapshot) {
    List<String> shown = new ArrayList<>();
    try (VisibleIterator visible = visible(snapshot)) {
      for (visible.seekToFirst(); visible.isValid(); visible.next()) {
        shown.add(visible.key().toUtf8() + "=" + visible.value().toUtf8());
      }
    }
    return shown;
  }

  private List<String> walkBackward(long snapshot) {
    List<String> shown = new ArrayList<>();
    try (VisibleIterator visible = visible(snapshot)) {
      for (visible.seekToLast(); visible.isValid(); visible.prev()) {
        shown.add(visible.key().toUtf8() + "=" + visible.value().toUtf8());
      }
    }
    return shown;
  }

  private VisibleIterator visible(long snapshot) {
    return new VisibleIterator(new FakeSource(versions), snapshot, 0);
  }

  private void put(String key, long sequence, String value) {
    versions.put(
        new Version(Slice.of(key).toByteArray(), InternalKey.trailer(sequence, EntryKind.PUT)),
        Slice.of(value).toByteArray());
  }

  private void delete(String key, long sequence) {
    versions.put(
        new Version(Slice.of(key).toByteArray(), InternalKey.trailer(sequence, EntryKind.DELETE)),
        new byte[0]);
  }
}
