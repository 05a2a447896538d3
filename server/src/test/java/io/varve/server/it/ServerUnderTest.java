package io.varve.server.it;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The one server that all tests of commands talk to: a [VarveProcess], started before the first of
/// them runs and stopped after the last. Every test begins with empty databases.
///
/// `-Dvarve.it.target=host:port` runs the same tests against a server that was started elsewhere: a
/// Redis is the oracle for what they expect.
final class ServerUnderTest implements BeforeEachCallback {

  private static final String TARGET = System.getProperty("varve.it.target", "");

  private static String host = "";
  private static int port;

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    if (port == 0) {
      start(context);
    }
    try (RespClient client = connect()) {
      Reply reply = client.call("FLUSHALL");
      if (!reply.equals(new Reply.Simple("OK"))) {
        throw new IllegalStateException("FLUSHALL: " + reply);
      }
    }
  }

  static String host() {
    return host;
  }

  static int port() {
    return port;
  }

  static RespClient connect() throws IOException {
    return RespClient.connect(host, port);
  }

  /// Whether this is not our server, so that what only Varve promises is not to be expected.
  static boolean isForeign() {
    return !TARGET.isEmpty();
  }

  private static void start(ExtensionContext context) throws IOException {
    if (isForeign()) {
      int colon = TARGET.lastIndexOf(':');
      host = TARGET.substring(0, colon);
      port = Integer.parseInt(TARGET.substring(colon + 1));
      return;
    }
    Path directory = Files.createTempDirectory("varve-it");
    VarveProcess process = VarveProcess.start(directory.resolve("data"));
    host = process.host();
    port = process.port();
    // The root's store closes what is in it when all tests have run.
    context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(ServerUnderTest.class))
        .put("server", (AutoCloseable) () -> stop(process, directory));
  }

  private static void stop(VarveProcess process, Path directory) throws IOException {
    int code = process.terminate();
    if (code != 0) {
      throw new IllegalStateException("exit code " + code + "; output:\n" + process.output());
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(directory)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
