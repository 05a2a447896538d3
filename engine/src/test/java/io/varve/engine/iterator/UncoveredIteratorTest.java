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
import io.varve.engine.key.KeyRange;
import io.varve.engine.range.KeySpan;
import io.varve.engine.range.RangeCover;
import io.varve.engine.range.RangeTombstone;
import io.varve.engine.range.RangeTombstones;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UncoveredIteratorTest {

  private static final int KEYS = 40;

  private static Slice key(int number) {
    return Slice.of(String.format("%04d", number));
  }

  private static Slice end(int number) {
    return number >= KEYS ? KeyRange.END : key(number);
  }

  private static void put(NavigableMap<Version, byte[]> entries, int key, long sequence) {
    entries.put(
        new Version(key(key).toByteArray(), InternalKey.trailer(sequence, EntryKind.PUT)),
        ("v" + sequence).getBytes(StandardCharsets.UTF_8));
  }

  /// A cover that says how new the entries of its layer are, as memtables and tables do.
  private static RangeCover withNewest(RangeTombstones tombstones, long newestEntry) {
    return (key, sequence, into) -> {
      tombstones.locate(key, sequence, into);
      into.setNewestEntry(newestEntry);
    };
  }

  /// Sources by age with entries and tombstones, merged under visibility, against what comes out when
  /// everything is looked at one by one.
  @Test
  void layersUnderRangeTombstonesShowWhatTheirOperationsLeave() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    System.out.println("UncoveredIteratorTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 80; round++) {
      checkRound(random, "seed " + seed + " round " + round);
    }
  }

  private static void checkRound(SplittableRandom random, String hint) {
    int layers = 1 + random.nextInt(4);
    List<NavigableMap<Version, byte[]>> entries = new ArrayList<>();
    List<List<RangeTombstone>> tombstones = new ArrayList<>();
    List<Long> newest = new ArrayList<>();
    long sequence = 0;
    // Oldest layer first, as they are written.
    for (int layer = 0; layer < layers; layer++) {
      NavigableMap<Version, byte[]> map = FakeSource.noEntries();
      List<RangeTombstone> ranges = new ArrayList<>();
      long last = 0;
      for (int i = random.nextInt(60); i > 0; i--) {
        sequence++;
        if (random.nextInt(8) == 0) {
          int from = random.nextInt(KEYS);
          ranges.add(new RangeTombstone(key(from), end(from + 1 + random.nextInt(KEYS)), sequence));
        } else {
          put(map, random.nextInt(KEYS), sequence);
          last = sequence;
        }
      }
      entries.addFirst(map);
      tombstones.addFirst(ranges);
      newest.addFirst(last);
    }
    for (long at = 0; at <= sequence; at += 1 + random.nextInt(9)) {
      try (VisibleIterator iterator =
          new VisibleIterator(
              new MergingIterator(uncovered(entries, tombstones, newest, at)), at, 0)) {
        checkWalk(iterator, entries, tombstones, at, random, hint + " at " + at);
      }
    }
  }

  private static List<EntryIterator> uncovered(
      List<NavigableMap<Version, byte[]>> entries,
      List<List<RangeTombstone>> tombstones,
      List<Long> newest,
      long at) {
    List<EntryIterator> sources = new ArrayList<>();
    List<RangeCover> younger = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      RangeCover own =
          tombstones.get(i).isEmpty()
              ? null
              : withNewest(RangeTombstones.of(tombstones.get(i)), newest.get(i));
      sources.add(new UncoveredIterator(new FakeSource(entries.get(i)), younger, own, at));
      if (own != null) {
        younger.add(own);
      }
    }
    return sources;
  }

  private static void checkWalk(
      KeyValueIterator iterator,
      List<NavigableMap<Version, byte[]>> entries,
      List<List<RangeTombstone>> tombstones,
      long at,
      SplittableRandom random,
      String hint) {
    List<String> expected = new ArrayList<>();
    for (int number = 0; number < KEYS; number++) {
      String value = expected(entries, tombstones, number, at);
      if (value != null) {
        expected.add(key(number).toUtf8() + "=" + value);
      }
    }
    List<String> forward = new ArrayList<>();
    for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
      forward.add(shown(iterator));
    }
    assertEquals(expected, forward, hint);
    List<String> backward = new ArrayList<>();
    for (iterator.seekToLast(); iterator.isValid(); iterator.prev()) {
      backward.addFirst(shown(iterator));
    }
    assertEquals(expected, backward, hint);
    for (int i = 0; i < 10; i++) {
      checkZigzag(iterator, expected, random, hint);
    }
  }

  /// A seek and then steps to and fro.
  private static void checkZigzag(
      KeyValueIterator iterator, List<String> expected, SplittableRandom random, String hint) {
    String target = key(random.nextInt(KEYS)).toUtf8();
    int index;
    if (random.nextBoolean()) {
      iterator.seek(Slice.of(target));
      index = 0;
      while (index < expected.size() && expected.get(index).compareTo(target) < 0) {
        index++;
      }
    } else {
      iterator.seekForPrev(Slice.of(target));
      index = expected.size() - 1;
      while (index >= 0 && expected.get(index).compareTo(target + "=~") > 0) {
        index--;
      }
    }
    for (int step = 0; step < 6; step++) {
      boolean there = index >= 0 && index < expected.size();
      assertEquals(there, iterator.isValid(), hint);
      if (!there) {
        return;
      }
      assertEquals(expected.get(index), shown(iterator), hint);
      if (random.nextBoolean()) {
        iterator.next();
        index++;
      } else {
        iterator.prev();
        index--;
      }
    }
  }

  private static String shown(KeyValueIterator iterator) {
    return iterator.key().toUtf8() + "=" + iterator.value().toUtf8();
  }

  private static @Nullable String expected(
      List<NavigableMap<Version, byte[]>> entries,
      List<List<RangeTombstone>> tombstones,
      int number,
      long at) {
    long deleted = 0;
    for (List<RangeTombstone> layer : tombstones) {
      for (RangeTombstone each : layer) {
        if (each.sequence() <= at && each.covers(key(number))) {
          deleted = Math.max(deleted, each.sequence());
        }
      }
    }
    long newest = 0;
    for (NavigableMap<Version, byte[]> layer : entries) {
      for (Version version : layer.keySet()) {
        long sequence = InternalKey.sequence(version.trailer());
        if (sequence <= at && Slice.of(version.key()).equals(key(number))) {
          newest = Math.max(newest, sequence);
        }
      }
    }
    return newest > deleted ? "v" + newest : null;
  }

  @Test
  void manyEntriesUnderAYoungerTombstoneCostOneSeekInEitherDirection() {
    NavigableMap<Version, byte[]> entries = FakeSource.noEntries();
    for (int i = 0; i < 5_000; i++) {
      put(entries, i, i + 1);
    }
    FakeSource source = new FakeSource(entries);
    RangeTombstones tombstones =
        RangeTombstones.of(List.of(new RangeTombstone(key(10), key(4_990), 9_000)));
    try (UncoveredIterator iterator =
        new UncoveredIterator(source, List.of(tombstones), null, 10_000)) {
      int shown = 0;
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        shown++;
      }
      assertEquals(20, shown);
      for (iterator.seekToLast(); iterator.isValid(); iterator.prev()) {
        shown++;
      }
      assertEquals(40, shown);
      assertTrue(source.moves() < 50, source.moves() + " moves");
      int before = source.moves();
      iterator.seek(key(2_000), FakeSource.newest());
      assertEquals(key(4_990), iterator.userKey());
      assertEquals(1, source.moves() - before);
    }
  }

  @Test
  void tombstoneOfTheSameLayerThatIsNewerThanAllItsEntriesCostsOneSeek() {
    NavigableMap<Version, byte[]> entries = FakeSource.noEntries();
    for (int i = 0; i < 5_000; i++) {
      put(entries, i, i + 1);
    }
    FakeSource source = new FakeSource(entries);
    RangeTombstones tombstones =
        RangeTombstones.of(List.of(new RangeTombstone(key(1), key(4_999), 9_000)));
    try (UncoveredIterator iterator =
        new UncoveredIterator(source, List.of(), withNewest(tombstones, 5_000), 10_000)) {
      iterator.seekToFirst();
      iterator.next();
      assertEquals(key(4_999), iterator.userKey());
      iterator.prev();
      assertEquals(key(0), iterator.userKey());
      assertTrue(source.moves() < 10, source.moves() + " moves");
    }
  }

  @Test
  void neighbouringTombstonesAreLeaptOverTogether() {
    NavigableMap<Version, byte[]> entries = FakeSource.noEntries();
    List<RangeTombstone> trims = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      put(entries, i, i + 1);
      trims.add(new RangeTombstone(key(i), key(i + 1), 2_000 + i));
    }
    put(entries, 1_000, 1_500);
    FakeSource source = new FakeSource(entries);
    try (UncoveredIterator iterator =
        new UncoveredIterator(source, List.of(RangeTombstones.of(trims)), null, 10_000)) {
      iterator.seekToFirst();
      assertEquals(key(1_000), iterator.userKey());
      assertEquals(2, source.moves());
    }
  }

  @Test
  void coverThatThrowsLeavesTheIteratorNowhereAndAbleToGoOn() {
    NavigableMap<Version, byte[]> entries = FakeSource.noEntries();
    put(entries, 1, 1);
    put(entries, 2, 2);
    RangeTombstones tombstones = RangeTombstones.of(List.of(new RangeTombstone(key(1), key(2), 9)));
    boolean[] refuse = {true};
    RangeCover cover =
        new RangeCover() {
          @Override
          public void locate(Slice key, long sequence, KeySpan into) {
            if (refuse[0]) {
              throw NotInMemoryException.INSTANCE;
            }
            tombstones.locate(key, sequence, into);
          }
        };
    try (UncoveredIterator iterator =
        new UncoveredIterator(new FakeSource(entries), List.of(cover), null, 10)) {
      assertThrows(NotInMemoryException.class, iterator::seekToFirst);
      assertFalse(iterator.isValid());
      refuse[0] = false;
      iterator.seekToFirst();
      assertEquals(key(2), iterator.userKey());
    }
  }
}
