package io.varve.bench.load;

import io.varve.bench.figures.Machine;
import io.varve.bench.figures.Target;
import io.varve.bench.records.KeyChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `bench load`: the load generator.
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = {
      "Puts a server of the Redis protocol under load and times it.",
      "With --rate requests come at a constant rate, whatever becomes of those before, and their latency",
      "counts from when they were due (open loop). Without, each connection sends its next request when a",
      "reply has come (closed loop), which finds the highest rate and says little of latency.",
      "Writes keys that begin with rec:, int:, map:, lst:, set:, zst:, and one called records."
    })
public final class LoadCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "Host of the server (${DEFAULT-VALUE}).")
  private String host = "";

  @Option(
      names = "--port",
      defaultValue = "6379",
      description = "Port of the server (${DEFAULT-VALUE}).")
  private int port;

  @Option(names = "--password", description = "Password of the default user.")
  private @Nullable String password;

  @Option(
      names = "--workload",
      defaultValue = "a",
      paramLabel = "NAME",
      completionCandidates = Preset.Names.class,
      description = {
        "Which mix of actions, and which choice of keys (${DEFAULT-VALUE}): ${COMPLETION-CANDIDATES}.",
        "a to f are YCSB's: a reads and updates, b mostly reads, c only reads, d reads what came last,",
        "e scans, f reads, modifies and writes. types writes counters, hashes, lists, sets, sorted sets."
      })
  private String workload = "";

  @Option(
      names = "--mix",
      paramLabel = "ACTION=SHARE,…",
      description = {
        "Another mix: shares of read, update, insert, scan, read-modify-write, ping, incr, hset, lpush,",
        "sadd, zadd; for example read=95,update=5."
      })
  private @Nullable String mix;

  @Option(
      names = "--choice",
      paramLabel = "NAME",
      description = "Another choice of keys: ${COMPLETION-CANDIDATES}.")
  private @Nullable KeyChoice choice;

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      description = {
        "Requests per second over all connections (open loop), or a part of the highest rate, for example",
        "80%%: then a closed loop comes first to find it."
      })
  private @Nullable String rate;

  @Option(
      names = "--pipeline",
      defaultValue = "1",
      description = "Closed loop: requests of a connection on their way (${DEFAULT-VALUE}).")
  private int pipeline;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      description = "How long it is measured (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--warm-up-seconds",
      defaultValue = "5",
      description = "How long the same runs before, unmeasured (${DEFAULT-VALUE}).")
  private int warmUpSeconds;

  @Option(
      names = "--peak-seconds",
      defaultValue = "15",
      description = "How long the highest rate is looked for (${DEFAULT-VALUE}).")
  private int peakSeconds;

  @Option(
      names = "--patience-seconds",
      defaultValue = "30",
      description = "How long replies are awaited after the end (${DEFAULT-VALUE}).")
  private int patienceSeconds;

  @Option(
      names = "--keys",
      defaultValue = "1000000",
      description = "Records that are loaded (${DEFAULT-VALUE}).")
  private long keys;

  @Option(
      names = "--value-bytes",
      defaultValue = "100",
      description = "Bytes of a record (${DEFAULT-VALUE}).")
  private int valueBytes;

  @Option(names = "--no-load", description = "Take the records as an earlier run has left them.")
  private boolean noLoad;

  @Option(names = "--load-only", description = "Load the records and end.")
  private boolean loadOnly;

  @Option(
      names = "--connections",
      defaultValue = "50",
      description = "Connections (${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "Threads that drive them (${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--in-flight-max",
      defaultValue = "1000",
      description = {
        "Open loop: requests of a connection on their way (${DEFAULT-VALUE}). What is due beyond waits, and",
        "its latency counts all the same."
      })
  private int inFlightMax;

  @Option(
      names = "--scan-max",
      defaultValue = "100",
      description = "Records of a scan at most; any number up to it (${DEFAULT-VALUE}).")
  private int scanMax;

  @Option(
      names = "--ping",
      arity = "0..1",
      fallbackValue = "200",
      paramLabel = "RATE",
      description = "PINGs per second on a connection of its own meanwhile; without RATE 200.")
  private double pingPerSecond;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of all draws (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      arity = "0..1",
      fallbackValue = "-",
      description = "Where to write the result as JSON; without FILE to standard output.")
  private @Nullable String json;

  @Option(
      names = "--hdr-log",
      paramLabel = "FILE",
      description = "Where to write the histogram of each second, as HdrHistogram's tools read it.")
  private @Nullable Path hdrLog;

  @Override
  public Integer call() throws IOException, InterruptedException {
    LoadReport report = run();
    boolean onlyJson = "-".equals(json);
    System.out.print(onlyJson ? report.toJson() + "\n" : report.toText());
    if (json != null && !onlyJson) {
      Files.writeString(Path.of(json), report.toJson() + "\n");
    }
    return report.failures() == 0 ? 0 : 1;
  }

  private LoadReport run() throws IOException, InterruptedException {
    LoadOptions options = checked(this::options);
    Goal goal = checked(() -> Goal.parse(rate));
    Timing timing = checked(this::timing);
    String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    Machine machine = Machine.here();
    Target target = new Target(host, port, password);
    String server = target.describe();
    boolean loads = !noLoad && options.mix().asksForRecords();
    try (Progress progress = new Progress(LoadCommand::tell, hdrLog)) {
      LoadRun run = new LoadRun(target, options, timing, loads ? 0 : options.keys(), progress);
      if (loads) {
        run.load();
      }
      if (!loadOnly) {
        run.measure(goal, pipeline, pingPerSecond);
      }
      String name = mix == null ? workload : mix;
      String mixed = options.mix().toString();
      return new LoadReport(started, machine, server, name, mixed, options, run.figures());
    }
  }

  private LoadOptions options() {
    Preset preset = Preset.of(workload);
    return new LoadOptions(
        mix == null ? preset.mix() : Mix.parse(mix),
        choice == null ? preset.choice() : choice,
        keys,
        valueBytes,
        connections,
        threads,
        inFlightMax,
        scanMax,
        seed);
  }

  private Timing timing() {
    return new Timing(
        Duration.ofSeconds(warmUpSeconds),
        Duration.ofSeconds(peakSeconds),
        Duration.ofSeconds(seconds),
        Duration.ofSeconds(patienceSeconds));
  }

  private <T> T checked(Supplier<T> options) {
    try {
      return options.get();
    } catch (IllegalArgumentException e) {
      CommandSpec known = spec;
      String message = String.valueOf(e.getMessage());
      throw known == null ? e : new ParameterException(known.commandLine(), message, e);
    }
  }

  private static void tell(String line) {
    System.err.println(line);
  }
}
