package io.varve.bench.contest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Measures what the design promises, once on each side.
final class Targets {

  private final Path directory;
  private final Setup setup;
  private final Consumer<String> progress;

  Targets(Path directory, Setup setup, Consumer<String> progress) {
    this.directory = directory;
    this.setup = setup;
    this.progress = progress;
  }

  List<TargetResult> run(Set<Target> targets) throws IOException, InterruptedException {
    List<TargetResult> results = new ArrayList<>();
    for (Target target : targets) {
      progress.accept("target: " + target.optionName());
      switch (target) {
        case AMPLIFICATION -> {
          for (int memtables : setup.memtables()) {
            results.addAll(new Amplification(directory, setup, memtables, progress).run());
          }
        }
        case COLD_READS -> results.addAll(new ColdReads(directory, setup, progress).run());
        case BURST -> results.addAll(new Burst(directory, setup, progress).run());
        case RANGE_DELETE -> results.addAll(new RangeDelete(directory, setup, progress).run());
      }
    }
    return results;
  }
}
