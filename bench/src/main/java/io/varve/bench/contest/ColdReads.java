package io.varve.bench.contest;

import io.varve.bench.contest.Contender.BlockReads;
import io.varve.bench.contest.Load.Outcome;
import io.varve.bench.contest.Load.Session;
import io.varve.bench.records.Permutation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How many blocks a GET reads, by the store's own count and by the operating system's.
///
/// The promise is about data blocks when index and filter are in memory. It is counted with a block
/// cache of size 0: no data block is ever served by memory then, and the blocks of index and filter,
/// which a cache would hold, are counted apart. Every block that the store says it has read must be one
/// read call of the thread, and after the page cache has been emptied its bytes must come from the disk.
final class ColdReads {

  private static final double HIT_MAX = 1.02;
  private static final double MISS_MAX = 0.05;

  private static final long GETS_MAX = 20_000;
  private static final long DISK_GETS_MAX = 2_000;

  private final Path directory;
  private final Setup setup;
  private final Consumer<String> progress;
  private final Sessions sessions;

  ColdReads(Path directory, Setup setup, Consumer<String> progress) {
    this.directory = directory;
    this.setup = setup;
    this.progress = progress;
    this.sessions = new Sessions(setup);
  }

  /// Reads of some GETs.
  ///
  /// @param io what the operating system counted of the thread, or null
  private record Reads(long gets, BlockReads blocks, @Nullable ThreadIo io) {

    double dataPerGet() {
      return (double) blocks.data() / gets;
    }

    /// In words: what the store says and what the operating system says.
    String compared() {
      return String.format(
          Locale.ROOT,
          "store says %.3f data, %.3f index, %.3f filter blocks; system says %s reads",
          dataPerGet(),
          (double) blocks.index() / gets,
          (double) blocks.filter() / gets,
          io == null ? "?" : String.format(Locale.ROOT, "%.3f", (double) io.calls() / gets));
    }
  }

  /// What one side came to.
  ///
  /// @param evicted whether the page cache let go of the files
  /// @param fromDisk GETs of keys that are there, page cache cold
  private record Found(int runs, Reads hits, Reads misses, boolean evicted, Reads fromDisk) {}

  List<TargetResult> run() throws IOException {
    Found varve = measure(Side.VARVE);
    Found rocksdb = measure(Side.ROCKSDB);
    List<TargetResult> results = new ArrayList<>();
    results.add(result("data blocks per cold GET that hits", HIT_MAX, varve, rocksdb, Found::hits));
    results.add(
        result("data blocks per cold GET that misses", MISS_MAX, varve, rocksdb, Found::misses));
    results.add(
        TargetResult.withoutLimit(
            "bytes from the disk per GET, page cache cold",
            "KiB",
            diskKibPerGet(varve),
            diskKibPerGet(rocksdb),
            "Varve: "
                + varve.fromDisk().compared()
                + "\nRocksDB: "
                + rocksdb.fromDisk().compared()
                + (varve.evicted() && rocksdb.evicted()
                    ? ""
                    : "\nnot checked: this system does not let go of cached files")));
    return results;
  }

  private static TargetResult result(
      String title, double limit, Found varve, Found rocksdb, Function<Found, Reads> reads) {
    return TargetResult.atMost(
        title + ", " + varve.runs() + " runs",
        "",
        limit,
        reads.apply(varve).dataPerGet(),
        reads.apply(rocksdb).dataPerGet(),
        "Varve: "
            + reads.apply(varve).compared()
            + "\nRocksDB: "
            + reads.apply(rocksdb).compared()
            + "\n(its "
            + rocksdb.runs()
            + " runs keep index and filter with the open tables)");
  }

  private static double diskKibPerGet(Found found) {
    ThreadIo io = found.fromDisk().io();
    return io == null || !found.evicted()
        ? Double.NaN
        : io.diskBytes() / 1024.0 / found.fromDisk().gets();
  }

  private Found measure(Side side) throws IOException {
    progress.accept("  cold reads, " + side.title());
    long keys = setup.keys();
    try (Store store = Store.create(side, directory, "cold", setup)) {
      Contender.Writer writer = store.contender().writer();
      Permutation order = new Permutation(keys, 6);
      Load.run(1, keys, Integer.MAX_VALUE, _ -> sessions.put(writer, order::at, 0));
      // Part of the data once more, so that there are runs above the base.
      Load.run(1, keys / 3, Integer.MAX_VALUE, _ -> sessions.put(writer, sessions.uniform(7), 1));
      store.contender().settle();
      int runs = store.contender().figures().runs();
      store.reopen(setup.storeOptions().withCacheBytes(0));
      Contender cold = store.contender();
      Reads hits = read(GETS_MAX, () -> sessions.getStored(cold.newReader(), sessions.uniform(8)));
      Reads misses =
          read(GETS_MAX, () -> sessions.getMissing(cold.newReader(), sessions.uniform(9)));
      store.reopen(setup.storeOptions().withCacheBytes(0));
      Contender colder = store.contender();
      // Open tables, classes and methods: not what is counted.
      read(100, () -> sessions.getStored(colder.newReader(), sessions.uniform(10)));
      boolean evicted = PageCache.evict(store.directory());
      Reads fromDisk =
          read(DISK_GETS_MAX, () -> sessions.getStored(colder.newReader(), sessions.uniform(11)));
      return new Found(runs, hits, misses, evicted, fromDisk);
    }
  }

  private Reads read(long gets, Supplier<Session> make) {
    try (Session warm = make.get()) {
      for (int i = 0; i < 100; i++) {
        warm.operate(i);
      }
    }
    // The look at the counters reads a file itself; what that costs is seen by looking twice.
    ThreadIo first = ThreadIo.findNow();
    ThreadIo before = ThreadIo.findNow();
    Outcome outcome = Load.run(1, Math.min(gets, setup.keys()), setup.seconds(), _ -> make.get());
    ThreadIo after = ThreadIo.findNow();
    if (outcome.failures() > 0) {
      throw new IllegalStateException(outcome.failures() + " wrong answers of cold reads");
    }
    ThreadIo io =
        first == null || before == null || after == null
            ? null
            : after.minus(before).minus(before.minus(first));
    return new Reads(outcome.operations(), outcome.blockReads(), io);
  }
}
