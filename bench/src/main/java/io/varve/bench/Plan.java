package io.varve.bench;

import io.varve.bench.figures.Target;
import io.varve.bench.records.Records;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// The phases that every server goes through, in order.
final class Plan {

  static final long SCANNED_KEYS = 100_000;

  private static final String SEQUENTIAL = "seq:";
  private static final String RANDOM = "rnd:";

  private final Target target;
  private final Workload workload;
  private final Records records;
  private final Consumer<String> progress;

  /// @param progress is told what begins
  Plan(Target target, Workload workload, Consumer<String> progress) {
    this.target = target;
    this.workload = workload;
    this.records = new Records(workload.keys(), workload.valueBytes());
    this.progress = progress;
  }

  List<PhaseResult> run() throws IOException, InterruptedException {
    Traffic traffic = new Traffic(target, workload);
    List<PhaseResult> results = new ArrayList<>();
    progress.accept("loading in the order of the keys");
    results.add(
        traffic.run(
            "load, in order",
            workload.keys(),
            Operation.set(records, SEQUENTIAL, number -> number)));
    progress.accept("loading in random order");
    PhaseResult loaded =
        traffic.run(
            "load, random", workload.keys(), Operation.set(records, RANDOM, records::scattered));
    results.add(loaded);
    progress.accept("reading at random");
    results.add(traffic.run("read, random", workload.keys(), anyOf(loaded.operations())));
    progress.accept("reading one key");
    results.add(
        traffic.run("read, one key", workload.keys(), Operation.get(records, RANDOM, hot())));
    progress.accept("scanning");
    results.add(Scans.overTheWire(target, SCANNED_KEYS));
    return results;
  }

  private Operation.Order hot() {
    long hot = records.scattered(0);
    return _ -> hot;
  }

  /// Reads keys that were written, each time another. A phase that its time limit cut short has
  /// written the first numbers only, give or take a batch per connection.
  Operation anyOf(long written) {
    long known = Math.max(1, written - (long) workload.connections() * workload.pipeline());
    long among = written == workload.keys() ? written : known;
    return Operation.get(
        records, RANDOM, number -> records.scattered(new SplittableRandom(number).nextLong(among)));
  }
}
