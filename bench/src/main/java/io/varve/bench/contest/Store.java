package io.varve.bench.contest;

import io.varve.bench.contest.Contender.Figures;
import io.varve.bench.contest.Load.Outcome;
import io.varve.bench.contest.SpaceSampler.Space;
import io.varve.bench.folder.Folders;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;

/// A contender's store in a directory of its own, and the measuring around what is done to it. Closing it
/// deletes the directory.
final class Store implements AutoCloseable {

  private final Side side;
  private final Path directory;
  private final Setup setup;
  private Contender contender;

  private Store(Side side, Path directory, Setup setup, Contender contender) {
    this.side = side;
    this.directory = directory;
    this.setup = setup;
    this.contender = contender;
  }

  /// @param name of the directory, to which the side's is added
  static Store create(Side side, Path parent, String name, Setup setup) throws IOException {
    Path directory = parent.resolve(name + "-" + side.title().toLowerCase(Locale.ROOT));
    return new Store(side, directory, setup, side.open(directory, setup.storeOptions()));
  }

  Contender contender() {
    return contender;
  }

  Setup setup() {
    return setup;
  }

  Path directory() {
    return directory;
  }

  /// Closes the store and opens it with other options.
  void reopen(StoreOptions options) throws IOException {
    contender.close();
    contender = side.open(directory, options);
  }

  /// Runs a row's operations and takes its figures. Writes are given the time to settle, which counts
  /// into what they cost and not into their rate.
  ///
  /// @param liveEntries keys that exist at the end
  Measure measure(Row.Kind kind, long liveEntries, Supplier<Outcome> operations)
      throws IOException, InterruptedException {
    Figures before = contender.figures();
    try (SpaceSampler sampler = new SpaceSampler(directory, setup.sampleMillis())) {
      double cpuBefore = cpuSeconds();
      Outcome load = operations.get();
      long end = System.nanoTime();
      if (kind != Row.Kind.READ) {
        contender.settle();
      }
      double settleSeconds = kind == Row.Kind.READ ? 0 : (System.nanoTime() - end) / 1e9;
      double cpu = cpuSeconds() - cpuBefore;
      Space peak = sampler.stop();
      return Measure.of(
          kind,
          load,
          settleSeconds,
          cpu,
          before,
          contender.figures(),
          peak,
          setup.entryBytes(),
          liveEntries);
    }
  }

  private static double cpuSeconds() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime() / 1e9
        : Double.NaN;
  }

  @Override
  public void close() throws IOException {
    contender.close();
    Folders.delete(directory);
  }
}
