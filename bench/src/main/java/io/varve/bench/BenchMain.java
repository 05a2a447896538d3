package io.varve.bench;

import picocli.CommandLine;

/// The program behind `scripts/bench`.
public final class BenchMain {

  private BenchMain() {}

  public static void main(String[] arguments) {
    CommandLine bench = new CommandLine(new BenchCommand());
    bench.addSubcommand("curve", new CurveCommand());
    bench.addSubcommand("open", new OpenCommand());
    bench.setUsageHelpAutoWidth(false);
    bench.setUsageHelpWidth(100);
    System.exit(bench.execute(arguments));
  }
}
