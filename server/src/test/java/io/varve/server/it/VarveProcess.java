package io.varve.server.it;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The real server as a child process, on a free port of the loopback and on a directory given.
///
/// What it prints goes to a file beside its data and into the message of whatever fails here. One
/// thread starts, stops and restarts it; any thread may connect.
final class VarveProcess implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
  private static final int START_ATTEMPTS = 3;
  private static final long POLL_MILLIS = 20;
  private static final String HOST = "127.0.0.1";

  private final Path directory;
  private final Path output;
  private final List<String> options;
  private int port;
  private Process process;

  private VarveProcess(Path directory, List<String> options) {
    this.directory = directory;
    this.options = options;
    output = directory.resolveSibling(directory.getFileName() + ".log");
  }

  /// Starts a server and waits until it answers.
  ///
  /// @param options beyond port, directory and admin port
  static VarveProcess start(Path directory, String... options) throws IOException {
    VarveProcess varve = new VarveProcess(directory, List.of(options));
    for (int attempt = 1; ; attempt++) {
      varve.port = freePort();
      try {
        varve.restart();
        return varve;
      } catch (IllegalStateException e) {
        // Another process may have taken the port since it was found to be free.
        if (attempt == START_ATTEMPTS || !varve.output().contains("in use")) {
          throw e;
        }
      }
    }
  }

  /// What became of a run that was to end by itself.
  record Exit(int code, String output) {
    /// The lines of the output that say something.
    List<String> lines() {
      return output.lines().filter(line -> !line.isBlank()).toList();
    }
  }

  /// Runs the program with exactly these arguments until it ends.
  static Exit run(Path scratch, String... arguments) throws IOException {
    Path output = Files.createTempFile(scratch, "varve", ".log");
    List<String> command = commandLine();
    command.addAll(List.of(arguments));
    Process process = launch(command, output);
    try {
      if (!process.waitFor(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("did not end: " + Files.readString(output));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw interrupted(e);
    }
    return new Exit(process.exitValue(), Files.readString(output));
  }

  /// A port that nothing listens on at this moment.
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /// Starts the server again on the same port and directory.
  void restart() throws IOException {
    if (process != null && process.isAlive()) {
      throw new IllegalStateException("still running");
    }
    List<String> command = commandLine();
    command.addAll(
        List.of("serve", "--port", Integer.toString(port), "--dir", directory.toString()));
    if (!options.contains("--admin-port")) {
      command.addAll(List.of("--admin-port", "0"));
    }
    command.addAll(options);
    process = launch(command, output);
    awaitReadiness();
  }

  String host() {
    return HOST;
  }

  int port() {
    return port;
  }

  Path directory() {
    return directory;
  }

  RespClient connect() throws IOException {
    return RespClient.connect(HOST, port);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// All that it has printed since it was started last.
  String output() {
    try {
      return Files.exists(output) ? Files.readString(output) : "";
    } catch (IOException e) {
      return "(its output cannot be read: " + e + ")";
    }
  }

  /// Ends it as a crash does (SIGKILL).
  void kill9() {
    process.destroyForcibly();
    awaitExit();
  }

  /// Asks it to stop (SIGTERM) and waits for that.
  ///
  /// @return the exit code
  int terminate() {
    process.destroy();
    return awaitExit();
  }

  /// Waits for it to end by itself.
  ///
  /// @return the exit code
  int awaitExit() {
    try {
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("does not stop; its output:\n" + output());
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      process.destroyForcibly();
      awaitExit();
    }
  }

  private void awaitReadiness() {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!answers()) {
      if (!process.isAlive()) {
        throw new IllegalStateException(
            "ended with " + process.exitValue() + " while starting; its output:\n" + output());
      }
      if (System.nanoTime() > deadline) {
        close();
        throw new IllegalStateException("is not ready in time; its output:\n" + output());
      }
      pause();
    }
  }

  private boolean answers() {
    try (RespClient client = RespClient.connect(HOST, port, Duration.ofSeconds(5))) {
      Reply reply = client.call("PING");
      return reply.equals(new Reply.Simple("PONG"))
          || (reply instanceof Reply.Failure failure && failure.text().startsWith("NOAUTH"));
    } catch (IOException _) {
      return false;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted", cause);
  }

  /// The distribution if the build made one, else the class path of the tests.
  private static List<String> commandLine() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-ea",
            "-Xmx512m",
            // Starts are many and short: what makes a JVM fast in the long run makes them slow.
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED"));
    String distribution = System.getProperty("varve.distribution");
    Path jar = distribution == null ? null : Path.of(distribution, "lib", "varve-server.jar");
    if (jar != null && Files.exists(jar)) {
      command.addAll(List.of("-jar", jar.toString()));
    } else {
      command.addAll(
          List.of("-cp", System.getProperty("java.class.path"), "io.varve.server.ServerMain"));
    }
    return command;
  }

  private static Process launch(List<String> command, Path output) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return builder.start();
  }
}
