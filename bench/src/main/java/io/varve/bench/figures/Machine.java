package io.varve.bench.figures;

import java.lang.management.ManagementFactory;

/// Where something was measured, as far as Java knows.
///
/// @param loadAverage of the last minute when the run began; of an idle machine next to 0
public record Machine(int processors, String system, String java, double loadAverage) {

  public static Machine here() {
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        Runtime.version().toString(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }
}
