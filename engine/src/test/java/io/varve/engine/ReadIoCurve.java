package io.varve.engine;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import io.varve.engine.key.Lookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Measures what a cold GET costs as runs pile up and after they have been merged.
///
/// One run holds every key; each flush after it adds a run that overwrites a few of them, spread over
/// the whole range, so that every run has to be asked for almost every key. The cache holds nothing:
/// every block is a read from disk. Counts only, so that a noisy machine changes nothing.
final class ReadIoCurve {

  static final int RUNS_MAX = 30;

  private static final int KEYS = 10_000;
  private static final int KEYS_PER_FLUSH = 250;
  private static final int VALUE_BYTES = 100;
  private static final int GETS = 1_000;
  private static final long SEED = 2025;

  /// What a number of GETs cost at one moment.
  ///
  /// @param runs sorted runs in the store
  /// @param data data blocks read per GET of a key that exists
  /// @param all blocks of any kind read per GET of a key that exists
  /// @param missing data blocks read per GET of a key that does not exist
  record Point(int runs, double data, double all, double missing) {}

  /// @param rising one point after each flush, merges held back
  /// @param merged after everything has been merged
  /// @param counted blocks read over all, summed up read by read
  /// @param total the same as the store's own statistics tell it
  record Curve(List<Point> rising, Point merged, long counted, long total) {

    Point first() {
      return rising.getFirst();
    }

    Point last() {
      return rising.getLast();
    }
  }

  private final Engine engine;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final WriteBatch batch = new WriteBatch();
  private final ReadContext reads = new ReadContext();
  private long counted;

  private ReadIoCurve(Engine engine) {
    this.engine = engine;
  }

  static Curve measure(Path directory, double bloomBitsPerKey) {
    try (Engine engine = Engine.open(directory, options(bloomBitsPerKey))) {
      return new ReadIoCurve(engine).measure();
    }
  }

  /// Nothing is cached, and no memtable is sealed before its time.
  private static EngineOptions options(double bloomBitsPerKey) {
    return EngineOptions.builder()
        .blockCacheBytes(0)
        .bloomBitsPerKey(bloomBitsPerKey)
        .walSegmentBytes(256 << 10)
        .reserveBytes(0)
        .build();
  }

  private Curve measure() {
    engine.pauseMerges();
    for (int key = 0; key < KEYS; key++) {
      put(key);
    }
    List<Point> rising = new ArrayList<>();
    rising.add(flushAndRead());
    while (rising.size() < RUNS_MAX) {
      for (int i = 0; i < KEYS_PER_FLUSH; i++) {
        put(random.nextInt(KEYS));
      }
      rising.add(flushAndRead());
    }
    engine.resumeMerges();
    engine.compactAll();
    Point merged = read();
    return new Curve(rising, merged, counted, engine.stats().reads().readIos());
  }

  private void put(int key) {
    byte[] value = new byte[VALUE_BYTES];
    random.nextBytes(value);
    batch.clear();
    batch.put(present(key), Slice.of(value));
    engine.write(batch);
  }

  private Point flushAndRead() {
    engine.commit();
    engine.sealMemtable();
    engine.awaitFlushed();
    return read();
  }

  private Point read() {
    touchTables();
    double data = 0;
    double all = 0;
    double missing = 0;
    try (ReadView view = engine.acquireView()) {
      for (int i = 0; i < GETS; i++) {
        int key = random.nextInt(KEYS);
        get(view, present(key), Lookup.FOUND);
        data += dataReads();
        all += reads.readIos();
        get(view, absent(key), Lookup.ABSENT);
        missing += dataReads();
      }
      return new Point(view.version().runCount(), data / GETS, all / GETS, missing / GETS);
    } finally {
      reads.reset();
    }
  }

  /// Opening a table reads its end, once; that is no part of the price of a GET.
  private void touchTables() {
    try (ReadView view = engine.acquireView()) {
      get(view, absent(KEYS / 2), Lookup.ABSENT);
    }
  }

  private void get(ReadView view, Slice key, Lookup expected) {
    reads.reset();
    Lookup found = engine.get(view, key, engine.lastSequence(), reads, new Slice());
    if (found != expected) {
      throw new AssertionError(key + ": " + found + " instead of " + expected);
    }
    engine.account(reads);
    counted += reads.readIos();
  }

  private long dataReads() {
    long sum = 0;
    for (int level = 0; level < ReadContext.LEVELS_COUNTED; level++) {
      sum += reads.readIos(level, ReadReason.DATA);
    }
    return sum;
  }

  private static Slice present(int key) {
    return key(2 * key);
  }

  /// Lies between keys that exist, so that no run's range rules it out.
  private static Slice absent(int key) {
    return key(2 * key + 1);
  }

  private static Slice key(int number) {
    String digits = Integer.toString(1_000_000 + number);
    return Slice.of(("key:" + digits).getBytes(StandardCharsets.US_ASCII));
  }
}
