package io.varve.bench;

import io.varve.bench.figures.Machine;
import io.varve.bench.figures.ServerFigures;
import io.varve.bench.figures.Target;
import io.varve.bench.folder.Folders;
import io.varve.bench.process.ServerProcess;
import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `bench large`: values of millions of elements, what an element more costs as they grow, what is asked of
/// them, and how long it takes to delete them.
@Command(
    name = "large",
    mixinStandardHelpOptions = true,
    description = {
      "Builds a large hash, list, set, sorted set and stream, asks them things and deletes them.",
      "Without --port it starts a Varve server of its own in a temporary folder."
    })
final class LargeCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /// Elements that are sent before replies are awaited.
  private static final int PIPELINE = 200;

  /// Elements that one variadic command adds.
  private static final int VARIADIC = 100;

  @Option(
      names = "--elements",
      defaultValue = "1000000",
      description = "Elements of each value (${DEFAULT-VALUE}).")
  private long elements;

  @Option(
      names = "--types",
      split = ",",
      defaultValue = "HASH,LIST,SET,ZSET,STREAM",
      description = "Which of ${COMPLETION-CANDIDATES} (all).")
  private List<LargeType> types = new ArrayList<>();

  @Option(names = "--host", defaultValue = "127.0.0.1", description = "Of a server that runs here.")
  private String host = "127.0.0.1";

  @Option(names = "--port", description = "Port of a server that runs.")
  private int port;

  @Option(names = "--launcher", hidden = true, description = "What starts a server.")
  private @Nullable Path launcher;

  @Parameters(
      paramLabel = "OPTION",
      description = "After --: options for the server that is started, as of scripts/serve.")
  private List<String> serverOptions = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (port != 0) {
      measure(new Target(host, port));
      return 0;
    }
    if (launcher == null) {
      throw new IllegalArgumentException("give --port of a running server, or --launcher");
    }
    Path folder = Files.createTempDirectory("varve-large");
    Path store = folder.resolve("store");
    try (ServerProcess server =
        ServerProcess.start(launcher, store, folder.resolve("server.log"), serverOptions)) {
      measure(server.target());
      server.stop();
    } finally {
      Folders.delete(folder);
    }
    return 0;
  }

  private void measure(Target target) throws IOException {
    Long pid = target.findFigure("process_id");
    if (pid == null) {
      throw new IOException("the server does not tell its process_id");
    }
    ServerFigures figures = ServerFigures.of(pid);
    System.out.println(target.describe() + ", " + Machine.here());
    try (RespClient client = RespClient.connect(target.host(), target.port(), PATIENCE)) {
      for (LargeType type : types) {
        build(client, figures, type, 1);
        if (type.isVariadic()) {
          build(client, figures, type, VARIADIC);
        }
        ask(client, figures, type);
        if (type.isVariadic()) {
          delete(client, type.key("by " + VARIADIC));
        }
        delete(client, type.key("by 1"));
      }
    }
  }

  /// Adds elements, and tells at each power of ten what one has cost since the last.
  private void build(RespClient client, ServerFigures figures, LargeType type, int perCommand)
      throws IOException {
    String key = type.key("by " + perCommand);
    row("%-16s %12s %14s %14s %14s", key, "elements", "us each", "CPU us each", "loop us each");
    long done = 0;
    for (long until = Math.min(1_000, elements); done < elements; until = next(until)) {
      long before = done;
      long start = System.nanoTime();
      double cpu = figures.cpuSeconds();
      double loop = figures.loopSeconds();
      while (done < until) {
        int commands = 0;
        for (int sent = 0; sent < PIPELINE && done < until; commands++) {
          int count = (int) Math.min(perCommand, until - done);
          send(client, type, key, done, count);
          done += count;
          sent += count;
        }
        client.flush();
        for (; commands > 0; commands--) {
          if (client.read() instanceof Reply.Failure failure) {
            throw new IOException(type.command() + ": " + failure.text());
          }
        }
      }
      double added = done - before;
      row(
          "%-16s %,12d %14.1f %14.1f %14.1f",
          "",
          done,
          (System.nanoTime() - start) / 1e3 / added,
          (figures.cpuSeconds() - cpu) * 1e6 / added,
          (figures.loopSeconds() - loop) * 1e6 / added);
    }
    row("%-16s RSS at most so far %,d MiB", "", figures.peakRssMib());
  }

  private long next(long until) {
    return Math.min(elements, until * 10);
  }

  private static void send(RespClient client, LargeType type, String key, long from, int count)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(type.command());
    command.add(key);
    for (long number = from; number < from + count; number++) {
      command.addAll(type.element(number));
    }
    client.send(command.toArray(String[]::new));
  }

  private void ask(RespClient client, ServerFigures figures, LargeType type) throws IOException {
    row("%-34s %14s %14s", "", "median us", "longest us");
    String key = type.key("by 1");
    for (Question question : type.questions(elements)) {
      if (elements > question.sizeMax()) {
        continue;
      }
      Question.Answer answer = question.measure(client, key);
      row("%-34s %14.0f %14.0f", question.name(), answer.medianMicros(), answer.maxMicros());
    }
    row("%-34s RSS at most so far %,d MiB", "", figures.peakRssMib());
  }

  private void delete(RespClient client, String key) throws IOException {
    long start = System.nanoTime();
    client.call("DEL", key);
    row("%-34s %14.0f", "DEL " + key, (System.nanoTime() - start) / 1e3);
  }

  private static void row(String format, Object... cells) {
    System.out.printf(Locale.ROOT, format + "%n", cells);
  }
}
