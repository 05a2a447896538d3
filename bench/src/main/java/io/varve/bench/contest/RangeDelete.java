package io.varve.bench.contest;

import io.varve.bench.records.Permutation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// How long it takes to delete all keys of a large store by one range, and to get their space back.
///
/// The call is measured after some thousand small range deletes next to the keys, so that it is code and
/// not its compilation that is measured. Nothing is asked of the store afterwards: the space has to come
/// back by itself.
final class RangeDelete {

  private static final double CALL_MILLIS_MAX = 1;
  private static final int WARM_UP_DELETES = 3_000;

  /// Part of the bytes that has to be gone.
  private static final double FREED_PART = 0.9;

  private static final long WAIT_SECONDS_MAX = 60;

  private final Path directory;
  private final Setup setup;
  private final Consumer<String> progress;

  RangeDelete(Path directory, Setup setup, Consumer<String> progress) {
    this.directory = directory;
    this.setup = setup;
    this.progress = progress;
  }

  /// What one side came to.
  ///
  /// @param callMillis milliseconds of the call
  /// @param freedSeconds seconds from the call until the space was back; NaN if it was not in a minute
  private record Found(double callMillis, double freedSeconds) {}

  List<TargetResult> run() throws IOException, InterruptedException {
    Found varve = measure(Side.VARVE);
    Found rocksdb = measure(Side.ROCKSDB);
    String keys = String.format(Locale.ROOT, "%,d keys", setup.rangeKeys());
    return List.of(
        TargetResult.atMost(
            "delete a range of " + keys + ": the call",
            "ms",
            CALL_MILLIS_MAX,
            varve.callMillis(),
            rocksdb.callMillis(),
            ""),
        TargetResult.withoutLimit(
            "the same, until nine tenths of the space are back",
            "s",
            varve.freedSeconds(),
            rocksdb.freedSeconds(),
            "NaN: not within " + WAIT_SECONDS_MAX + " s"));
  }

  private Found measure(Side side) throws IOException, InterruptedException {
    progress.accept("  range delete, " + side.title());
    long count = setup.rangeKeys();
    try (Store store = Store.create(side, directory, "range", setup)) {
      Contender.Writer writer = store.contender().writer();
      Key key = new Key(setup.keyBytes());
      Key end = new Key(setup.keyBytes());
      Value value = new Value(setup.valueBytes(), setup.randomPart());
      Permutation order = new Permutation(count, 11);
      for (long i = 0; i < count; i++) {
        long number = order.at(i);
        writer.put(key.setStored(number), value.set(number, 0));
      }
      for (int i = 0; i < WARM_UP_DELETES; i++) {
        long behind = count + 2L * i;
        writer.deleteRange(key.setStored(behind), end.setStored(behind + 1));
      }
      store.contender().settle();
      long before = SpaceSampler.measure(store.directory()).tables();
      long start = System.nanoTime();
      writer.deleteRange(key.setStored(0), end.setStored(count));
      double callMillis = (System.nanoTime() - start) / 1e6;
      return new Found(callMillis, secondsUntilFreed(store, before, start));
    }
  }

  private static double secondsUntilFreed(Store store, long before, long start)
      throws IOException, InterruptedException {
    long deadline = start + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
    while (System.nanoTime() - deadline < 0) {
      if (SpaceSampler.measure(store.directory()).tables() <= (1 - FREED_PART) * before) {
        return (System.nanoTime() - start) / 1e9;
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    return Double.NaN;
  }
}
