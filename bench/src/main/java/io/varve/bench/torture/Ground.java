package io.varve.bench.torture;

import io.varve.bench.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Where one fault is made: a scratch folder, a server in it, the writers, the counts.
///
/// @param launcher `scripts/varve`
/// @param scratch a folder that is empty at first
/// @param options further options of `serve`
record Ground(
    Path launcher,
    Path scratch,
    List<String> options,
    Random random,
    Crowd crowd,
    Tally tally,
    Cleanup cleanup) {

  /// So small that flushes, merges and new files of the log are always under way.
  private static final List<String> OPTIONS =
      List.of(
          "--appendfsync",
          "always",
          "--memtable-bytes",
          "1mb",
          "--wal-segment-bytes",
          "1mb",
          "--io-threads",
          "1");

  private static final List<String> COMMIT_MODES = List.of("auto", "inline", "threaded");

  static Ground make(
      Path launcher, Path scratch, List<String> options, long seed, Tally tally, Cleanup cleanup) {
    Random random = new Random(seed);
    Crowd crowd = new Crowd(random, tally);
    return new Ground(launcher, scratch, List.copyOf(options), random, crowd, tally, cleanup);
  }

  /// Starts a server, in one of the modes of the commit.
  ///
  /// @param further options of `serve` for this fault
  /// @return null if it does not start, which is counted
  @Nullable ServerProcess start(Path store, String... further) throws InterruptedException {
    List<String> all = new ArrayList<>(OPTIONS);
    all.add("--commit-mode");
    all.add(COMMIT_MODES.get(random.nextInt(COMMIT_MODES.size())));
    all.addAll(List.of(further));
    all.addAll(options);
    try {
      Path log = scratch.resolve("server.log");
      // What is told of a server that does not start is its own log, not those before it.
      Files.deleteIfExists(log);
      return cleanup.make(
          () -> ServerProcess.start(launcher, store, log, all), server -> server::kill);
    } catch (IOException e) {
      if (!cleanup.isInterrupted()) {
        tally.hung("no start: " + e.getMessage());
      }
      return null;
    }
  }

  /// An arbitrary moment is what is tested.
  void pause(int millisMin, int millisMax) throws InterruptedException {
    Thread.sleep(millisMin + random.nextInt(millisMax - millisMin));
  }

  /// Whether the server lives, which is counted as wrong if it does not.
  void expectAlive(ServerProcess server) {
    if (!server.isAlive()) {
      tally.wrong("the server ended by itself; see " + scratch.resolve("server.log"));
    }
  }

  /// Whether to make another round.
  boolean goesOn(long deadlineNanos) {
    return tally.isClean() && System.nanoTime() < deadlineNanos;
  }
}
