package io.varve.bench;

import io.varve.bench.contest.RocksDbCommand;
import io.varve.bench.load.LoadCommand;
import io.varve.bench.torture.TortureCommand;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/// The program behind `scripts/bench`.
public final class BenchMain {

  private BenchMain() {}

  public static void main(String[] arguments) {
    CommandLine bench = new CommandLine(new BenchCommand());
    bench.addSubcommand("curve", new CurveCommand());
    bench.addSubcommand("open", new OpenCommand());
    bench.addSubcommand("load", new LoadCommand());
    bench.addSubcommand("large", new LargeCommand());
    bench.addSubcommand("torture", new TortureCommand());
    bench.addSubcommand("against-rocksdb", new RocksDbCommand());
    bench.setUsageHelpAutoWidth(false);
    bench.setUsageHelpWidth(100);
    bench.setExecutionExceptionHandler(BenchMain::explain);
    System.exit(bench.execute(arguments));
  }

  /// What went wrong with a server or a file is told in a line; anything else is a fault of ours, with its trace.
  private static int explain(Exception failed, CommandLine command, ParseResult parsed)
      throws Exception {
    if (failed instanceof IOException) {
      System.err.println(command.getCommandName() + ": " + failed.getMessage());
      return command.getCommandSpec().exitCodeOnExecutionException();
    }
    throw failed;
  }
}
