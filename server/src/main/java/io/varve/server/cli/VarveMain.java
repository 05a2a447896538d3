package io.varve.server.cli;

import io.varve.engine.error.EngineException;
import io.varve.server.config.ConfigurationException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IExecutionExceptionHandler;

/// The command `varve`.
@Command(
    name = "varve",
    description = "A key-value server that speaks the Redis protocol.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {" 0:done", " 1:damage was found, or something failed", " 2:wrong usage"})
public final class VarveMain {

  private static final String SERVE = "serve";

  private VarveMain() {}

  /// Runs a command line.
  ///
  /// @param starter what `serve` starts
  /// @return the exit code
  public static int run(
      ServerStarter starter, PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine root = new CommandLine(new VarveMain());
    // A server needs none of the others, and reading their annotations was half of the time until
    // it answers.
    if (arguments.length == 0 || !arguments[0].equals(SERVE)) {
      for (Object other : othersThanServe()) {
        root.addSubcommand(other);
      }
    }
    root.addSubcommand(SERVE, ServeCommand.commandLine(starter));
    root.setExecutionExceptionHandler(failures());
    root.setOut(out);
    root.setErr(err);
    root.setUsageHelpAutoWidth(false);
    root.setUsageHelpWidth(100);
    if (arguments.length == 0) {
      root.usage(err);
      return ExitCode.USAGE;
    }
    int code = root.execute(arguments);
    out.flush();
    err.flush();
    return code;
  }

  private static List<Object> othersThanServe() {
    return List.of(
        new BackupCommand(),
        new ImportCommand(),
        new DumpCommand(),
        new VerifyCommand(),
        new SimulateCommand(),
        new HealthCommand(),
        new HelpCommand());
  }

  /// Faults that an operator can understand are one line; all others show where they come from.
  private static IExecutionExceptionHandler failures() {
    return (failure, commandLine, _) -> {
      PrintWriter err = commandLine.getErr();
      switch (failure) {
        case ConfigurationException _ -> {
          err.println("varve: " + failure.getMessage());
          return ExitCode.USAGE;
        }
        case EngineException _, java.io.IOException _ ->
            err.println("varve: " + failure.getMessage() + causeOf(failure));
        default -> failure.printStackTrace(err);
      }
      return ExitCode.FAILURE;
    };
  }

  private static String causeOf(Throwable failure) {
    Throwable cause = failure.getCause();
    String told = String.valueOf(failure.getMessage());
    String why = cause == null ? null : cause.getMessage();
    return why == null || told.contains(why) ? "" : " (" + why + ")";
  }
}
