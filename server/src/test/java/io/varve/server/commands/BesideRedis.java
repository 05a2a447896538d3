package io.varve.server.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A redis-server beside ours: what one says to a command, the other has to say to the byte.
public abstract class BesideRedis {

  @TempDir protected Path directory;

  /// How many of the commands before a difference are kept.
  private static final int HISTORY = 2_000;

  /// How much of an argument the history shows, in characters.
  private static final int SHOWN = 60;

  private final ArrayDeque<String[]> history = new ArrayDeque<>();
  private Process redis;
  protected RespClient client;
  protected int port;

  @BeforeEach
  protected final void startRedis() throws Exception {
    assumeTrue(hasRedis(), "redis-server is not installed");
    Path work = Files.createDirectory(directory.resolve("redis"));
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    redis =
        new ProcessBuilder(
                "redis-server",
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--enable-debug-command",
                "local",
                "--dir",
                work.toString())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("out").toFile())
            .start();
    client = connect(port);
  }

  @AfterEach
  protected final void stopRedis() throws Exception {
    if (redis != null) {
      client.close();
      redis.destroy();
      redis.waitFor();
    }
  }

  /// A generator of commands that prints its seed. The build draws the same commands each time, so that
  /// a failure tells of a change; `scripts/difference` goes on with others.
  ///
  /// The property `varve.seed` is a number, or `any` for one that nobody has seen yet.
  static SplittableRandom seeded() {
    String asked = System.getProperty("varve.seed", "1");
    long seed = asked.equals("any") ? System.nanoTime() : Long.parseLong(asked);
    System.out.println("seed " + seed);
    return new SplittableRandom(seed);
  }

  /// Runs commands that are drawn by lot, with flushes and restarts in between.
  ///
  /// @param count how many, unless `-Dvarve.difference.commands` says otherwise
  final void runRandomly(
      CommandRig rig, SplittableRandom random, int count, Supplier<String[]> next)
      throws IOException {
    int commands = Integer.getInteger("varve.difference.commands", count);
    rig.setNowMillis(System.currentTimeMillis());
    for (int i = 0; i < commands; i++) {
      compare(rig, next.get());
      if (random.nextInt(1000) == 0) {
        rig.flush();
      }
      if (random.nextInt(4000) == 0 && !rig.session().inMulti()) {
        rig.reopen();
        client.call("SELECT", "0");
        rig.session().select(0);
      }
    }
    System.out.println(commands + " commands, " + rig.rehearsals() + " rehearsed");
  }

  /// Has both speak a version of the protocol.
  final void speak(CommandRig rig, int protocol) throws IOException {
    client.call("HELLO", String.valueOf(protocol));
    rig.session().useProtocol(protocol);
  }

  final void compare(CommandRig rig, String... command) throws IOException {
    history.add(command);
    if (history.size() > HISTORY) {
      history.remove();
    }
    Reply theirs = client.call(command);
    Reply ours;
    try {
      byte[][] bytes = new byte[command.length][];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = command[i].getBytes(StandardCharsets.UTF_8);
      }
      ours = rig.call(bytes);
    } catch (RuntimeException | AssertionError bug) {
      fail("on " + shown(command), bug);
      return;
    }
    assertEquals(
        comparable(theirs, command),
        comparable(ours, command),
        () -> "on " + shown(command) + ", after\n  " + historyOfKeysIn(command));
  }

  /// The newest commands that named one of the keys.
  private String historyOfKeysIn(String... command) {
    List<String> words = Arrays.asList(command);
    List<String> related =
        history.stream()
            .filter(earlier -> Stream.of(earlier).skip(1).anyMatch(words::contains))
            .map(BesideRedis::shown)
            .toList();
    return String.join("\n  ", related.subList(Math.max(0, related.size() - 30), related.size()));
  }

  private static String shown(String... command) {
    return Stream.of(command)
        .map(word -> word.length() <= SHOWN ? word : word.substring(0, SHOWN) + "…" + word.length())
        .toList()
        .toString();
  }

  /// What of a reply has to be alike: without an order where there is none.
  Reply comparable(Reply reply, String... command) throws IOException {
    return command[0].equals("KEYS") ? sorted(reply) : reply;
  }

  static Reply sorted(Reply reply) {
    if (reply instanceof Reply.Array array) {
      List<Reply> elements = new ArrayList<>(array.elements());
      elements.sort(Comparator.comparing(Reply::toString));
      return new Reply.Array(elements);
    }
    return reply;
  }

  private static boolean hasRedis() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "redis-server")));
  }

  private static RespClient connect(int port) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (true) {
      try {
        RespClient client = RespClient.connect("127.0.0.1", port);
        if (client.call("PING") instanceof Reply.Simple) {
          return client;
        }
        client.close();
      } catch (IOException notYet) {
        if (System.nanoTime() > deadline) {
          throw notYet;
        }
        Thread.onSpinWait();
      }
    }
  }
}
