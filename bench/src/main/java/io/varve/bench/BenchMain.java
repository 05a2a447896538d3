package io.varve.bench;

import io.varve.bench.contest.RocksDbCommand;
import io.varve.bench.load.LoadCommand;
import picocli.CommandLine;

/// The program behind `scripts/bench`.
public final class BenchMain {

  private BenchMain() {}

  public static void main(String[] arguments) {
    CommandLine bench = new CommandLine(new BenchCommand());
    bench.addSubcommand("curve", new CurveCommand());
    bench.addSubcommand("open", new OpenCommand());
    bench.addSubcommand("load", new LoadCommand());
    bench.addSubcommand("large", new LargeCommand());
    bench.addSubcommand("against-rocksdb", new RocksDbCommand());
    bench.setUsageHelpAutoWidth(false);
    bench.setUsageHelpWidth(100);
    System.exit(bench.execute(arguments));
  }
}
