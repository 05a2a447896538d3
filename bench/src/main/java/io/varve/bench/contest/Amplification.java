package io.varve.bench.contest;

import io.varve.bench.records.Permutation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// What uniform overwrites cost in writes and in space, with a memtable so small that many of them are
/// soon full. Values do not compress here: else every byte that compression saves would count as one
/// that need not be written, and the figure would say more of the values than of the merges.
final class Amplification {

  /// The data are overwritten this many times: until the tree looks as it always will.
  private static final int OVERWRITES = 4;

  private static final double WRITE_AMPLIFICATION_MAX = 5.5;
  private static final double SPACE_MAX = 1.6;

  private final Path directory;
  private final Setup setup;
  private final int memtables;
  private final Consumer<String> progress;

  Amplification(Path directory, Setup base, int memtables, Consumer<String> progress) {
    this.directory = directory;
    this.memtables = memtables;
    this.progress = progress;
    this.setup =
        new Setup(
            Math.max(100, memtables * base.smallMemtableBytes() / base.entryBytes()),
            base.keyBytes(),
            base.valueBytes(),
            1,
            base.smallMemtableBytes(),
            base.cacheBytes(),
            base.mergeThreads(),
            base.codec(),
            base.sync(),
            1,
            base.seconds(),
            1,
            0,
            base.burstSeconds(),
            base.memtables(),
            base.smallMemtableBytes(),
            base.rangeKeys());
  }

  /// What one side came to.
  ///
  /// @param space highest sum of the tables' files over what the live data take when all is merged
  private record Found(Measure overwrite, double space) {}

  List<TargetResult> run() throws IOException, InterruptedException {
    Found varve = measure(Side.VARVE);
    Found rocksdb = measure(Side.ROCKSDB);
    String data = ", " + memtables + " memtables of data";
    return List.of(
        TargetResult.atMost(
            "write amplification, uniform overwrite" + data,
            "",
            WRITE_AMPLIFICATION_MAX,
            varve.overwrite().writeAmplification(),
            rocksdb.overwrite().writeAmplification(),
            String.format(
                Locale.ROOT,
                "table bytes over user bytes, merges until quiet included; log %.2f and %.2f apart;%n"
                    + "%.0f and %.0f writes per second, runs at the end %.0f and %.0f",
                varve.overwrite().logAmplification(),
                rocksdb.overwrite().logAmplification(),
                varve.overwrite().perSecond(),
                rocksdb.overwrite().perSecond(),
                varve.overwrite().runs(),
                rocksdb.overwrite().runs())),
        TargetResult.atMost(
            "table space over live data" + data,
            "",
            SPACE_MAX,
            varve.space(),
            rocksdb.space(),
            "highest of a sample each "
                + setup.sampleMillis()
                + " ms; live data: the tables when all is merged"));
  }

  private Found measure(Side side) throws IOException, InterruptedException {
    progress.accept("  " + memtables + " memtables of data, " + side.title());
    Sessions sessions = new Sessions(setup);
    long keys = setup.keys();
    try (Store store = Store.create(side, directory, "amplification", setup)) {
      Contender contender = store.contender();
      Permutation order = new Permutation(keys, 1);
      Load.run(1, keys, Integer.MAX_VALUE, _ -> sessions.put(contender.writer(), order::at, 0));
      contender.settle();
      Measure overwrite =
          store.measure(
              Row.Kind.WRITE,
              keys,
              () ->
                  Load.run(
                      1,
                      OVERWRITES * keys,
                      Integer.MAX_VALUE,
                      _ -> sessions.put(contender.writer(), sessions.uniform(2), 1)));
      contender.compactAll();
      long live = contender.figures().tableBytes();
      return new Found(overwrite, overwrite.peakTableBytes() / live);
    }
  }
}
