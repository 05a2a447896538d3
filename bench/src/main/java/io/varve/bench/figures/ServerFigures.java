package io.varve.bench.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What Linux knows of a server's process on this machine.
public record ServerFigures(Path proc) {

  private static final double TICKS_PER_SECOND = 100;

  /// @param pid as INFO tells it
  public static ServerFigures of(long pid) {
    return new ServerFigures(Path.of("/proc", Long.toString(pid)));
  }

  /// Processor time of all threads, in seconds.
  public double cpuSeconds() throws IOException {
    return cpuSeconds(proc);
  }

  /// Processor time of the command loop, in seconds; 0 if the server has no such thread.
  public double loopSeconds() throws IOException {
    try (var threads = Files.newDirectoryStream(proc.resolve("task"))) {
      for (Path thread : threads) {
        if (Files.readString(thread.resolve("comm")).startsWith("varve-loop")) {
          return cpuSeconds(thread);
        }
      }
    }
    return 0;
  }

  /// The most memory that the process has had in RAM at once, in MiB.
  public long peakRssMib() throws IOException {
    for (String line : Files.readAllLines(proc.resolve("status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) >> 10;
      }
    }
    throw new IOException("no VmHWM in " + proc);
  }

  private static double cpuSeconds(Path of) throws IOException {
    String stat = Files.readString(of.resolve("stat"));
    // The name in brackets may hold blanks; behind it come the state and ten more fields.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }
}
