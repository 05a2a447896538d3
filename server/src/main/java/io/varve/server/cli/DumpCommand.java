package io.varve.server.cli;

import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.file.FileSystem;
import io.varve.engine.inspect.DumpFormat;
import io.varve.engine.inspect.ManifestDump;
import io.varve.engine.inspect.SstableDump;
import io.varve.engine.inspect.ValueFileDump;
import io.varve.engine.inspect.WalDump;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `varve dump`: shows what a file of a store contains, damaged or not.
@Command(
    name = "dump",
    description = "Shows what a file of a store contains; 1 if it is damaged.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "KIND")
final class DumpCommand {

  /// Prints one file; false if it is damaged.
  private interface Dump {
    /// @throws IllegalArgumentException if the file's name says that it is of another kind
    boolean print(FileSystem files, Path file, DumpFormat format, Consumer<String> lines);
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Command(
      name = "sst",
      description = "A table: footer, properties, index and, if wanted, every entry.",
      mixinStandardHelpOptions = true)
  int sst(
      @Parameters(paramLabel = "FILE", description = "000001.sst") Path file,
      @Option(names = "--json", description = "One JSON object per line.") boolean json,
      @Option(names = "--entries", description = "Every entry too.") boolean entries) {
    SstableDump.Detail detail = entries ? SstableDump.Detail.ENTRIES : SstableDump.Detail.INDEX;
    return dump(
        file,
        json,
        (files, table, format, lines) -> SstableDump.dumpFile(files, table, format, detail, lines));
  }

  @Command(
      name = "wal",
      description = "A segment of the log, batch by batch.",
      mixinStandardHelpOptions = true)
  int wal(
      @Parameters(paramLabel = "FILE", description = "000001.wal") Path file,
      @Option(names = "--json", description = "One JSON object per line.") boolean json) {
    return dump(
        file,
        json,
        (files, segment, format, lines) ->
            WalDump.dumpFile(files, segment, format, lines).damages() == 0);
  }

  @Command(
      name = "value",
      description = "A file of large values: each with its place and its beginning.",
      mixinStandardHelpOptions = true)
  int value(
      @Parameters(paramLabel = "FILE", description = "000001.val") Path file,
      @Option(names = "--json", description = "One JSON object per line.") boolean json) {
    return dump(file, json, ValueFileDump::dumpFile);
  }

  @Command(
      name = "manifest",
      description = "The edits of a manifest and the levels that come of them.",
      mixinStandardHelpOptions = true)
  int manifest(
      @Parameters(paramLabel = "FILE", description = "MANIFEST-000001, or a store's folder")
          Path file,
      @Option(names = "--json", description = "One JSON object per line.") boolean json) {
    Dump dump = Files.isDirectory(file) ? ManifestDump::dumpStore : ManifestDump::dumpFile;
    return dump(file, json, dump);
  }

  private int dump(Path file, boolean json, Dump dump) {
    if (!Files.exists(file)) {
      return refuse("no such file: " + file);
    }
    try {
      DumpFormat format = json ? DumpFormat.JSON : DumpFormat.TEXT;
      boolean sound =
          dump.print(new DiskFileSystem(), file, format, spec.commandLine().getOut()::println);
      return sound ? ExitCode.OK : ExitCode.FAILURE;
    } catch (IllegalArgumentException e) {
      return refuse(String.valueOf(e.getMessage()));
    }
  }

  private int refuse(String why) {
    spec.commandLine().getErr().println("varve: " + why);
    return ExitCode.USAGE;
  }
}
