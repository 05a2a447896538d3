package io.varve.engine.sstable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.block.BlockCache;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.file.FileSystem;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.Lookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tables against a sorted map: same operations, random options, same answers.
class SstableModelTest {

  private static final int ROUNDS = 60;

  private final FileSystem fileSystem = new DiskFileSystem();
  @TempDir Path directory;

  @Test
  void answersLikeASortedMapUnderRandomOptions() {
    long allocatedBefore = NativeMemory.allocatedBytes();
    for (int round = 0; round < ROUNDS; round++) {
      long seed = new Random().nextLong();
      try {
        checkRound(seed, round);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertEquals(allocatedBefore, NativeMemory.allocatedBytes());
  }

  private void checkRound(long seed, int round) {
    var random = new Random(seed);
    SstableOptions options = TableModel.randomOptions(random);
    TableModel model =
        TableModel.random(random, 1 + random.nextInt(round % 10 == 0 ? 5000 : 300), 200);
    Path path = directory.resolve(round + ".sst");
    SstableSummary summary = model.write(fileSystem, path, round, options);
    checkSummary(model, summary);
    try (var cache = new BlockCache(random.nextInt(4) * 50_000L)) {
      SstableReader table = TableModel.open(fileSystem, path, round, cache);
      assertEquals(model.entries.size(), table.properties().entryCount());
      assertEquals(options.creationMillis(), table.properties().creationMillis());
      var findings = new ArrayList<SstableFinding>();
      table.verify(findings::add);
      assertEquals(List.of(), findings);
      checkLookups(model, table, random);
      for (CachePolicy policy : CachePolicy.values()) {
        var context = new ReadContext();
        try (EntryIterator iterator = table.iterator(context, 3, policy)) {
          checkWholeWalks(model, iterator);
          checkSeeks(model, iterator, random);
        }
        context.releasePins();
      }
      table.release();
      assertTrue(cache.stats().bytes() <= cache.capacityBytes());
    }
  }

  private static void checkSummary(TableModel model, SstableSummary summary) {
    assertEquals(model.entries.size(), summary.entryCount());
    assertArrayEquals(
        model.entries.firstKey().userKey(), summary.bounds().smallest().toByteArray());
    assertArrayEquals(model.entries.lastKey().userKey(), summary.bounds().largest().toByteArray());
    var sequences =
        model.entries.keySet().stream()
            .mapToLong(key -> InternalKey.sequence(key.trailer()))
            .summaryStatistics();
    assertEquals(sequences.getMin(), summary.smallestSequence());
    assertEquals(sequences.getMax(), summary.largestSequence());
    assertEquals(
        model.entries.values().stream().mapToLong(value -> value.length).sum(),
        summary.rawValueBytes());
  }

  private static void checkLookups(TableModel model, SstableReader table, Random random) {
    var context = new ReadContext();
    var expected = new Slice();
    var found = new Slice();
    List<TableModel.Key> keys = List.copyOf(model.entries.keySet());
    for (int i = 0; i < 2000; i++) {
      TableModel.Key key = keys.get(random.nextInt(keys.size()));
      byte[] userKey =
          switch (random.nextInt(4)) {
            case 0 -> TableModel.randomKey(random, 3, 20);
            case 1 -> mutated(key.userKey(), random);
            default -> key.userKey();
          };
      long sequence =
          random.nextInt(10) == 0
              ? InternalKey.SEQUENCE_MAX
              : Math.max(0, InternalKey.sequence(key.trailer()) + random.nextInt(5) - 2);
      Lookup wanted = model.get(userKey, sequence, expected);
      Slice probe = random.nextBoolean() ? Slice.of(userKey) : TableModel.nativeCopy(userKey);
      Lookup got = table.get(probe, sequence, context, 1, found);
      assertEquals(wanted, got, () -> Slice.of(userKey) + " at " + sequence);
      if (got == Lookup.FOUND) {
        assertEquals(expected, found);
      }
      if (i % 7 == 0) {
        context.releasePins();
      }
    }
    context.releasePins();
  }

  private static byte[] mutated(byte[] key, Random random) {
    if (key.length == 0) {
      return new byte[] {(byte) random.nextInt(256)};
    }
    byte[] mutated =
        random.nextBoolean() ? Arrays.copyOf(key, key.length - 1 + random.nextInt(3)) : key.clone();
    if (mutated.length > 0) {
      mutated[random.nextInt(mutated.length)] += (byte) (random.nextInt(3) - 1);
    }
    return mutated;
  }

  private static void checkWholeWalks(TableModel model, EntryIterator iterator) {
    iterator.seekToFirst();
    for (Map.Entry<TableModel.Key, byte[]> entry : model.entries.entrySet()) {
      checkAt(entry, iterator);
      iterator.next();
    }
    assertFalse(iterator.isValid());
    iterator.seekToLast();
    for (Map.Entry<TableModel.Key, byte[]> entry : model.entries.descendingMap().entrySet()) {
      checkAt(entry, iterator);
      iterator.prev();
    }
    assertFalse(iterator.isValid());
  }

  private static void checkSeeks(TableModel model, EntryIterator iterator, Random random) {
    List<TableModel.Key> keys = List.copyOf(model.entries.keySet());
    for (int i = 0; i < 300; i++) {
      TableModel.Key near = keys.get(random.nextInt(keys.size()));
      byte[] userKey = random.nextInt(3) == 0 ? mutated(near.userKey(), random) : near.userKey();
      long trailer =
          switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> -1L;
            case 2 -> near.trailer() + random.nextInt(3) - 1;
            case 3 -> InternalKey.seekTrailer(InternalKey.sequence(near.trailer()));
            default -> near.trailer();
          };
      var target = new TableModel.Key(userKey, trailer);
      Map.Entry<TableModel.Key, byte[]> expected;
      if (random.nextBoolean()) {
        iterator.seek(Slice.of(userKey), trailer);
        expected = model.entries.ceilingEntry(target);
      } else {
        iterator.seekForPrev(Slice.of(userKey), trailer);
        expected = model.entries.floorEntry(target);
      }
      for (int step = 0; step < 40; step++) {
        if (expected == null) {
          assertFalse(iterator.isValid());
          break;
        }
        checkAt(expected, iterator);
        if (random.nextInt(3) == 0) {
          iterator.prev();
          expected = model.entries.lowerEntry(expected.getKey());
        } else {
          iterator.next();
          expected = model.entries.higherEntry(expected.getKey());
        }
      }
    }
  }

  private static void checkAt(Map.Entry<TableModel.Key, byte[]> expected, EntryIterator iterator) {
    assertTrue(iterator.isValid());
    assertEquals(Slice.of(expected.getKey().userKey()), iterator.userKey());
    assertEquals(expected.getKey().trailer(), iterator.trailer());
    assertEquals(Slice.of(expected.getValue()), iterator.value());
  }
}
