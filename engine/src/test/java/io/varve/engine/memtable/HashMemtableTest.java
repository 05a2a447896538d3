package io.varve.engine.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.Lookup;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

final class HashMemtableTest extends MemtableContractTest {

  @Override
  Memtable create() {
    return new HashMemtable();
  }

  @Test
  void lastReleaseGivesAllMemoryBack() {
    HashMemtable memtable = new HashMemtable();
    Slice key = Slice.of(new byte[8]);
    for (int i = 0; i < 20_000; i++) {
      memtable.put(longKey(i, key), i + 1, EntryKind.PUT, key);
    }
    assertTrue(memtable.tryRetain());
    memtable.release();
    assertTrue(memtable.memoryBytes() > 20_000 * 16);
    memtable.release();
    assertEquals(0, memtable.memoryBytes());
  }

  @Test
  void keysMadeToCollideGoToTheSecondIndexAndAreAllFound() {
    HashMemtable memtable = new HashMemtable();
    try {
      long hash = collidingKey(0).hash();
      int keys = 20_000;
      Slice value = Slice.of("v");
      for (int i = 0; i < keys; i++) {
        assertEquals(hash, collidingKey(i).hash(), "the hash is stronger than this test thinks");
        memtable.put(collidingKey(i), i + 1, EntryKind.PUT, value);
      }
      memtable.put(collidingKey(keys / 2), keys + 1, EntryKind.DELETE, new Slice());
      Slice found = new Slice();
      for (int i = 0; i < keys; i++) {
        Lookup expected = i == keys / 2 ? Lookup.DELETED : Lookup.FOUND;
        assertEquals(expected, memtable.get(collidingKey(i), InternalKey.SEQUENCE_MAX, found));
      }
      assertEquals(Lookup.FOUND, memtable.get(collidingKey(keys / 2), keys, found));
      assertEquals(Lookup.ABSENT, memtable.get(collidingKey(keys), keys, found));
      // Ordinary keys of the same table still grow it, colliding ones move along.
      for (int i = 0; i < 100_000; i++) {
        memtable.put(Slice.of("k" + i), keys + 2 + i, EntryKind.PUT, value);
      }
      for (int i = 0; i < keys; i++) {
        assertNotEquals(
            Lookup.ABSENT, memtable.get(collidingKey(i), InternalKey.SEQUENCE_MAX, found));
      }
    } finally {
      memtable.release();
    }
  }

  @Test
  void newestVersionOfAHotKeyIsFoundWithoutWalkingTheOthers() {
    HashMemtable memtable = new HashMemtable();
    try {
      Slice key = Slice.of("counter");
      Slice number = Slice.of(new byte[8]);
      Slice found = new Slice();
      int writes = 300_000;
      // Quadratic behaviour would take hours here.
      for (int i = 1; i <= writes; i++) {
        memtable.put(key, i, EntryKind.PUT, longKey(i, number));
        assertEquals(Lookup.FOUND, memtable.get(key, InternalKey.SEQUENCE_MAX, found));
        assertEquals(number, found);
      }
      assertEquals(Lookup.FOUND, memtable.get(key, 1, found));
      assertEquals(longKey(1, number), found);
      try (EntryIterator iterator = memtable.iterator()) {
        iterator.seek(key, InternalKey.seekTrailer(7));
        assertEquals(7, iterator.sequence());
        long expected = writes;
        for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
          assertEquals(expected--, iterator.sequence());
        }
        assertEquals(0, expected);
      }
    } finally {
      memtable.release();
    }
  }

  @Test
  void scansBetweenWritesKeepFewRuns() {
    HashMemtable memtable = new HashMemtable();
    try {
      Slice key = Slice.of(new byte[8]);
      for (int i = 0; i < 5_000; i++) {
        memtable.put(longKey(i * 0x9E3779B97F4A7C15L, key), i + 1, EntryKind.PUT, key);
        try (EntryIterator iterator = memtable.iterator()) {
          iterator.seek(key, -1L);
          assertTrue(iterator.isValid());
          assertEquals(i + 1, iterator.sequence());
        }
      }
      // 16 bytes of heap per sorted entry and no more: old runs are gone.
      assertFalse(memtable.memoryBytes() > (4L << 20));
    } finally {
      memtable.release();
    }
  }

  @Test
  void putGetAndTouchAllocateNothingOnTheHeap() {
    HashMemtable memtable = new HashMemtable();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try {
      Slice key = Slice.of(new byte[8]);
      Slice found = new Slice();
      long[] hashes = new long[1];
      long allocated = 0;
      int operations = 20_000;
      int rounds = 10;
      for (int round = 0; round < rounds; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < operations; i++) {
          longKey(i, key);
          hashes[0] = key.hash();
          long _ = memtable.touch(hashes, 1);
          memtable.put(key, (long) round * operations + i + 1, EntryKind.PUT, key);
          memtable.get(key, InternalKey.SEQUENCE_MAX, found);
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      // In the last round the index has its size; a new chunk now and then is all.
      assertTrue(allocated < operations, allocated + " bytes for " + operations + " operations");
    } finally {
      memtable.release();
    }
  }

  /// Sixteen bytes whose first eight cancel a constant of the hash: the product is zero whatever the
  /// other eight are.
  private static Slice collidingKey(long number) {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    return Slice.of(bytes.putLong(0xA0761D6478BD642FL).putLong(number).array());
  }

  private static Slice longKey(long number, Slice into) {
    into.segment().set(Layouts.LONG_BE, 0, number);
    return into;
  }
}
