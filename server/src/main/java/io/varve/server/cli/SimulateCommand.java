package io.varve.server.cli;

import io.varve.engine.compaction.CompactionMode;
import io.varve.engine.inspect.DumpFormat;
import io.varve.engine.inspect.SimulationChart;
import io.varve.engine.inspect.SimulationReport;
import io.varve.engine.inspect.SimulationResult;
import io.varve.engine.inspect.SimulationRun;
import io.varve.engine.inspect.SimulationScenario;
import io.varve.server.config.ConfigurationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `varve simulate`: what a compaction mode costs, before it has cost it. The store's own planner decides;
/// the tables are on paper.
@Command(
    name = "simulate",
    description = {
      "Shows what compaction modes cost over time: the store's planner, tables on paper.",
      "Units: memtables written; bytes written per byte flushed; bytes of tables per byte alive;",
      "data blocks read per key that is there, and per key that is not (filters in memory)."
    },
    mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "tiered (default), lazy-leveled, leveled or time-window; any number of times.")
  private List<String> modes = List.of();

  @Option(names = "--compare", description = "All modes.")
  private boolean compare;

  @Option(
      names = "--memtables",
      paramLabel = "N",
      description = "Size of the data, in memtables (default 100).")
  private @Nullable String memtables;

  @Option(
      names = "--memtable-bytes",
      paramLabel = "SIZE",
      description = "Size of a memtable (default 64mb).")
  private @Nullable String memtableBytes;

  @Option(
      names = "--entry-bytes",
      paramLabel = "SIZE",
      description = "Size of an entry (default 1kb).")
  private @Nullable String entryBytes;

  @Option(
      names = "--keys",
      paramLabel = "KEYS",
      description = "uniform (default), zipf, sequential or time-series, which expires.")
  private @Nullable String keys;

  @Option(
      names = "--deletes",
      paramLabel = "SHARE",
      description = "Part of the writes that are deletes, 0 to 0.99 (default 0).")
  private @Nullable String deletes;

  @Option(
      names = "--fan-out",
      paramLabel = "N",
      description = "Runs of a tier that are merged into one (default 8).")
  private @Nullable String fanOut;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Times that so much is written; the first fills the store (default 6).")
  private @Nullable String rounds;

  @Option(names = "--samples", paramLabel = "N", description = "Lines per mode (default 12).")
  private @Nullable String samples;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Memtables are flushed when half full to full, at random by this seed; 0 (default): full.")
  private @Nullable String seed;

  @Option(
      names = "--workload",
      paramLabel = "FILE",
      description =
          "Settings with the names of these options, one per line: `deletes 0.1`. Options win.")
  private @Nullable Path workload;

  @Option(names = "--json", description = "One JSON object per line.")
  private boolean json;

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description = "Draw it into this file as well: four charts, a line per mode.")
  private @Nullable Path picture;

  @Override
  public Integer call() throws IOException {
    SimulateSettings settings = settings();
    SimulationScenario scenario = settings.scenario();
    List<SimulationResult> results = new ArrayList<>();
    for (CompactionMode mode : settings.modes()) {
      results.add(SimulationRun.of(scenario, mode));
    }
    PrintWriter out = spec.commandLine().getOut();
    SimulationReport.write(results, json ? DumpFormat.JSON : DumpFormat.TEXT, out::println);
    if (picture != null) {
      Files.writeString(picture, SimulationChart.svg(results));
    }
    return ExitCode.OK;
  }

  private SimulateSettings settings() throws IOException {
    SimulateSettings settings = new SimulateSettings();
    if (workload != null) {
      if (!Files.isRegularFile(workload)) {
        throw new ConfigurationException("no such file: " + workload);
      }
      settings.readFile(workload);
    }
    if (!modes.isEmpty()) {
      settings.set("mode", String.join(" ", modes));
    }
    if (compare) {
      settings.compareAll();
    }
    set(settings, "memtable-bytes", memtableBytes);
    set(settings, "entry-bytes", entryBytes);
    set(settings, "memtables", memtables);
    set(settings, "keys", keys);
    set(settings, "deletes", deletes);
    set(settings, "fan-out", fanOut);
    set(settings, "rounds", rounds);
    set(settings, "samples", samples);
    set(settings, "seed", seed);
    return settings;
  }

  private static void set(SimulateSettings settings, String name, @Nullable String value) {
    if (value != null) {
      settings.set(name, value);
    }
  }
}
