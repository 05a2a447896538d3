package io.varve.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.Engine;
import io.varve.engine.EngineOptions;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.server.config.Configuration;
import io.varve.server.config.Directives;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VarveMainTest {

  private record Outcome(int code, String out, String err) {}

  @TempDir Path folder;

  private final List<Configuration> started = new ArrayList<>();

  private Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    ServerStarter starter =
        configuration -> {
          if (configuration.port() == 99) {
            throw new IllegalStateException("port 99 is taken", new IOException("in use"));
          }
          started.add(configuration);
          return new ServerStarter.Running() {
            @Override
            public boolean awaitStop() {
              return true;
            }

            @Override
            public void close() {}
          };
        };
    int code = VarveMain.run(starter, new PrintWriter(out), new PrintWriter(err), arguments);
    return new Outcome(code, out.toString(), err.toString());
  }

  private void makeStore() {
    try (Engine engine = Engine.open(folder, EngineOptions.defaults())) {
      WriteBatch batch = new WriteBatch();
      for (int i = 0; i < 100; i++) {
        batch.put(Slice.of("key" + i), Slice.of("value" + i));
      }
      engine.write(batch);
      engine.commit();
      engine.sealMemtable();
      engine.awaitFlushed();
    }
  }

  private Path only(String glob) throws IOException {
    try (var found = Files.newDirectoryStream(folder, glob)) {
      return found.iterator().next();
    }
  }

  @Test
  void usageNamesTheCommands() {
    Outcome help = run("--help");
    assertEquals(ExitCode.OK, help.code);
    assertEquals(
        """
        Usage: varve [-hV] COMMAND
        A key-value server that speaks the Redis protocol.
          -h, --help      Show this help message and exit.
          -V, --version   Print version information and exit.
        Commands:
          backup    Makes backups of a store and brings it back from them, as it was at any moment.
          import    Copies all of a running Redis, or of an RDB file, into a running Varve.
          dump      Shows what a file of a store contains; 1 if it is damaged.
          verify    Reads a store from end to end and says what is damaged. The store should not be open.
          simulate  Shows what compaction modes cost over time: the store's planner, tables on paper.
          health    Sends PING to a server; 0 if it answers.
          help      Display help information about the specified command.
          serve     Runs a server.

        Exit codes:
           0   done
           1   damage was found, or something failed
           2   wrong usage
        """,
        help.out);
    assertEquals(new Outcome(ExitCode.USAGE, "", help.out), run());
    assertTrue(run("--version").out.startsWith("varve "));
    assertEquals(ExitCode.USAGE, run("frobnicate").code);
  }

  @Test
  void serveTakesAFileAndAnyDirective() throws IOException {
    Path file = Files.writeString(folder.resolve("varve.conf"), "port 1\nhz 20\n");
    Outcome served =
        run(
            "serve",
            file.toString(),
            "--port",
            "7",
            "--bind",
            "10.0.0.1",
            "-::1",
            "--appendfsync=no",
            "--slowlog-log-slower-than",
            "-1",
            "--save",
            "",
            "--port",
            "8",
            "--loglevel",
            "nothing");
    assertEquals(new Outcome(ExitCode.OK, "", ""), served);
    Configuration configuration = started.getFirst();
    assertEquals(8, configuration.port());
    assertEquals(List.of("10.0.0.1", "-::1"), configuration.bind());
    assertEquals("no", configuration.text(Directives.APPENDFSYNC));
    assertEquals(-1, configuration.get(Directives.SLOWLOG_LOG_SLOWER_THAN));
    assertEquals(20, configuration.get(Directives.HZ));
    assertEquals(file, configuration.file());
    assertEquals(ExitCode.OK, run("serve", "--config", file.toString()).code);
    assertEquals(1, started.getLast().port());
  }

  @Test
  void serveExplainsItselfWithoutStarting() {
    Outcome help = run("serve", "--help");
    assertEquals(ExitCode.OK, help.code);
    for (var directive : Directives.all()) {
      assertTrue(help.out.contains("  --" + directive.name() + " ("), directive.name());
    }
    assertEquals(List.of(), started);
  }

  @Test
  void serveSaysWhatIsWrongWithItsConfiguration() throws IOException {
    assertEquals(
        new Outcome(
            ExitCode.USAGE,
            "",
            "varve: --port: port: argument couldn't be parsed into an integer\n"),
        run("serve", "--port", "x"));
    assertEquals(
        new Outcome(ExitCode.USAGE, "", "varve: --prot: unknown directive 'prot'\n"),
        run("serve", "--prot", "1"));
    assertEquals(
        new Outcome(ExitCode.USAGE, "", "varve: nowhere.conf: no such file\n"),
        run("serve", "nowhere.conf"));
    Path file = Files.writeString(folder.resolve("bad.conf"), "port 1\nhz x\n");
    assertEquals(
        new Outcome(
            ExitCode.USAGE,
            "",
            "varve: " + file + ":2: hz: argument couldn't be parsed into an integer\n"),
        run("serve", file.toString()));
    assertEquals(ExitCode.USAGE, run("serve", file.toString(), "--config", "x").code);
    assertEquals(
        new Outcome(ExitCode.FAILURE, "", "varve: cannot start: port 99 is taken (in use)\n"),
        run("serve", "--port", "99"));
    assertEquals(List.of(), started);
  }

  @Test
  void soundStoreIsVerifiedAndADamagedOneIsNot() throws IOException {
    makeStore();
    Outcome sound = run("verify", folder.toString());
    assertEquals(ExitCode.OK, sound.code, sound.toString());
    assertTrue(sound.out.contains("1 tables, "), sound.out);
    assertTrue(sound.out.endsWith(" batches in the log: sound\n"), sound.out);
    Path table = only("*.sst");
    byte[] bytes = Files.readAllBytes(table);
    bytes[10] ^= 1;
    Files.write(table, bytes);
    Outcome damaged = run("verify", folder.toString());
    assertEquals(ExitCode.FAILURE, damaged.code, damaged.toString());
    assertTrue(damaged.out.contains("DAMAGE: " + table.getFileName()), damaged.out);
    assertEquals(ExitCode.USAGE, run("verify", folder + "/nowhere").code);
  }

  @Test
  void manifestIsDumpedAsTextAndAsJson() throws IOException {
    makeStore();
    String manifest = only("MANIFEST-*").toString();
    Outcome text = run("dump", "manifest", manifest);
    assertEquals(ExitCode.OK, text.code, text.toString());
    assertTrue(text.out.contains("  + L0 run "), text.out);
    assertEquals(text, run("dump", "manifest", folder.toString()));
    Outcome json = run("dump", "manifest", manifest, "--json");
    assertEquals(ExitCode.OK, json.code);
    for (String line : json.out.lines().toList()) {
      assertTrue(line.startsWith("{") && line.endsWith("}"), line);
    }
    assertEquals(ExitCode.USAGE, run("dump", "manifest", manifest + "0").code);
  }

  @Test
  void tableAndLogAreDumpedAndDamageIsTold() throws IOException {
    makeStore();
    Path table = only("*.sst");
    Outcome index = run("dump", "sst", table.toString());
    assertEquals(ExitCode.OK, index.code, index.toString());
    Outcome entries = run("dump", "sst", table.toString(), "--entries");
    assertTrue(entries.out.contains("key99"), entries.out);
    assertTrue(entries.out.length() > index.out.length());
    for (String kind : List.of("sst", "wal")) {
      Path file = only("*." + kind);
      Outcome json = run("dump", kind, file.toString(), "--json");
      assertEquals(ExitCode.OK, json.code, json.toString());
      for (String line : json.out.lines().toList()) {
        assertTrue(line.startsWith("{") && line.endsWith("}"), line);
      }
      assertEquals(ExitCode.USAGE, run("dump", kind, only("MANIFEST-*").toString()).code);
    }
    byte[] bytes = Files.readAllBytes(table);
    bytes[10] ^= 1;
    Files.write(table, bytes);
    assertEquals(ExitCode.FAILURE, run("dump", "sst", table.toString(), "--entries").code);
  }

  @Test
  void healthAsksWithPing() throws Exception {
    String port;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = Integer.toString(server.getLocalPort());
      for (String reply : List.of("+PONG", "-NOAUTH Authentication required.", "-LOADING x")) {
        Thread answer =
            Thread.ofVirtual()
                .start(
                    () -> {
                      try (Socket peer = server.accept()) {
                        peer.getInputStream().readNBytes("*1\r\n$4\r\nPING\r\n".length());
                        peer.getOutputStream()
                            .write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
                      } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                      }
                    });
        Outcome outcome = run("health", "--port", port);
        answer.join();
        assertEquals(reply.startsWith("-LOADING") ? ExitCode.FAILURE : ExitCode.OK, outcome.code);
      }
    }
    Outcome dead = run("health", "--port", port);
    assertEquals(ExitCode.FAILURE, dead.code);
    assertTrue(dead.err.startsWith("unhealthy: 127.0.0.1:" + port), dead.err);
  }
}
