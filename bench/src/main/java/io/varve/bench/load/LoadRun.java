package io.varve.bench.load;

import io.varve.bench.figures.Target;
import io.varve.bench.records.KeyChoice;
import io.varve.bench.records.Population;
import io.varve.bench.records.Records;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The phases of a run, one after the other: load, highest rate, warm-up, measurement.
final class LoadRun {

  private static final int LOAD_PIPELINE = 16;

  private final Target target;
  private final LoadOptions options;
  private final Timing timing;
  private final Progress progress;
  private final Population population;
  private final Records records;
  private final List<PhaseFigures> done = new ArrayList<>();

  /// @param known records that an earlier run has left
  LoadRun(Target target, LoadOptions options, Timing timing, long known, Progress progress) {
    this.target = target;
    this.options = options;
    this.timing = timing;
    this.progress = progress;
    this.population = new Population(known);
    this.records = new Records(options.keys(), options.valueBytes());
  }

  /// Writes the records that are not there yet.
  void load() throws IOException, InterruptedException {
    done.add(run(Phase.loading(options.keys() - population.known(), LOAD_PIPELINE)));
  }

  /// @param pipeline of the closed loop
  /// @param pingPerSecond of the probe; 0 for none
  void measure(Goal goal, int pipeline, double pingPerSecond)
      throws IOException, InterruptedException {
    Pace closed = Pace.AsReplied.of(pipeline);
    Pace pace =
        switch (goal) {
          case Goal.Highest() -> closed;
          case Goal.Constant(double rate) -> new Pace.PerSecond(rate);
          case Goal.PartOfHighest(double part) -> {
            warmUp(closed);
            PhaseFigures peak = run(phase("highest rate", closed, timing.peak(), 0));
            done.add(peak);
            yield new Pace.PerSecond(part * peak.perSecond());
          }
        };
    warmUp(pace);
    done.add(run(phase("measured", pace, timing.measured(), pingPerSecond)));
  }

  List<PhaseFigures> figures() {
    return List.copyOf(done);
  }

  private void warmUp(Pace pace) throws IOException, InterruptedException {
    if (timing.warmUp().isPositive()) {
      run(phase("warm-up", pace, timing.warmUp(), 0));
    }
  }

  private Phase phase(String name, Pace pace, Duration duration, double pingPerSecond) {
    return new Phase(name, options.mix(), pace, duration, pingPerSecond);
  }

  private PhaseFigures run(Phase phase) throws IOException, InterruptedException {
    progress.phase(phase.name());
    // Nothing is drawn while the records are loaded.
    KeyChoice.Draw draw = population.known() == 0 ? _ -> 0 : options.choice().from(population);
    Requests.Data data =
        new Requests.Data(records, population, draw, options.scanMax(), options.isIndexed());
    return new PhaseRun(target, options, data, phase, timing.patience()).run(progress);
  }
}
