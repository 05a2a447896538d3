package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.Lookup;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One writer and several readers, with flushes and merges all the time. Each batch writes one number
/// to all keys: whoever sees two numbers has seen a torn batch, whoever sees one below what was durable
/// before has seen a stale one.
@Timeout(120)
class EngineConcurrencyTest {

  private static final int KEYS = 12;
  private static final int READERS = 3;
  private static final int BATCHES = Integer.getInteger("varve.concurrency.batches", 1_500);

  @TempDir Path directory;

  private final AtomicLong durableNumber = new AtomicLong();
  private final AtomicLong looks = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean ended;

  @ParameterizedTest
  @EnumSource(
      value = CommitMode.class,
      names = {"INLINE", "THREADED"})
  void readersSeeWholeBatchesAndNothingOlderThanWhatWasDurable(CommitMode mode) throws Exception {
    // A little cache, so that readers meet evictions as well.
    EngineOptions options =
        TestOptions.of(
            new DiskFileSystem(),
            64 << 10,
            32 << 10,
            2,
            Compression.LZ4,
            mode,
            512,
            SyncPolicy.NEVER);
    try (Engine engine = Engine.open(directory.resolve("store"), options)) {
      write(engine, 0);
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        boolean walks = i % 2 == 1;
        readers.add(Thread.ofPlatform().start(() -> read(engine, walks)));
      }
      for (long number = 1; number <= BATCHES && failure.get() == null; number++) {
        write(engine, number);
      }
      ended = true;
      for (Thread reader : readers) {
        reader.join();
      }
      if (failure.get() != null) {
        throw new AssertionError(failure.get());
      }
      System.out.println(
          "EngineConcurrencyTest "
              + mode
              + ": "
              + looks
              + " looks, flushes "
              + engine.stats().compaction().flushes()
              + "; torn 0, stale 0");
    }
  }

  private void write(Engine engine, long number) {
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < KEYS; i++) {
      batch.put(Slice.of("key" + i), Slice.of(number + "," + "x".repeat((int) (number % 900))));
    }
    engine.writeDurably(batch);
    durableNumber.set(number);
  }

  private void read(Engine engine, boolean walks) {
    ReadContext reads = new ReadContext();
    try {
      while (!ended) {
        long least = durableNumber.get();
        try (ReadView view = engine.acquireView()) {
          long sequence = engine.durableSequence();
          long number =
              walks ? walk(engine, view, sequence, reads) : get(engine, view, sequence, reads);
          assertTrue(number >= least, "saw " + number + " after " + least + " was durable");
          // The view may be older than the sequence number, never newer.
          assertTrue((number + 1) * KEYS <= sequence, "saw " + number + " at " + sequence);
          // Later, through the same view: the same.
          assertEquals(number, get(engine, view, sequence, reads));
        }
        looks.incrementAndGet();
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    } finally {
      reads.reset();
    }
  }

  private static long get(Engine engine, ReadView view, long sequence, ReadContext reads) {
    Slice value = new Slice();
    long first = -1;
    for (int i = 0; i < KEYS; i++) {
      assertEquals(
          Lookup.FOUND, engine.get(view, Slice.of("key" + i), sequence, reads, value), "key" + i);
      long number = number(value);
      first = i == 0 ? number : first;
      assertEquals(first, number, "torn at key" + i);
      reads.reset();
    }
    return first;
  }

  private static long walk(Engine engine, ReadView view, long sequence, ReadContext reads) {
    long first = -1;
    int seen = 0;
    try (KeyValueIterator iterator = engine.iterator(view, sequence, reads)) {
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        long number = number(iterator.value());
        first = seen++ == 0 ? number : first;
        assertEquals(first, number, "torn at " + iterator.key().toUtf8());
      }
    }
    reads.reset();
    assertEquals(KEYS, seen);
    return first;
  }

  private static long number(Slice value) {
    String text = value.toUtf8();
    int comma = text.indexOf(',');
    long number = Long.parseLong(text.substring(0, comma));
    assertEquals(number % 900, text.length() - comma - 1, "half a value");
    return number;
  }
}
