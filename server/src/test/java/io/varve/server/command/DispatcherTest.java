package io.varve.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.varve.engine.error.NotInMemoryException;
import io.varve.protocol.RequestBatch;
import io.varve.server.commands.ClientCommands;
import io.varve.server.commands.ConnectionCommands;
import io.varve.server.commands.StringCommands;
import io.varve.server.commands.TransactionCommands;
import io.varve.server.session.Session;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DispatcherTest {

  @TempDir Path directory;

  private TestServer server;
  private Session client;

  /// What `effect` has done after commands that went well.
  private final List<String> effects = new ArrayList<>();

  /// How often `cold` still misses a block.
  private int misses;

  @BeforeEach
  void open() {
    server =
        new TestServer(
            directory,
            Stream.of(
                    StringCommands.table(),
                    ConnectionCommands.table(),
                    ClientCommands.table(),
                    TransactionCommands.table(),
                    List.of(
                        Command.define("cold", 1, this::cold).flags(CommandFlag.READONLY).build(),
                        Command.define("half", 1, DispatcherTest::half)
                            .flags(CommandFlag.WRITE)
                            .build(),
                        Command.define("effect", 2, this::effect).build(),
                        Command.define("bug", 1, DispatcherTest::bug).build()))
                .flatMap(List::stream)
                .toList());
    client = server.connect();
  }

  @AfterEach
  void close() {
    server.close();
  }

  /// Writes a part of its reply, then misses a block while there is one to miss.
  private void cold(Invocation in) {
    in.reply().array(1);
    if (misses > 0) {
      misses--;
      throw NotInMemoryException.INSTANCE;
    }
    in.reply().integer(7);
  }

  /// Empties the database and writes a part of its reply, then refuses.
  private static void half(Invocation in) {
    in.db().flush();
    in.reply().array(2);
    in.reply().ok();
    throw new CommandException("ERR half way");
  }

  private void effect(Invocation in) {
    String text = in.args().text(1);
    in.afterwards(() -> effects.add(text));
    if (text.equals("fail")) {
      throw Errors.syntax();
    }
    in.reply().ok();
  }

  private static void bug(Invocation in) {
    in.reply().array(2);
    throw new IllegalStateException("a bug");
  }

  @Test
  void failedCommandLeavesNeitherWriteNorReplyBehind() {
    server.call(client, "set", "k", "v");
    assertEquals("-ERR half way\r\n", server.call(client, "half"));
    assertEquals("$1\r\nv\r\n", server.call(client, "get", "k"));
  }

  @Test
  void failedCommandInTransactionUndoesOnlyItself() {
    server.call(client, "multi");
    server.call(client, "set", "a", "1");
    server.call(client, "half");
    server.call(client, "half");
    server.call(client, "get", "a");
    assertEquals(
        "*4\r\n+OK\r\n-ERR half way\r\n-ERR half way\r\n$1\r\n1\r\n", server.call(client, "exec"));
    assertEquals("$1\r\n1\r\n", server.call(client, "get", "a"));
  }

  @Test
  void missingBlockUndoesTheWholeTransactionAndItCanRunAgain() {
    server.call(client, "multi");
    server.call(client, "select", "3");
    server.call(client, "incr", "n");
    server.call(client, "effect", "x");
    server.call(client, "cold");
    misses = 1;
    RequestBatch exec = request("exec");
    assertThrows(NotInMemoryException.class, () -> server.dispatch(client, exec));
    assertEquals(0, client.database());
    assertEquals(List.of(), effects);
    assertTrue(client.inMulti());
    assertEquals("*4\r\n+OK\r\n:1\r\n+OK\r\n*1\r\n:7\r\n", server.call(client, "exec"));
    assertEquals(3, client.database());
    assertEquals(List.of("x"), effects);
  }

  @Test
  void missingBlockIsNotCounted() {
    misses = 1;
    assertThrows(NotInMemoryException.class, () -> server.dispatch(client, request("cold")));
    int cold = server.commands().find("cold");
    assertEquals(0, server.statistics().totals(cold).calls());
    assertEquals("*1\r\n:7\r\n", server.call(client, "cold"));
    assertEquals(1, server.statistics().totals(cold).calls());
  }

  @Test
  void rehearsalLeavesNoTrace() {
    server.call(client, "multi");
    server.call(client, "select", "2");
    server.call(client, "client", "setname", "renamed");
    server.call(client, "incr", "n");
    server.call(client, "effect", "x");
    server.rehearse(client, request("exec"));
    assertEquals(0, client.database());
    assertEquals("", client.name());
    assertEquals(List.of(), effects);
    assertTrue(client.inMulti());
    assertEquals("*4\r\n+OK\r\n+OK\r\n:1\r\n+OK\r\n", server.call(client, "exec"));
    assertEquals(0, server.statistics().totals(server.commands().find("incr")).failed());
    assertEquals(1, server.statistics().totals(server.commands().find("incr")).calls());
  }

  @Test
  void effectsOfFailedCommandsDoNotHappen() {
    server.call(client, "effect", "fail");
    server.call(client, "effect", "one");
    server.call(client, "multi");
    server.call(client, "effect", "fail");
    server.call(client, "effect", "two");
    server.call(client, "exec");
    assertEquals(List.of("one", "two"), effects);
  }

  @Test
  void waitingForABlockDoesNotCountAsExecution() {
    server.slowLog().configure(1_000, 10);
    RequestBatch batch = request("cold");
    misses = 1;
    assertThrows(NotInMemoryException.class, () -> server.dispatch(client, batch));
    server.nanosPerLook(1_000_000_000);
    server.nanos();
    server.nanosPerLook(0);
    server.dispatch(client, batch);
    assertEquals(0, server.slowLog().size());
  }

  @Test
  void helloNamesTheVersionOfRedisThatIsOffered() {
    String reply = server.call(client, "hello");
    assertTrue(reply.contains("$7\r\nversion\r\n$5\r\n7.2.0\r\n"), reply);
  }

  @Test
  void bugPassesThroughWithTheReplyUndone() {
    IllegalStateException bug =
        assertThrows(IllegalStateException.class, () -> server.call(client, "bug"));
    assertEquals("a bug", bug.getMessage());
    assertEquals("+PONG\r\n", server.call(client, "ping"));
  }

  @Test
  void pausedClientIsLeftAloneUntilThePauseEnds() {
    Session other = server.connect();
    server.call(client, "client", "pause", "100", "write");
    assertSame(Outcome.PAUSED, server.dispatch(other, request("set", "a", "1")));
    assertEquals("$-1\r\n", server.call(other, "get", "a"));
    server.call(other, "multi");
    assertSame(Outcome.PAUSED, server.dispatch(other, request("set", "a", "1")));
    server.call(other, "discard");
    server.advanceMillis(100);
    assertEquals("+OK\r\n", server.call(other, "set", "a", "1"));
    server.call(client, "client", "pause", "100");
    assertSame(Outcome.PAUSED, server.dispatch(other, request("get", "a")));
    assertFalse(server.dispatcher().readableAnywhere(other, request("get", "a"), 0));
    server.advanceMillis(100);
    assertEquals("$1\r\n1\r\n", server.call(other, "get", "a"));
    assertTrue(server.dispatcher().readableAnywhere(other, request("get", "a"), 0));
  }

  @Test
  void onlyReadsAndIdleQuestionsMayRunAnywhere() {
    Dispatcher dispatcher = server.dispatcher();
    assertTrue(dispatcher.readableAnywhere(client, request("GeT", "a"), 0));
    assertTrue(dispatcher.readableAnywhere(client, request("ping"), 0));
    assertFalse(dispatcher.readableAnywhere(client, request("set", "a", "1"), 0));
    assertFalse(dispatcher.readableAnywhere(client, request("multi"), 0));
    assertFalse(dispatcher.readableAnywhere(client, request("select", "1"), 0));
    assertFalse(dispatcher.readableAnywhere(client, request("client", "list"), 0));
    assertFalse(dispatcher.readableAnywhere(client, request("client", "nosuch"), 0));
    assertFalse(dispatcher.readableAnywhere(client, request("nosuch"), 0));
    server.call(client, "multi");
    assertFalse(dispatcher.readableAnywhere(client, request("get", "a"), 0));
  }

  @Test
  void countsCallsFailuresAndRefusals() {
    server.call(client, "set", "a", "x");
    server.call(client, "incr", "a");
    server.call(client, "incr");
    server.call(client, "nosuch");
    CommandStatistics.Totals incr = server.statistics().totals(server.commands().find("incr"));
    assertEquals(1, incr.calls());
    assertEquals(1, incr.failed());
    assertEquals(1, incr.rejected());
    assertEquals(3, server.statistics().errors().get("ERR"));
    server.statistics().reset();
    assertEquals(0, server.statistics().calls());
    assertTrue(server.statistics().errors().isEmpty());
  }

  @Test
  void slowCommandsAreKeptWithoutSecrets() {
    server.slowLog().configure(10, 3);
    server.nanosPerLook(1_000_000);
    server.set("requirepass", "secret");
    server.call(client, "auth", "secret");
    server.call(client, "hello", "2", "auth", "default", "secret", "setname", "me");
    server.call(client, "echo", "x".repeat(200));
    List<SlowLog.Entry> entries = server.slowLog().newest(-1);
    assertEquals(3, entries.size());
    assertEquals("echo " + "x".repeat(128) + "... (72 more bytes)", text(entries.get(0)));
    assertEquals("hello 2 auth (redacted) (redacted) setname me", text(entries.get(1)));
    assertEquals("auth (redacted)", text(entries.get(2)));
    server.call(
        client, "mget", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13",
        "14", "15", "16", "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28",
        "29", "30", "31", "32");
    List<SlowLog.Entry> newest = server.slowLog().newest(1);
    assertEquals(32, newest.getFirst().arguments().size());
    assertTrue(
        text(newest.getFirst()).endsWith(" 29 ... (3 more arguments)"), text(newest.getFirst()));
    assertEquals(3, server.slowLog().size());
  }

  @Test
  void spikesGoToTheLatencyMonitor() {
    server.latency().threshold(5);
    server.nanosPerLook(4_000_000);
    server.call(client, "get", "a");
    assertEquals(List.of(), server.latency().latest());
    server.nanosPerLook(6_000_000);
    server.call(client, "get", "a");
    server.nanosPerLook(9_000_000);
    server.call(client, "get", "a");
    LatencyMonitor.Latest latest = server.latency().latest().getFirst();
    assertEquals("fast-command", latest.event());
    assertEquals(9, latest.last().millis());
    assertEquals(1, server.latency().history("fast-command").size());
  }

  @Test
  void killedClientsAreMarkedAndTheAskingOneGetsItsReply() {
    Session other = server.connect();
    assertEquals(":1\r\n", server.call(client, "client", "kill", "id", "" + other.id()));
    assertTrue(other.isKilled());
    assertEquals(
        ":1\r\n", server.call(client, "client", "kill", "id", "" + client.id(), "skipme", "no"));
    assertTrue(client.isCloseAfterReply());
    assertFalse(client.isKilled());
  }

  @Test
  void clientLineTellsOfTheSession() {
    server.call(client, "client", "setname", "me");
    server.call(client, "client", "setinfo", "lib-name", "lib");
    server.call(client, "client", "setinfo", "lib-ver", "1.2");
    server.advanceMillis(2500);
    assertTrue(
        server
            .call(client, "client", "info")
            .endsWith(
                "id=1 addr=127.0.0.1:50001 laddr=127.0.0.1:6379 fd=8 name=me age=2 idle=0 flags=N"
                    + " db=0 sub=0 psub=0 ssub=0 multi=-1 qbuf=0 qbuf-free=0 argv-mem=0"
                    + " multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=0 events=r"
                    + " cmd=client|info user=default redir=-1 resp=2 lib-name=lib"
                    + " lib-ver=1.2\n\r\n"));
    assertEquals(
        "-ERR Unrecognized option 'x'\r\n", server.call(client, "client", "setinfo", "x", "y"));
    assertEquals(
        "-ERR lib-name cannot contain spaces, newlines or special characters.\r\n",
        server.call(client, "client", "setinfo", "lib-name", "a b"));
  }

  @Test
  void dispatchingAllocatesNothing() {
    ByteBuf buffer = Unpooled.directBuffer(1024);
    client.target(buffer);
    RequestBatch ping = request("PING");
    RequestBatch withArgument = request("ping", "hello");
    Invocation in = server.invocation();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long runs = 50_000;
    for (int i = 0; i < runs; i++) {
      buffer.clear();
      server.dispatcher().dispatch(client, ping, 0, in);
      server.dispatcher().dispatch(client, withArgument, 0, in);
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < runs; i++) {
      buffer.clear();
      server.dispatcher().dispatch(client, ping, 0, in);
      server.dispatcher().dispatch(client, withArgument, 0, in);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    // Some slack for what the virtual machine itself does on this thread.
    assertTrue(allocated < 2 * runs, () -> allocated + " bytes in " + 2 * runs + " commands");
  }

  private static RequestBatch request(String... args) {
    byte[][] bytes = new byte[args.length][];
    for (int i = 0; i < args.length; i++) {
      bytes[i] = args[i].getBytes(StandardCharsets.UTF_8);
    }
    return RequestBatch.of(bytes);
  }

  private static String text(SlowLog.Entry entry) {
    StringBuilder text = new StringBuilder();
    for (byte[] argument : entry.arguments()) {
      text.append(text.isEmpty() ? "" : " ").append(new String(argument, StandardCharsets.UTF_8));
    }
    return text.toString();
  }
}
