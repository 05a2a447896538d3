package io.varve.server.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.varve.protocol.RequestBatch;
import io.varve.protocol.RespClient;
import io.varve.server.command.Command;
import io.varve.server.command.TestServer;
import io.varve.server.session.Session;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Plays the scripts in `src/test/resources/conversations`. What a script says was compared with
/// redis-server. `-Dconversations.rewrite=<folder of the scripts>` writes the replies that came
/// into the scripts instead of comparing; look at the difference before keeping it.
final class ConversationTest {

  private static final String REWRITE = System.getProperty("conversations.rewrite", "");

  @TempDir Path directory;

  static Stream<String> scripts() throws IOException, URISyntaxException {
    Path folder = Path.of(ConversationTest.class.getResource("/conversations").toURI());
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
    }
  }

  static List<Command> commands() {
    return Stream.of(
            StringCommands.table(),
            ListCommands.table(),
            SortedSetCommands.table(),
            StreamCommands.table(),
            GeoCommands.table(),
            KeyCommands.table(),
            ExpiryCommands.table(),
            KeyspaceCommands.table(),
            ObjectCommands.table(),
            TransactionCommands.table(),
            ConnectionCommands.table(),
            ClientCommands.table(),
            PubSubCommands.table(),
            MonitorCommand.table(),
            ReplicationCommands.table(),
            LolwutCommand.table(),
            ServerCommands.table(),
            CommandCommands.table(),
            ConfigCommands.table(),
            SlowlogCommands.table(),
            LatencyCommands.table(),
            MemoryCommands.table(),
            AclCommands.table(),
            DebugCommands.table())
        .flatMap(List::stream)
        .toList();
  }

  /// With `-Dconversations.port=<port>`: the same against a server that listens there, for example a
  /// redis-server, to see what it says. The server's data are deleted.
  @ParameterizedTest
  @MethodSource("scripts")
  @EnabledIfSystemProperty(named = "conversations.port", matches = "[0-9]+")
  void isAnsweredAsWrittenByTheServerAtThePort(String script)
      throws IOException, URISyntaxException {
    int port = Integer.getInteger("conversations.port", 0);
    try (RespClient client = RespClient.connect("127.0.0.1", port)) {
      client.call("FLUSHALL");
    }
    Path file = Path.of(ConversationTest.class.getResource("/conversations/" + script).toURI());
    assertEquals(List.of(), LiveConversation.play("127.0.0.1", port, file));
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void isAnsweredAsWritten(String script) throws IOException, URISyntaxException {
    Path file = Path.of(ConversationTest.class.getResource("/conversations/" + script).toURI());
    Conversation conversation = Conversation.parse(Files.readAllLines(file));
    List<String> rewritten = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    Map<Integer, Session> clients = new HashMap<>();
    try (TestServer server = new TestServer(directory, commands())) {
      for (Conversation.Step step : conversation.steps()) {
        rewritten.addAll(step.before());
        rewritten.add(step.line());
        if (step.isAdvance()) {
          server.advanceMillis(Long.parseLong(step.request().get(1)));
          continue;
        }
        Session client = clients.computeIfAbsent(step.client(), _ -> server.connect());
        byte[][] request = step.request().stream().map(Conversation::bytes).toArray(byte[][]::new);
        List<String> reply = Conversation.lines(server.call(client, RequestBatch.of(request)));
        if (Conversation.matches(step.expected(), reply)) {
          step.expected().forEach(line -> rewritten.add("< " + line));
        } else {
          reply.forEach(line -> rewritten.add("< " + line));
          wrong.add(
              step.line()
                  + "\n  expected "
                  + String.join("\n           ", step.expected())
                  + "\n  but got  "
                  + String.join("\n           ", reply));
        }
      }
    }
    if (!REWRITE.isEmpty()) {
      Files.write(Path.of(REWRITE, script), rewritten, StandardCharsets.UTF_8);
    } else if (!wrong.isEmpty()) {
      fail(script + ":\n" + String.join("\n", wrong));
    }
  }
}
