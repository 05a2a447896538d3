package io.varve.server.cli;

import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.inspect.StoreVerifier;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `varve verify`: reads a whole store and says what is damaged.
@Command(
    name = "verify",
    description =
        "Reads a store from end to end and says what is damaged. The store should not be open.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "Folder of the store.")
  private Path directory = Path.of("");

  @Option(names = "--progress", description = "Say on standard error which file is read.")
  private boolean progress;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (!Files.isDirectory(directory)) {
      err.println("varve: no such folder: " + directory);
      return ExitCode.USAGE;
    }
    StoreVerifier.Report report =
        StoreVerifier.verify(
            new DiskFileSystem(),
            directory,
            (file, done, total) -> {
              if (progress) {
                err.println(file + " (" + done + " of " + total + " bytes)");
              }
            });
    report.notes().forEach(note -> out.println("note: " + note));
    report.findings().forEach(finding -> out.println("DAMAGE: " + finding));
    out.println(
        report.tables()
            + " tables, "
            + report.tableBytes()
            + " bytes, "
            + report.entries()
            + " entries, "
            + report.largeValues()
            + " large values, "
            + report.walBatches()
            + " batches in the log: "
            + (report.isSound() ? "sound" : report.findings().size() + " findings"));
    return report.isSound() ? ExitCode.OK : ExitCode.FAILURE;
  }
}
