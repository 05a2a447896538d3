package io.varve.bench;

import io.varve.bench.folder.Folders;
import io.varve.engine.EngineOptions;
import io.varve.engine.Store;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.Slice;
import io.varve.engine.wal.SyncPolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `bench open`: how long a store of many tables takes from open to its first answer.
@Command(
    name = "open",
    mixinStandardHelpOptions = true,
    description = "Makes a store of many small tables, opens it again and again, and reads a key.")
final class OpenCommand implements Callable<Integer> {

  private static final int TABLE_BYTES = 64 << 10;
  private static final int VALUE_BYTES = 1000;
  private static final int BATCH_WRITES = 100;

  @Option(
      names = "--tables",
      defaultValue = "10000",
      description = "Tables of 64 KiB, about (${DEFAULT-VALUE}).")
  private int tables;

  @Option(names = "--rounds", defaultValue = "5", description = "Opens (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where, instead of a temporary folder.")
  private @Nullable Path directory;

  @Override
  public Integer call() throws IOException {
    Path given = directory;
    Path store = given == null ? Files.createTempDirectory("varve-open") : given;
    try {
      long keys = load(store);
      System.out.printf(Locale.ROOT, "%-8s %12s %16s%n", "round", "open ms", "first get ms");
      double[] sums = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        sums[round] = openAndGet(store, keys, round + 1);
      }
      Arrays.sort(sums);
      System.out.printf(
          Locale.ROOT, "median from open to the first answer: %.0f ms%n", sums[rounds / 2]);
      return 0;
    } finally {
      if (given == null) {
        Folders.delete(store);
      }
    }
  }

  private static EngineOptions options() {
    return EngineOptions.builder()
        .syncPolicy(SyncPolicy.NEVER)
        .memtableBytes(8 << 20)
        .tableBytes(TABLE_BYTES)
        .compression(Compression.NONE)
        .build();
  }

  private long load(Path path) {
    long keys = (long) tables * TABLE_BYTES / VALUE_BYTES;
    SplittableRandom random = new SplittableRandom(1);
    byte[] value = new byte[VALUE_BYTES];
    try (Store store = Store.open(path, options())) {
      WriteBatch batch = new WriteBatch();
      for (long key = 0; key < keys; key++) {
        random.nextBytes(value);
        batch.put(Slice.of(keyOf(key)), Slice.of(value));
        if (batch.count() == BATCH_WRITES) {
          store.write(batch);
          batch.clear();
        }
      }
      store.write(batch);
      store.engine().sealMemtable();
      store.engine().awaitFlushed();
      store.engine().awaitQuiet();
      long made = store.stats().levels().stream().mapToLong(level -> level.tables()).sum();
      System.out.printf(Locale.ROOT, "%,d keys in %,d tables%n", keys, made);
    }
    return keys;
  }

  /// Milliseconds from before the open to behind the first answer.
  private static double openAndGet(Path path, long keys, int round) {
    byte[] key = keyOf(new SplittableRandom(round).nextLong(keys));
    long start = System.nanoTime();
    try (Store store = Store.open(path, options())) {
      long opened = System.nanoTime();
      if (store.get(key) == null) {
        throw new IllegalStateException("a key is missing after the open");
      }
      long answered = System.nanoTime();
      System.out.printf(
          Locale.ROOT,
          "%-8d %12.1f %16.1f%n",
          round,
          (opened - start) / 1e6,
          (answered - opened) / 1e6);
      return (answered - start) / 1e6;
    }
  }

  private static byte[] keyOf(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }
}
