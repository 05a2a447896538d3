package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionMode;
import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.KeyRange;
import io.varve.engine.key.Lookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random operations under random options give what a sorted map gives, through flushes, merges,
/// snapshots and restarts.
class EngineModelTest {

  private static final int ROUNDS = Integer.getInteger("varve.model.rounds", 4);
  private static final int OPERATIONS = 6_000;
  private static final int KEYS = 1_500;

  @TempDir Path directory;

  /// A moment to which a snapshot belongs.
  private record Moment(Snapshot snapshot, TreeMap<String, String> content) {}

  @Test
  void behavesLikeASortedMap() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    System.out.println("EngineModelTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < ROUNDS; round++) {
      runRound(directory.resolve("round" + round), random.split(), seed);
    }
  }

  private void runRound(Path store, SplittableRandom random, long seed) {
    TreeMap<String, String> model = new TreeMap<>();
    List<Moment> moments = new ArrayList<>();
    Engine engine = Engine.open(store, TestOptions.random(new DiskFileSystem(), random));
    try {
      WriteBatch batch = new WriteBatch();
      for (int i = 0; i < OPERATIONS; i++) {
        switch (random.nextInt(1000)) {
          case 0, 1, 2 -> moments.add(new Moment(engine.snapshot(), new TreeMap<>(model)));
          case 3, 4 -> engine.sealMemtable();
          case 5 -> engine.compactAll();
          case 6 -> engine.awaitQuiet();
          case 8 -> engine.setCompactionMode(mode(random));
          case 9 -> engine.compactRange(Slice.of(key(random)), Slice.of("key:9"));
          case 7 -> {
            check(engine, engine.durableSequence(), model, random, seed);
            closeAll(moments, engine, random, seed);
            engine.close();
            engine = Engine.open(store, TestOptions.random(new DiskFileSystem(), random));
          }
          default -> write(engine, batch, model, random);
        }
      }
      check(engine, engine.durableSequence(), model, random, seed);
      engine.sealMemtable();
      engine.awaitFlushed();
      engine.compactAll();
      check(engine, engine.durableSequence(), model, random, seed);
      closeAll(moments, engine, random, seed);
    } finally {
      engine.close();
    }
  }

  private static void closeAll(
      List<Moment> moments, Engine engine, SplittableRandom random, long seed) {
    for (Moment moment : moments) {
      check(engine, moment.snapshot.sequence(), moment.content, random, seed);
      moment.snapshot.close();
    }
    moments.clear();
  }

  private static void write(
      Engine engine,
      WriteBatch batch,
      NavigableMap<String, String> model,
      SplittableRandom random) {
    batch.clear();
    int operations = 1 + random.nextInt(4);
    for (int i = 0; i < operations; i++) {
      String key = key(random);
      if (random.nextInt(60) == 0) {
        deleteRange(batch, model, random);
      } else if (random.nextInt(4) == 0) {
        batch.delete(Slice.of(key));
        model.remove(key);
      } else {
        // One in sixteen is large under every option that knows large values.
        int bytes = random.nextInt(random.nextInt(16) == 0 ? 6_000 : 300);
        String value = "v" + random.nextInt() + "x".repeat(bytes);
        batch.put(Slice.of(key), Slice.of(value));
        model.put(key, value);
      }
    }
    engine.writeDurably(batch);
  }

  /// Mostly a short range, now and then a long one, a prefix, or all from a key on.
  private static void deleteRange(
      WriteBatch batch, NavigableMap<String, String> model, SplittableRandom random) {
    String from = key(random);
    switch (random.nextInt(40)) {
      case 0 -> {
        batch.deleteRange(KeyRange.from(Slice.of(from)));
        model.tailMap(from, true).clear();
      }
      case 1 -> {
        batch.deleteRange(KeyRange.ofPrefix(Slice.of("key:")));
        model.clear();
      }
      case 2, 3, 4 -> {
        String to = key(random);
        if (from.compareTo(to) < 0) {
          batch.deleteRange(Slice.of(from), Slice.of(to));
          model.subMap(from, to).clear();
        }
      }
      default -> {
        String to = from + (char) ('0' + random.nextInt(10));
        batch.deleteRange(Slice.of(from), Slice.of(to));
        model.subMap(from, to).clear();
      }
    }
  }

  private static CompactionMode mode(SplittableRandom random) {
    CompactionMode[] modes = CompactionMode.values();
    return modes[random.nextInt(modes.length)];
  }

  private static String key(SplittableRandom random) {
    return "key:" + "0".repeat(random.nextInt(3)) + random.nextInt(KEYS);
  }

  private static void check(
      Engine engine,
      long sequence,
      NavigableMap<String, String> model,
      SplittableRandom random,
      long seed) {
    String hint = "seed " + seed + " at sequence " + sequence;
    ReadContext reads = new ReadContext();
    Slice value = new Slice();
    try (ReadView view = engine.acquireView()) {
      for (int i = 0; i < 300; i++) {
        String key = key(random);
        Lookup found = engine.get(view, Slice.of(key), sequence, reads, value);
        String expected = model.get(key);
        assertEquals(expected, found == Lookup.FOUND ? value.toUtf8() : null, hint + " " + key);
        if (expected != null) {
          assertEquals(true, engine.mayContain(view, Slice.of(key), sequence, reads, value), hint);
        }
        reads.reset();
      }
      try (KeyValueIterator iterator = engine.iterator(view, sequence, reads)) {
        checkForward(iterator, model, hint);
        checkBackward(iterator, model, hint);
        checkSeeks(iterator, model, random, hint);
      }
    }
    reads.reset();
  }

  private static void checkForward(
      KeyValueIterator iterator, NavigableMap<String, String> model, String hint) {
    iterator.seekToFirst();
    for (Map.Entry<String, String> entry : model.entrySet()) {
      assertEquals(true, iterator.isValid(), hint);
      assertEquals(entry.getKey(), iterator.key().toUtf8(), hint);
      assertEquals(entry.getValue(), iterator.value().toUtf8(), hint);
      iterator.next();
    }
    assertEquals(false, iterator.isValid(), hint);
  }

  private static void checkBackward(
      KeyValueIterator iterator, NavigableMap<String, String> model, String hint) {
    iterator.seekToLast();
    for (Map.Entry<String, String> entry : model.descendingMap().entrySet()) {
      assertEquals(true, iterator.isValid(), hint);
      assertEquals(entry.getKey(), iterator.key().toUtf8(), hint);
      assertEquals(entry.getValue(), iterator.value().toUtf8(), hint);
      iterator.prev();
    }
    assertEquals(false, iterator.isValid(), hint);
  }

  private static void checkSeeks(
      KeyValueIterator iterator,
      NavigableMap<String, String> model,
      SplittableRandom random,
      String hint) {
    for (int i = 0; i < 50; i++) {
      String key = key(random);
      iterator.seek(Slice.of(key));
      assertEquals(
          model.ceilingKey(key), iterator.isValid() ? iterator.key().toUtf8() : null, hint);
      iterator.seekForPrev(Slice.of(key));
      assertEquals(model.floorKey(key), iterator.isValid() ? iterator.key().toUtf8() : null, hint);
    }
  }

  @Test
  void whatIsWrittenIsFoundAfterReopening() {
    EngineOptions options = TestOptions.small();
    try (Engine engine = Engine.open(directory.resolve("s"), options)) {
      WriteBatch batch = new WriteBatch();
      batch.put(Slice.of("city"), Slice.of("Uppsala"));
      batch.put(Slice.of("gone"), Slice.of("soon"));
      engine.writeDurably(batch);
      batch.clear();
      batch.delete(Slice.of("gone"));
      engine.writeDurably(batch);
    }
    try (Engine engine = Engine.open(directory.resolve("s"), options)) {
      assertArrayEquals("Uppsala".getBytes(StandardCharsets.UTF_8), engine.find(Slice.of("city")));
      assertNull(engine.find(Slice.of("gone")));
    }
  }
}
