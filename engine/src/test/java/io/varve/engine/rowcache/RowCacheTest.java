package io.varve.engine.rowcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.EntryKind;
import io.varve.engine.memtable.HashMemtable;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RowCacheTest {

  private final RowCache cache = new RowCache(256 << 10);
  private final ReadContext reads = new ReadContext();

  @AfterEach
  void free() {
    cache.close();
  }

  @Test
  void whatWasOfferedIsFoundAndNothingElse() {
    offer("city", "Uppsala");
    assertEquals("Uppsala", find("city"));
    assertNull(find("cit"));
    assertNull(find("city2"));
    offer("city", "");
    assertEquals("", find("city"));
  }

  @Test
  void whatWasForgottenIsNotFoundAndMayBeOfferedAgain() {
    offer("city", "Uppsala");
    offer("lake", "Mälaren");
    cache.clear();
    assertNull(find("city"));
    assertNull(find("lake"));
    offer("city", "Visby");
    assertEquals("Visby", find("city"));
  }

  @Test
  void aRowOfAnOlderViewIsNeitherTakenNorGiven() {
    RowEpoch before = cache.epoch();
    offer("a", "1");
    cache.beginEpoch(7);
    assertFalse(cache.find(before, Slice.of("a"), hash("a"), reads, new Slice()));
    cache.offer(before, Slice.of("b"), hash("b"), Slice.of("stale"));
    assertNull(find("b"));
    assertEquals("1", find("a"));
    assertFalse(cache.epoch().seesAll(6));
    assertTrue(cache.epoch().seesAll(7));
  }

  @Test
  void aFlushBringsRowsUpToDate() {
    for (String key :
        new String[] {"changed", "deleted", "expiring", "kept", "covered", "put anew"}) {
      offer(key, "old");
    }
    HashMemtable memtable = new HashMemtable();
    try {
      memtable.put(Slice.of("changed"), 1, EntryKind.PUT, Slice.of("older"));
      memtable.put(Slice.of("changed"), 2, EntryKind.PUT, Slice.of("newest"));
      memtable.put(Slice.of("deleted"), 3, EntryKind.PUT, Slice.of("short-lived"));
      memtable.put(Slice.of("deleted"), 4, EntryKind.DELETE, new Slice());
      memtable.put(Slice.of("expiring"), 5, EntryKind.PUT_EXPIRING, Slice.of("12345678x"));
      memtable.put(Slice.of("unknown"), 6, EntryKind.PUT, Slice.of("cold"));
      memtable.deleteRange(Slice.of("coverec"), Slice.of("coveree"), 7);
      memtable.deleteRange(Slice.of("put"), Slice.of("puu"), 8);
      memtable.put(Slice.of("put anew"), 9, EntryKind.PUT, Slice.of("new"));
      cache.beginEpoch(9);
      try (var entries = memtable.iterator()) {
        cache.refresh(entries, memtable.rangeTombstones());
      }
    } finally {
      memtable.release();
    }
    assertEquals("newest", find("changed"));
    assertNull(find("deleted"));
    assertNull(find("expiring"));
    assertEquals("cold", find("unknown"));
    assertNull(find("covered"));
    assertEquals("old", find("kept"));
    // Covered and written again: it may be forgotten, but not be what it was.
    String anew = find("put anew");
    assertTrue(anew == null || anew.equals("new"), "found " + anew);
  }

  @Test
  void aFlushTakesRowsInOnlyWhereThatCostsNoOther() {
    for (int i = 0; i < 10_000; i++) {
      offer("read" + i, "x".repeat(50));
    }
    HashMemtable memtable = new HashMemtable();
    try {
      memtable.put(Slice.of("written"), 1, EntryKind.PUT, Slice.of("value"));
      cache.beginEpoch(1);
      try (var entries = memtable.iterator()) {
        cache.refresh(entries, memtable.rangeTombstones());
      }
    } finally {
      memtable.release();
    }
    assertNull(find("written"));
  }

  @Test
  void rowsComeAndGoAndAreNeverWrong() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, String> latest = new HashMap<>();
    int found = 0;
    for (int i = 0; i < 200_000; i++) {
      String key = "key" + random.nextInt(4_000);
      String known = find(key);
      if (known != null) {
        assertEquals(latest.get(key), known);
        found++;
      }
      if (random.nextInt(4) == 0) {
        String value = "v" + i + "x".repeat(random.nextInt(random.nextInt(20) == 0 ? 3_000 : 100));
        latest.put(key, value);
        offer(key, value);
      }
      reads.reset();
    }
    assertTrue(found > 10_000, "found only " + found);
    assertTrue(cache.stats().bytes() <= 256 << 10, "takes " + cache.stats().bytes());
  }

  @Test
  void whatIsAskedForAgainAndAgainStays() {
    int missed = 0;
    for (int i = 0; i < 100_000; i++) {
      offer("cold" + i, "x".repeat(50));
      if (i % 100 == 0 && find("hot") == null) {
        offer("hot", "value");
        missed++;
      }
    }
    // About thirty times as much as fits has passed by. A full bucket may forget the row at times.
    assertTrue(missed < 20, "missed " + missed + " times of 1000");
    assertNull(find("cold0"));
  }

  @Test
  void aRowThatIsTooLargeIsNotKept() {
    offer("large", "x".repeat(RowCache.ROW_BYTES_MAX));
    assertNull(find("large"));
  }

  /// Values repeat their key, so a reader that was shown bytes of two rows would see it.
  @Test
  void readersBesideAWriterSeeWholeRows() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    AtomicReference<@Nullable String> wrong = new AtomicReference<>();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  ReadContext own = new ReadContext();
                  Slice value = new Slice();
                  SplittableRandom random = new SplittableRandom(1);
                  while (!ended.get()) {
                    String key = "key" + random.nextInt(3_000);
                    if (cache.find(cache.epoch(), Slice.of(key), hash(key), own, value)) {
                      String text = value.toUtf8();
                      if (!text.equals(key.repeat(text.length() / key.length()))) {
                        wrong.set(key + " had " + text);
                      }
                    }
                    own.reset();
                  }
                });
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 300_000 && wrong.get() == null; i++) {
      String key = "key" + random.nextInt(3_000);
      offer(key, key.repeat(1 + random.nextInt(30)));
    }
    ended.set(true);
    reader.join();
    assertNull(wrong.get());
  }

  private void offer(String key, String value) {
    cache.offer(cache.epoch(), Slice.of(key), hash(key), Slice.of(value));
  }

  private @Nullable String find(String key) {
    Slice value = new Slice();
    return cache.find(cache.epoch(), Slice.of(key), hash(key), reads, value)
        ? value.toUtf8()
        : null;
  }

  private static long hash(String key) {
    return Slice.of(key).hash();
  }
}
