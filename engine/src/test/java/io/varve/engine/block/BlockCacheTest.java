package io.varve.engine.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.NativeMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockCacheTest {

  private final long allocatedBefore = NativeMemory.allocatedBytes();

  @AfterEach
  void allMemoryIsGivenBack() {
    assertEquals(allocatedBefore, NativeMemory.allocatedBytes());
  }

  private static Block block(long fileNumber, long offset, int size) {
    return new Block("f", fileNumber, offset, NativeMemory.allocate(size), 0, size);
  }

  @Test
  void bytesStayWithinTheCapacity() {
    try (var cache = new BlockCache(100_000)) {
      for (int i = 0; i < 1000; i++) {
        cache.add(block(i % 7, i * 4096L, 1 + i * 37 % 5000)).release();
        BlockCacheStats stats = cache.stats();
        assertTrue(stats.bytes() <= stats.capacityBytes(), stats.toString());
      }
      assertTrue(cache.stats().bytes() > 50_000);
      assertEquals(1000, cache.stats().evictions() + cache.stats().blocks());
      cache.setCapacityBytes(10_000);
      assertTrue(cache.stats().bytes() <= 10_000);
    }
  }

  @Test
  void aBlockOutlivesItsEvictionWhileSomebodyReadsIt() {
    try (var cache = new BlockCache(100_000)) {
      Block block = cache.add(block(1, 0, 1000));
      cache.invalidateFile(1);
      assertNull(cache.find(1, 0));
      assertTrue(block.tryRetain());
      block.release();
      assertEquals(1000, block.bytes().byteSize());
      block.release();
      assertFalse(block.tryRetain());
      assertThrows(IndexOutOfBoundsException.class, () -> block.bytes().get(Layouts.BYTE, 0));
      assertThrows(IllegalStateException.class, block::release);
    }
  }

  @Test
  void theSecondLoaderOfABlockGetsTheFirstOnes() {
    try (var cache = new BlockCache(100_000)) {
      Block first = cache.add(block(1, 8, 1000));
      Block second = cache.add(block(1, 8, 1000));
      assertSame(first, second);
      assertEquals(1, cache.stats().blocks());
      Block third = cache.find(1, 8);
      assertNotNull(third);
      assertSame(first, third);
      first.release();
      second.release();
      third.release();
    }
  }

  @Test
  void aBlockTooLargeForTheCacheIsUsedButNotKept() {
    try (var cache = new BlockCache(80_000)) {
      Block large = cache.add(block(1, 0, 20_000));
      assertEquals(0, cache.stats().blocks());
      assertNull(cache.find(1, 0));
      large.release();
    }
    try (var none = new BlockCache(0)) {
      none.add(block(1, 0, 100)).release();
      assertEquals(0, none.stats().blocks());
    }
  }

  @Test
  void hitsAndMissesAreCounted() {
    try (var cache = new BlockCache(100_000)) {
      assertNull(cache.find(1, 0));
      cache.add(block(1, 0, 100)).release();
      Block hit = cache.find(1, 0);
      assertNotNull(hit);
      hit.release();
      assertEquals(1, cache.stats().hits());
      assertEquals(1, cache.stats().misses());
    }
  }
}
