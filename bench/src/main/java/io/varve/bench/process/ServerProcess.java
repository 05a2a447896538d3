package io.varve.bench.process;

import io.varve.bench.figures.Target;
import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A Varve server in a process of its own, started the way a person starts it.
///
/// The launcher must become the server (`exec`), so that a kill hits the server and nothing else.
public final class ServerProcess implements AutoCloseable {

  private static final Duration START_MAX = Duration.ofMinutes(2);
  private static final Duration STOP_MAX = Duration.ofMinutes(2);
  private static final Duration RETRY = Duration.ofMillis(1);
  private static final String HOST = "127.0.0.1";

  private final List<String> command;
  private final File log;
  private final Target target;
  private Process process;

  private ServerProcess(List<String> command, File log, Target target) throws IOException {
    this.command = command;
    this.log = log;
    this.target = target;
    this.process = spawn();
  }

  /// @param launcher `scripts/varve`
  /// @param directory of the store
  /// @param options further options of `serve`
  public static ServerProcess start(Path launcher, Path directory, Path log, List<String> options)
      throws IOException, InterruptedException {
    int port = freePort();
    List<String> command = new ArrayList<>();
    command.add(launcher.toString());
    command.add("serve");
    command.addAll(List.of("--port", Integer.toString(port), "--bind", HOST));
    command.addAll(List.of("--admin-port", "0", "--dir", directory.toString()));
    command.addAll(options);
    ServerProcess server = new ServerProcess(command, log.toFile(), new Target(HOST, port));
    try {
      server.awaitPing();
    } catch (IOException | InterruptedException | RuntimeException e) {
      server.process.destroyForcibly();
      throw e;
    }
    return server;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process spawn() throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  public Target target() {
    return target;
  }

  /// Whether it has not ended yet, by itself or otherwise.
  public boolean isAlive() {
    return process.isAlive();
  }

  /// Waits until the server answers.
  public void awaitPing() throws IOException, InterruptedException {
    long end = System.nanoTime() + START_MAX.toNanos();
    while (true) {
      try (RespClient client = target.connect()) {
        if (client.call("PING").equals(new Reply.Simple("PONG"))) {
          return;
        }
      } catch (ConnectException notYet) {
        if (!process.isAlive() || System.nanoTime() > end) {
          throw new IOException("the server does not start:\n" + Files.readString(log.toPath()));
        }
      }
      Thread.sleep(RETRY);
    }
  }

  /// SIGKILL.
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// Starts it again after a kill. Returns at once; see [#awaitPing()].
  public void restart() throws IOException {
    process = spawn();
  }

  /// SIGTERM, and waits until all is on disk.
  public void stop() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException("the server does not stop");
    }
  }

  /// Whatever happened: nothing is left running.
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
