package io.varve.server.cli;

import io.varve.protocol.ProtocolException;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `varve health`: asks a server whether it is there, for the health checks of containers.
@Command(
    name = "health",
    description = "Sends PING to a server; 0 if it answers.",
    mixinStandardHelpOptions = true)
final class HealthCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--host", paramLabel = "HOST", description = "Default: ${DEFAULT-VALUE}")
  private String host = "127.0.0.1";

  @Option(names = "--port", paramLabel = "PORT", description = "Default: ${DEFAULT-VALUE}")
  private int port = 6379;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long to wait. Default: ${DEFAULT-VALUE}")
  private int timeoutSeconds = 3;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (RespClient client =
        RespClient.connect(host, port, Duration.ofSeconds(Math.max(1, timeoutSeconds)))) {
      String reply = client.call("PING").asText();
      // Who wants a password before anything else is up and well.
      if (reply.equals("PONG") || reply.startsWith("NOAUTH")) {
        out.println("healthy");
        return ExitCode.OK;
      }
      err.println("unhealthy: " + reply);
    } catch (IOException | ProtocolException | IllegalStateException e) {
      err.println("unhealthy: " + host + ":" + port + ": " + e.getMessage());
    }
    return ExitCode.FAILURE;
  }
}
