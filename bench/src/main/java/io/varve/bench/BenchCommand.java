package io.varve.bench;

import io.varve.bench.figures.Machine;
import io.varve.bench.figures.Target;
import io.varve.bench.folder.Folders;
import io.varve.bench.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `bench`: the measurement.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Loads a server, reads from it, scans it, kills it and waits for it to come back.",
      "Without --port it starts a Varve server of its own in a temporary folder."
    })
final class BenchCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "Host of a running server (${DEFAULT-VALUE}).")
  private String host = "";

  @Option(
      names = "--port",
      description = "Port of a running server. It gets keys that begin with seq: and rnd:.")
  private int port;

  @Option(
      names = "--launcher",
      paramLabel = "FILE",
      description = "What starts a server: scripts/varve, which scripts/bench fills in.")
  private @Nullable Path launcher;

  @Option(
      names = "--keys",
      defaultValue = "1000000",
      description = "Keys of each load and reads of each phase (${DEFAULT-VALUE}).")
  private long keys;

  @Option(
      names = "--value-bytes",
      defaultValue = "100",
      description = "Bytes of a value (${DEFAULT-VALUE}).")
  private int valueBytes;

  @Option(
      names = "--connections",
      defaultValue = "8",
      description = "Connections, a thread each (${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--pipeline",
      defaultValue = "16",
      description = "Requests sent before their replies are awaited (${DEFAULT-VALUE}).")
  private int pipeline;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      description = "Limit of a loading or reading phase (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      arity = "0..1",
      fallbackValue = "-",
      description = "Where to write the result as JSON; without FILE to standard output.")
  private @Nullable String json;

  @Parameters(
      paramLabel = "OPTION",
      description = "After --: options for the server that is started, as of scripts/serve.")
  private List<String> serverOptions = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Workload workload = workload();
    Report report = port == 0 ? measureOwn(workload) : measureRunning(workload);
    boolean onlyJson = "-".equals(json);
    System.out.print(onlyJson ? report.toJson() + "\n" : report.toTable());
    if (json != null && !onlyJson) {
      Files.writeString(Path.of(json), report.toJson() + "\n");
    }
    return report.failures() == 0 ? 0 : 1;
  }

  private Workload workload() {
    try {
      return new Workload(keys, valueBytes, connections, pipeline, seconds);
    } catch (IllegalArgumentException e) {
      throw wrongUsage(String.valueOf(e.getMessage()));
    }
  }

  private RuntimeException wrongUsage(String message) {
    CommandSpec known = spec;
    return known == null
        ? new IllegalArgumentException(message)
        : new ParameterException(known.commandLine(), message);
  }

  private Report measureRunning(Workload workload) throws IOException, InterruptedException {
    if (!serverOptions.isEmpty()) {
      throw wrongUsage("options after -- are for a server that is started here");
    }
    Target target = new Target(host, port);
    List<PhaseResult> phases = new Plan(target, workload, BenchCommand::tell).run();
    return report(workload, target.describe(), phases, null);
  }

  private Report measureOwn(Workload workload) throws IOException, InterruptedException {
    Path own = launcher;
    if (own == null) {
      throw wrongUsage("give --port of a running server, or --launcher to start one");
    }
    Path folder = Files.createTempDirectory("varve-bench");
    Path store = folder.resolve("store");
    try (ServerProcess server =
        ServerProcess.start(own, store, folder.resolve("server.log"), serverOptions)) {
      Plan plan = new Plan(server.target(), workload, BenchCommand::tell);
      String name = server.target().describe();
      List<PhaseResult> phases = new ArrayList<>(plan.run());
      tell("killing the server and starting it again");
      long written = phases.get(1).operations();
      Recovery recovery = Recovery.measure(server, plan.anyOf(written), written);
      server.stop();
      tell("scanning without a server");
      phases.addAll(Scans.inProcess(store, Plan.SCANNED_KEYS));
      return report(workload, name, phases, recovery);
    } finally {
      Folders.delete(folder);
    }
  }

  private Report report(
      Workload workload, String server, List<PhaseResult> phases, @Nullable Recovery recovery) {
    return new Report(
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        Machine.here(),
        server,
        serverOptions,
        workload,
        phases,
        recovery);
  }

  private static void tell(String what) {
    System.err.println(what + " ...");
  }
}
