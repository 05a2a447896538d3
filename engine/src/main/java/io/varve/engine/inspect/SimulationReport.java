package io.varve.engine.inspect;

import java.util.Locale;
import java.util.function.Consumer;

/// Writes what a simulation has shown, as a table for people or as one JSON object per line.
public final class SimulationReport {

  private static final String HEAD =
      "mode             written  write amp    space  with temporary   runs  reads/hit  reads/miss";

  private SimulationReport() {}

  /// @param results one per mode
  public static void write(
      Iterable<SimulationResult> results, DumpFormat format, Consumer<String> lines) {
    switch (format) {
      case TEXT -> writeText(results, lines);
      case JSON -> writeJson(results, lines);
    }
  }

  private static void writeText(Iterable<SimulationResult> results, Consumer<String> lines) {
    for (SimulationResult result : results) {
      lines.accept(HEAD);
      for (SimulationSample sample : result.samples()) {
        lines.accept(row(SimulationResult.nameOf(result.mode()), sample));
      }
      lines.accept("");
    }
    lines.accept("Second half of the time: means, of space with temporary and of runs the most");
    lines.accept(HEAD);
    for (SimulationResult result : results) {
      lines.accept(row(SimulationResult.nameOf(result.mode()), result.steady()));
    }
  }

  private static String row(String mode, SimulationSample sample) {
    return String.format(
        Locale.ROOT,
        "%-12s  %10.1f  %9.2f  %7.2f  %14.2f  %5d  %9.3f  %10.3f",
        mode,
        sample.written(),
        sample.writeAmplification(),
        sample.space(),
        sample.spaceMax(),
        sample.runsMax(),
        sample.readsPerHit(),
        sample.readsPerMiss());
  }

  private static void writeJson(Iterable<SimulationResult> results, Consumer<String> lines) {
    for (SimulationResult result : results) {
      String mode = SimulationResult.nameOf(result.mode());
      result.samples().forEach(sample -> lines.accept(json("sample", mode, sample)));
    }
    for (SimulationResult result : results) {
      lines.accept(json("summary", SimulationResult.nameOf(result.mode()), result.steady()));
    }
  }

  private static String json(String kind, String mode, SimulationSample sample) {
    return new JsonWriter()
        .beginObject()
        .field("kind", kind)
        .field("mode", mode)
        .field("written_memtables", sample.written())
        .field("write_amplification", sample.writeAmplification())
        .field("space_amplification", sample.space())
        .field("space_amplification_temporary", sample.spaceMax())
        .field("runs", sample.runsMax())
        .field("reads_per_hit", sample.readsPerHit())
        .field("reads_per_miss", sample.readsPerMiss())
        .endObject()
        .toString();
  }
}
