package io.varve.server.cli;

import io.varve.server.config.Configuration;
import io.varve.server.config.Directive;
import io.varve.server.config.Directives;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `varve serve`: runs a server until it is told to stop.
@Command(
    description = "Runs a server.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    customSynopsis = "varve serve [FILE] [--config FILE] [--DIRECTIVE VALUE]...")
final class ServeCommand implements Callable<Integer> {

  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  private final ServerStarter starter;

  @Parameters(
      arity = "0..*",
      paramLabel = "ARGUMENT",
      hideParamSyntax = true,
      description = "A file in the syntax of redis.conf, then any of the directives below.")
  private List<String> arguments = new ArrayList<>();

  private ServeCommand(ServerStarter starter) {
    this.starter = starter;
  }

  static CommandLine commandLine(ServerStarter starter) {
    CommandLine serve = new CommandLine(new ServeCommand(starter));
    // The directives are read by the configuration, which knows what each takes.
    serve.setUnmatchedOptionsArePositionalParams(true);
    serve.setExpandAtFiles(false);
    serve.getCommandSpec().usageMessage().footerHeading("%nDirectives:%n").footer(directives());
    return serve;
  }

  @Override
  public Integer call() throws Exception {
    ServeArguments given = ServeArguments.parse(arguments);
    Configuration configuration = Configuration.load(given.file(), given.options());
    Logging.configure(configuration);
    for (String warning : configuration.warnings()) {
      log.warn("{}", warning);
    }
    boolean orderly;
    try (ServerStarter.Running server = start(configuration)) {
      Thread stopper = new Thread(() -> stop(server), "varve-stop");
      Runtime.getRuntime().addShutdownHook(stopper);
      orderly = server.awaitStop();
      forget(stopper);
    }
    return orderly ? ExitCode.OK : ExitCode.FAILURE;
  }

  private ServerStarter.Running start(Configuration configuration) throws IOException {
    try {
      return starter.start(configuration);
    } catch (IllegalStateException | IllegalArgumentException e) {
      // What does not fit the machine is told in a line; where it was noticed is for us.
      log.debug("start failed", e);
      throw new IOException("cannot start: " + e.getMessage(), e.getCause());
    }
  }

  /// On SIGTERM and SIGINT. A clean stop is a success, which the JVM would not say of itself after a
  /// signal.
  private static void stop(ServerStarter.Running server) {
    server.close();
    Runtime.getRuntime().halt(ExitCode.OK);
  }

  /// A server that has stopped by itself needs no hook; one that is being stopped by the hook has a
  /// JVM that is going down.
  private static void forget(Thread stopper) {
    try {
      Runtime.getRuntime().removeShutdownHook(stopper);
    } catch (IllegalStateException e) {
      log.debug("stopped by a signal", e);
    }
  }

  private static String[] directives() {
    List<String> lines = new ArrayList<>();
    for (Directive.Section section : Directive.Section.values()) {
      lines.add("");
      lines.add("  " + section.title() + ":");
      for (Directive<?> directive : Directives.all()) {
        if (directive.section() == section) {
          String initial = directive.initialText().isEmpty() ? "\"\"" : directive.initialText();
          lines.add("  --" + directive.name() + " (" + initial + ")");
        }
      }
    }
    lines.add("");
    lines.add("docs/configuration.md says what each does.");
    return lines.toArray(String[]::new);
  }
}
