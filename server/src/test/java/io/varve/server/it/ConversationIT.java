package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import io.varve.protocol.RespClient;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every command, its options, errors and shapes, as conversations written as text under
/// `conversations/` in the test resources; each is held in RESP2 and in RESP3.
///
/// `-Dvarve.it.rewrite=DIR -Dvarve.it.target=host:port` writes the replies of that server into the
/// files in DIR instead: so they were recorded from a Redis 7.0. A name that ends with `[varve]` or
/// `[7.2]` says that a Redis 7.0 answers otherwise; such a one was written by hand.
@ExtendWith(ServerUnderTest.class)
class ConversationIT {

  private static final List<String> FILES =
      List.of(
          "strings",
          "strings-set",
          "strings-numbers",
          "strings-lcs",
          "lists",
          "keys",
          "keys-copy",
          "keys-scan",
          "expiry",
          "connection",
          "client",
          "server",
          "server-command",
          "standalone",
          "transactions",
          "refusals");
  private static final String REWRITE = System.getProperty("varve.it.rewrite", "");
  private static final long UNTIL_LIMIT_NANOS = 10_000_000_000L;

  @ParameterizedTest(name = "{argumentSetName}", allowZeroInvocations = true)
  @MethodSource("conversations")
  void isHeldInBothProtocols(String file, Conversation conversation) throws IOException {
    Assumptions.assumeFalse(
        ServerUnderTest.isForeign() && conversation.name().endsWith("]"), "Varve's own");
    for (int version = 2; version <= 3; version++) {
      try (RespClient client = ServerUnderTest.connect()) {
        client.call("FLUSHALL");
      }
      try (Connections connections = new Connections(version)) {
        for (Conversation.Step step : conversation.steps()) {
          check(file, step, version, connections);
        }
      }
    }
  }

  static Stream<Arguments> conversations() throws IOException {
    if (!REWRITE.isEmpty()) {
      return Stream.empty();
    }
    List<Arguments> all = new ArrayList<>();
    for (String file : FILES) {
      for (Conversation conversation : Conversation.parse(lines(file))) {
        all.add(Arguments.argumentSet(file + ": " + conversation.name(), file, conversation));
      }
    }
    return all.stream();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("filesToRewrite")
  void isRecordedFromAnotherServer(String file) throws IOException {
    List<String> lines = new ArrayList<>(lines(file));
    List<Conversation> conversations = Conversation.parse(lines);
    for (Conversation conversation : conversations.reversed()) {
      if (!conversation.name().endsWith("]")) {
        record(conversation, lines);
      }
    }
    Files.write(Path.of(REWRITE, file + ".txt"), lines);
  }

  static Stream<String> filesToRewrite() {
    return REWRITE.isEmpty() ? Stream.of() : FILES.stream();
  }

  private static void check(
      String file, Conversation.Step step, int version, Connections connections)
      throws IOException {
    String expectation = step.expectation(version);
    String where = file + ".txt:" + step.line() + " (RESP" + version + ") > " + step.request();
    if (expectation == null) {
      fail(where + ": no reply is written");
    }
    long deadline = System.nanoTime() + UNTIL_LIMIT_NANOS;
    String reply = connections.ask(step);
    while (step.mode() == Conversation.Mode.UNTIL
        && !Conversation.Step.matches(expectation, reply)
        && System.nanoTime() < deadline) {
      Thread.onSpinWait();
      reply = connections.ask(step);
    }
    if (!Conversation.Step.matches(expectation, reply)) {
      fail(where + "\n  expected " + expectation + "\n  but was  " + reply);
    }
  }

  /// Puts the replies into the lines; last request first, so that line numbers stay right.
  private static void record(Conversation conversation, List<String> lines) throws IOException {
    List<List<String>> replies = new ArrayList<>();
    for (int version = 2; version <= 3; version++) {
      try (RespClient client = ServerUnderTest.connect()) {
        client.call("FLUSHALL");
      }
      List<String> ofVersion = new ArrayList<>();
      try (Connections connections = new Connections(version)) {
        for (Conversation.Step step : conversation.steps()) {
          ofVersion.add(
              step.mode() == Conversation.Mode.UNTIL
                  ? untilExpected(step, version, connections)
                  : connections.ask(step));
        }
      }
      replies.add(ofVersion);
    }
    for (int i = conversation.steps().size() - 1; i >= 0; i--) {
      Conversation.Step step = conversation.steps().get(i);
      lines.subList(step.line(), step.line() + step.expected().size()).clear();
      lines.addAll(step.line(), expected(step, replies.get(0).get(i), replies.get(1).get(i)));
    }
  }

  private static String untilExpected(Conversation.Step step, int version, Connections connections)
      throws IOException {
    String expectation = step.expectation(version);
    assertFalse(expectation == null, "a reply to wait for has to be written by hand");
    check("record", step, version, connections);
    return connections.ask(step);
  }

  private static List<String> expected(Conversation.Step step, String resp2, String resp3) {
    String kept2 = kept(step, 2, resp2);
    String kept3 = kept(step, 3, resp3);
    return kept2.equals(kept3) ? List.of(kept2) : List.of("2| " + kept2, "3| " + kept3);
  }

  private static String kept(Conversation.Step step, int version, String reply) {
    String expectation = step.expectation(version);
    return expectation != null && Conversation.Step.matches(expectation, reply)
        ? expectation
        : reply;
  }

  private static List<String> lines(String file) throws IOException {
    String name = "conversations/" + file + ".txt";
    try (InputStream in = ConversationIT.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /// The connections of one conversation, by name, opened when first spoken to.
  private static final class Connections implements AutoCloseable {
    private final int version;
    private final Map<String, Socket> sockets = new HashMap<>();
    private final Map<String, InputStream> inputs = new HashMap<>();

    Connections(int version) {
      this.version = version;
    }

    String ask(Conversation.Step step) throws IOException {
      if (!sockets.containsKey(step.connection())) {
        open(step.connection());
      }
      List<byte[]> words = Conversation.words(step.request(), System.currentTimeMillis());
      try {
        String reply = exchange(step.connection(), words);
        return step.mode() == Conversation.Mode.SORTED ? ReplyText.sorted(reply) : reply;
      } catch (EOFException | SocketException _) {
        return "(closed)";
      }
    }

    private void open(String name) throws IOException {
      Socket socket = new Socket(ServerUnderTest.host(), ServerUnderTest.port());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(10_000);
      sockets.put(name, socket);
      inputs.put(name, new BufferedInputStream(socket.getInputStream()));
      if (version == 3) {
        exchange(name, Conversation.words("HELLO 3", 0));
      }
    }

    private String exchange(String name, List<byte[]> words) throws IOException {
      Socket socket = sockets.get(name);
      OutputStream out = socket.getOutputStream();
      StringBuilder request = new StringBuilder("*" + words.size() + "\r\n");
      for (byte[] word : words) {
        request.append('$').append(word.length).append("\r\n");
        request.append(new String(word, StandardCharsets.ISO_8859_1)).append("\r\n");
      }
      out.write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
      return ReplyText.read(inputs.get(name));
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : sockets.values()) {
        socket.close();
      }
    }
  }
}
