package io.varve.engine.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.Lookup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// One thread writes a history that is known beforehand; readers compare every answer with it. All
/// bounded by operations.
final class MemtableConcurrencyTest {

  private static final int WRITES = 100_000;
  private static final int READS = 100_000;
  private static final int WALKS = 15;
  private static final int READS_WHILE_HELD = 500;
  private static final int KEYS = 20_000;

  private final HashMemtable memtable = new HashMemtable();
  private final AtomicLong published = new AtomicLong();

  /// Which key each sequence number writes, and per key its sequence numbers, ascending.
  private final int[] keyOf = new int[WRITES + 1];

  private final int[][] sequencesOf = new int[KEYS][];

  @Test
  void readersSeeEveryPublishedVersionAndNeverAWrongOne() throws Exception {
    long seed = System.nanoTime();
    System.out.println("memtable concurrency seed " + seed);
    writeHistory(new Random(seed));
    CyclicBarrier start = new CyclicBarrier(5);
    try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
      List<Future<?>> done = new ArrayList<>();
      done.add(threads.submit(() -> run(start, this::write)));
      for (int i = 0; i < 2; i++) {
        Random random = new Random(seed + 1 + i);
        done.add(threads.submit(() -> run(start, () -> readPoints(random))));
        done.add(threads.submit(() -> run(start, () -> walk(random))));
      }
      for (Future<?> each : done) {
        each.get();
      }
    }
    assertEquals(WRITES, memtable.entryCount());
    memtable.release();
  }

  @Test
  void memoryOutlivesTheWriterWhileReadersHoldIt() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < 100; round++) {
        HashMemtable shared = new HashMemtable();
        shared.put(Slice.of("k"), 1, EntryKind.PUT, Slice.of("v"));
        CyclicBarrier start = new CyclicBarrier(4);
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          done.add(threads.submit(() -> run(start, () -> readWhileHeld(shared))));
        }
        done.add(threads.submit(() -> run(start, shared::release)));
        for (Future<?> each : done) {
          each.get();
        }
        assertEquals(0, shared.memoryBytes());
      }
    }
    memtable.release();
  }

  private static void readWhileHeld(HashMemtable shared) {
    Slice value = new Slice();
    for (int i = 0; i < READS_WHILE_HELD && shared.tryRetain(); i++) {
      assertEquals(Lookup.FOUND, shared.get(Slice.of("k"), 1, value));
      assertEquals(Slice.of("v"), value);
      shared.release();
    }
  }

  private void writeHistory(Random random) {
    int[] counts = new int[KEYS];
    for (int sequence = 1; sequence <= WRITES; sequence++) {
      // Some keys are hot, new ones keep coming so that the index grows under the readers.
      int bound = random.nextInt(4) == 0 ? 10 : 1 + (int) ((long) KEYS * sequence / (WRITES + 1));
      keyOf[sequence] = random.nextInt(bound);
      counts[keyOf[sequence]]++;
    }
    for (int key = 0; key < KEYS; key++) {
      sequencesOf[key] = new int[counts[key]];
    }
    Arrays.fill(counts, 0);
    for (int sequence = 1; sequence <= WRITES; sequence++) {
      int key = keyOf[sequence];
      sequencesOf[key][counts[key]++] = sequence;
    }
  }

  private static boolean isDelete(long sequence) {
    return sequence % 7 == 3;
  }

  private void write() {
    Slice key = Slice.of(new byte[8]);
    for (int sequence = 1; sequence <= WRITES; sequence++) {
      EntryKind kind = isDelete(sequence) ? EntryKind.DELETE : EntryKind.PUT;
      memtable.put(number(keyOf[sequence], key), sequence, kind, valueOf(sequence));
      published.setRelease(sequence);
    }
  }

  private void readPoints(Random random) {
    Slice key = Slice.of(new byte[8]);
    Slice value = new Slice();
    for (int i = 0; i < READS; i++) {
      long newest = published.getAcquire();
      long snapshot = random.nextInt(3) == 0 ? random.nextLong(newest + 1) : newest;
      int wanted = random.nextInt(4) == 0 ? random.nextInt(10) : random.nextInt(KEYS);
      int sequence = newestAt(wanted, snapshot);
      Lookup found = memtable.get(number(wanted, key), snapshot, value);
      if (sequence == 0) {
        assertEquals(Lookup.ABSENT, found);
      } else if (isDelete(sequence)) {
        assertEquals(Lookup.DELETED, found);
      } else {
        assertEquals(Lookup.FOUND, found);
        assertEquals(valueOf(sequence), value);
      }
    }
  }

  /// Every published version shows once, in order, and what shows was written.
  private void walk(Random random) {
    Slice key = Slice.of(new byte[8]);
    for (int i = 0; i < WALKS; i++) {
      long newest = published.getAcquire();
      try (EntryIterator iterator = memtable.iterator()) {
        long seen = 0;
        long lastKey = -1;
        long lastSequence = 0;
        for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
          long at = iterator.userKey().segment().get(Layouts.LONG_BE, iterator.userKey().offset());
          long sequence = iterator.sequence();
          assertTrue(at > lastKey || (at == lastKey && sequence < lastSequence), "out of order");
          assertEquals(keyOf[(int) sequence], at);
          assertEquals(isDelete(sequence), iterator.kind() == EntryKind.DELETE);
          assertEquals(valueOf(sequence), iterator.value());
          if (sequence <= newest) {
            seen++;
          }
          lastKey = at;
          lastSequence = sequence;
        }
        assertEquals(newest, seen);
        int wanted = random.nextInt(KEYS);
        int sequence = newestAt(wanted, newest);
        if (sequence > 0) {
          iterator.seek(number(wanted, key), newest << 8 | 0xff);
          assertEquals(sequence, iterator.sequence());
        }
      }
    }
  }

  private int newestAt(int key, long snapshot) {
    int at = Arrays.binarySearch(sequencesOf[key], (int) snapshot);
    int index = at >= 0 ? at : -at - 2;
    return index < 0 ? 0 : sequencesOf[key][index];
  }

  private static Slice valueOf(long sequence) {
    if (isDelete(sequence)) {
      return new Slice();
    }
    byte[] bytes = new byte[8 + (int) (sequence % 50)];
    Arrays.fill(bytes, (byte) sequence);
    return number(sequence, Slice.of(bytes));
  }

  private static Slice number(long number, Slice into) {
    into.segment().set(Layouts.LONG_BE, 0, number);
    return into;
  }

  private static void run(CyclicBarrier start, Runnable work) {
    try {
      start.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    work.run();
  }
}
