package io.varve.engine.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Search against iteration, and both against content that no builder made.
class BlockSearchTest {

  private static Block block(Slice payload) {
    MemorySegment memory = NativeMemory.allocate(payload.length());
    payload.copyTo(memory, 0);
    return new Block("000001.sst", 1, 0, memory, 0, payload.length());
  }

  private static Block blockOf(int restartInterval, String... keys) {
    var builder = new BlockBuilder(restartInterval, 64);
    for (String key : keys) {
      builder.add(Slice.of(key), 100, Slice.of("value of " + key));
    }
    return block(builder.finish(new Slice()));
  }

  private static String find(Block block, String key, long trailer) {
    long found = BlockSearch.find(block, Slice.of(key), trailer);
    if (found == BlockSearch.NONE) {
      return "none";
    }
    var value =
        new Slice(block.bytes(), BlockSearch.valueOffset(found), BlockSearch.valueBytes(found));
    return (BlockSearch.isExact(found) ? "= " : "> ") + value.toUtf8();
  }

  @Test
  void findsTheFirstEntryAtOrAfterTheTarget() {
    for (int interval = 1; interval <= 6; interval++) {
      Block block = blockOf(interval, "", "a", "ab", "abc", "abd", "b", "ba");
      assertEquals("= value of ", find(block, "", 100));
      assertEquals("> value of a", find(block, "", 99));
      assertEquals("= value of a", find(block, "a", 100));
      assertEquals("= value of a", find(block, "a", -1));
      assertEquals("> value of ab", find(block, "a", 99));
      assertEquals("> value of ab", find(block, "aa", -1));
      assertEquals("> value of abd", find(block, "abcd", -1));
      assertEquals("> value of b", find(block, "ac", -1));
      assertEquals("= value of ba", find(block, "ba", 100));
      assertEquals("none", find(block, "ba", 99));
      assertEquals("none", find(block, "baa", -1));
      block.release();
    }
  }

  @Test
  void ofManyVersionsFindsTheNewestThatIsNotNewerThanTheTarget() {
    for (int interval = 1; interval <= 5; interval++) {
      var builder = new BlockBuilder(interval, 64);
      for (int version = 30; version >= 10; version -= 2) {
        builder.add(Slice.of("key"), version, Slice.of("v" + version));
      }
      builder.add(Slice.of("key2"), 5, Slice.of("w5"));
      Block block = block(builder.finish(new Slice()));
      assertEquals("= v30", find(block, "key", 31));
      for (int version = 30; version >= 10; version--) {
        assertEquals("= v" + version / 2 * 2, find(block, "key", version));
      }
      assertEquals("> w5", find(block, "key", 9));
      block.release();
    }
  }

  @Test
  void agreesWithIterationOnRandomBlocks() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      var keys = new TreeSet<Slice>();
      int count = 1 + random.nextInt(60);
      while (keys.size() < count) {
        keys.add(randomKey(random));
      }
      var builder = new BlockBuilder(1 + random.nextInt(17), 64);
      for (Slice key : keys) {
        builder.add(key, 7, key);
      }
      Block block = block(builder.finish(new Slice()));
      try (var iterator = new BlockIterator()) {
        iterator.attach(block.retain());
        for (int i = 0; i < 100; i++) {
          Slice target = randomKey(random);
          long trailer = 6L + random.nextInt(3);
          iterator.seek(target, trailer);
          long found = BlockSearch.find(block, target, trailer);
          assertEquals(iterator.isValid(), found != BlockSearch.NONE, "seed " + seed);
          if (iterator.isValid()) {
            assertEquals(
                iterator.value(),
                new Slice(
                    block.bytes(), BlockSearch.valueOffset(found), BlockSearch.valueBytes(found)));
            assertEquals(
                iterator.userKey().equals(target), BlockSearch.isExact(found), "seed " + seed);
            assertEquals(7, BlockSearch.trailer(block, found));
          }
        }
      }
      block.release();
    }
  }

  private static Slice randomKey(Random random) {
    byte[] key = new byte[random.nextInt(24)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(8) == 0 ? random.nextInt(256) : 'a');
    }
    return Slice.of(key);
  }

  @Test
  void contentThatNoBuilderMadeEndsInAnErrorAndNotInForeignMemory() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var builder = new BlockBuilder(3, 64);
    for (int i = 100; i < 130; i++) {
      builder.add(Slice.of("key" + i), 100, Slice.of("value" + i));
    }
    Slice payload = builder.finish(new Slice());
    int errors = 0;
    for (int round = 0; round < 20_000; round++) {
      Block block = block(payload);
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        block
            .bytes()
            .set(Layouts.BYTE, random.nextInt(payload.length()), (byte) random.nextInt(256));
      }
      try (var iterator = new BlockIterator()) {
        iterator.attach(block.retain());
        BlockSearch.find(block, Slice.of("key" + (98 + random.nextInt(34))), random.nextInt(200));
        walk(iterator, random);
      } catch (CorruptionException e) {
        assertTrue(e.getMessage().contains("000001.sst"));
        errors++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      } finally {
        block.release();
      }
    }
    assertTrue(errors > 0);
  }

  private static void walk(BlockIterator iterator, Random random) {
    int steps = 0;
    for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
      steps++;
    }
    assertTrue(steps <= 1000);
    iterator.seekForPrev(Slice.of("key" + (98 + random.nextInt(34))), 100);
    while (iterator.isValid()) {
      iterator.prev();
    }
  }

  @Test
  void anEmptyBlockHoldsNothing() {
    Block block = block(new BlockBuilder(1, 16).finish(new Slice()));
    assertEquals(BlockSearch.NONE, BlockSearch.find(block, Slice.of("a"), -1));
    try (var iterator = new BlockIterator()) {
      iterator.attach(block.retain());
      iterator.seekToFirst();
      assertFalse(iterator.isValid());
      iterator.seekToLast();
      assertFalse(iterator.isValid());
      iterator.seek(Slice.of("a"), -1);
      assertFalse(iterator.isValid());
      iterator.seekForPrev(Slice.of("a"), 0);
      assertFalse(iterator.isValid());
    }
    block.release();
  }
}
