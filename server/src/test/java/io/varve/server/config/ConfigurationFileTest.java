package io.varve.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFileTest {

  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Configuration load(String text) throws IOException {
    return Configuration.load(write("varve.conf", text), List.of());
  }

  private String refusal(String text) throws IOException {
    Path file = write("bad.conf", text);
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> Configuration.load(file, List.of()), text);
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.startsWith(file.toString()), message);
    return message.substring(file.toString().length());
  }

  @Test
  void directivesCommentsAndQuotesAreRead() throws IOException {
    Configuration configuration =
        load(
            """
            # a comment

              PORT 7000
            requirepass "pa ss\\x21\\""
            bind 10.0.0.1 'it'
            memtable-bytes 1mb
            bloom-bits 12.5
            target-file-size 8mb
            save ""
            client-output-buffer-limit normal 0 0 0
            client-output-buffer-limit pubsub 1 2 3
            """);
    assertEquals(7000, configuration.port());
    assertEquals("pa ss!\"", configuration.requirePass());
    assertEquals(List.of("10.0.0.1", "it"), configuration.bind());
    assertEquals(1L << 20, configuration.get(Directives.MEMTABLE_BYTES));
    assertEquals(12.5, configuration.get(Directives.BLOOM_BITS));
    assertEquals(8L << 20, configuration.get(Directives.TABLE_BYTES));
    assertEquals(0, configuration.clientOutputBufferLimits().normal().hardBytes());
    assertEquals(3, configuration.clientOutputBufferLimits().pubsub().softSeconds());
    assertEquals(List.of(), configuration.warnings());
  }

  @Test
  void whatIsWrongIsNamedWithFileAndLine() throws IOException {
    assertEquals(":2: unknown directive 'prot'", refusal("# x\nprot 1\n"));
    assertEquals(":1: port: argument couldn't be parsed into an integer", refusal("port x\n"));
    assertEquals(":1: port: argument must be between 0 and 65535 inclusive", refusal("port 65536"));
    assertEquals(":1: port: wrong number of arguments", refusal("port 1 2"));
    assertEquals(":1: port: wrong number of arguments", refusal("port"));
    assertEquals(":1: bind: wrong number of arguments", refusal("bind"));
    assertEquals(":3: unbalanced quotes", refusal("\n\nrequirepass \"abc\n"));
    assertEquals(":1: unbalanced quotes", refusal("requirepass 'abc'd"));
    assertEquals(":1: include: wrong number of arguments", refusal("include\n"));
    assertTrue(refusal("include missing.conf").startsWith(":1: include: no such file: "));
    assertTrue(
        refusal("maxmemory-policy allkeys-lru").endsWith("one of the following: noeviction"));
    assertEquals(":1: appendonly: argument must be 'yes'", refusal("appendonly no"));
    Path missing = folder.resolve("missing.conf");
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> Configuration.load(missing, List.of()));
    assertEquals(missing + ": no such file", refused.getMessage());
  }

  @Test
  void directivesOfRedisThatMeanNothingHereAreWarnedOf() throws IOException {
    Configuration configuration = load("daemonize no\nport 1\nlazyfree-lazy-expire no\n");
    Path file = folder.resolve("varve.conf");
    assertEquals(
        List.of(
            file + ":1: 'daemonize' has no effect in Varve",
            file + ":3: 'lazyfree-lazy-expire' has no effect in Varve"),
        configuration.warnings());
  }

  @Test
  void includedFilesStandInTheirPlaceAndCirclesAreFound() throws IOException {
    write("more.conf", "port 2\nhz 3\n");
    Configuration configuration = load("port 1\ninclude more.conf\nhz 4\n");
    assertEquals(2, configuration.port());
    assertEquals(4, configuration.get(Directives.HZ));
    write("bad.conf", "include circle.conf\n");
    Path circle = write("circle.conf", "include bad.conf\n");
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> Configuration.load(circle, List.of()));
    assertTrue(String.valueOf(refused.getMessage()).contains("in a circle"));
  }

  @Test
  void optionsWinOverTheFile() throws IOException {
    Path file = write("varve.conf", "port 1\nhz 20\n");
    Configuration configuration =
        Configuration.load(file, List.of(ConfigurationLine.ofOption("port", List.of("3"))));
    assertEquals(3, configuration.port());
    assertEquals(20, configuration.get(Directives.HZ));
    ConfigurationException refused =
        assertThrows(
            ConfigurationException.class,
            () ->
                Configuration.load(
                    null, List.of(ConfigurationLine.ofOption("port", List.of("x")))));
    assertEquals("--port: port: argument couldn't be parsed into an integer", refused.getMessage());
  }

  @Test
  void rewriteKeepsCommentsAndChangesWhatDiffers() throws IOException {
    String before =
        """
        # first
        port 1
        hz 5
        # second
        hz 20
        daemonize no
        maxclients 10
        """;
    Path file = write("varve.conf", before);
    Configuration configuration = Configuration.load(file, List.of());
    configuration.rewrite(null);
    assertEquals(before, Files.readString(file));
    configuration.set(List.of("hz", "30", "requirepass", "a \"b\"", "maxmemory", "2mb"));
    configuration.set(
        List.of("client-output-buffer-limit", "normal 1 2 3", "slowlog-max-len", "128"));
    configuration.rewrite(null);
    assertEquals(
        """
        # first
        port 1
        # second
        hz 30
        daemonize no
        maxclients 10

        # Generated by CONFIG REWRITE
        requirepass "a \\"b\\""
        client-output-buffer-limit normal 1 2 3 slave 268435456 67108864 60 pubsub 33554432 8388608 60
        maxmemory 2mb
        """,
        Files.readString(file));
    Configuration again = Configuration.load(file, List.of());
    assertEquals(configuration.match(List.of("*")), again.match(List.of("*")));
    again.set(List.of("maxmemory", "3mb"));
    again.rewrite(null);
    assertEquals(1, Files.readString(file).split("Generated", -1).length - 1);
  }

  @Test
  void rewriteOverridesWhatAnIncludedFileSays() throws IOException {
    write("more.conf", "hz 7\n");
    Path file = write("varve.conf", "hz 6\ninclude more.conf\n");
    Configuration configuration = Configuration.load(file, List.of());
    configuration.set(List.of("hz", "8"));
    configuration.rewrite(null);
    assertEquals(8, Configuration.load(file, List.of()).get(Directives.HZ));
  }

  @Test
  void rewritePutsUsersWhereTheyStoodOrAtTheEnd() throws IOException {
    Path file = write("varve.conf", "user bob on\n# about time\nhz 6\nuser carol off\n");
    Configuration configuration = Configuration.load(file, List.of());
    assertEquals(
        List.of("user bob on", "user carol off"),
        configuration.userLines().stream().map(ConfigurationLine::text).toList());
    configuration.rewrite(null);
    assertEquals(2, Configuration.load(file, List.of()).userLines().size());
    List<String> users = List.of("user alice on #abc ~a\"b' +@all", "user default on nopass");
    configuration.rewrite(users);
    assertEquals(
        "user alice on \"#abc\" \"~a\\\"b'\" +@all\nuser default on nopass\n# about time\nhz 6\n",
        Files.readString(file));
    assertEquals(
        users,
        Configuration.load(file, List.of()).userLines().stream()
            .map(ConfigurationLine::text)
            .toList());
    configuration.rewrite(List.of());
    assertEquals("# about time\nhz 6\n", Files.readString(file));
    configuration.rewrite(List.of("user dora on"));
    assertEquals(
        "# about time\nhz 6\n\n# Generated by CONFIG REWRITE\nuser dora on\n",
        Files.readString(file));
  }

  @Test
  void usersOfAnIncludedFileAreNotRewritten() throws IOException {
    write("users.conf", "user bob on\n");
    Path file = write("varve.conf", "include users.conf\n");
    Configuration configuration = Configuration.load(file, List.of());
    assertEquals(1, configuration.userLines().size());
    assertThrows(
        ConfigurationException.class, () -> configuration.rewrite(List.of("user bob off")));
  }

  @Test
  void withoutAFileThereIsNothingToRewrite() {
    Configuration configuration = Configuration.defaults();
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> configuration.rewrite(null));
    assertEquals("ERR The server is running without a config file", refused.reply());
  }

  @Test
  void quotedWordsReadBackAsWhatTheyWere() {
    long seed = new Random().nextLong();
    System.out.println("ConfigurationFileTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      StringBuilder word = new StringBuilder();
      for (int i = random.nextInt(8); i > 0; i--) {
        word.append("ab \t\n\r\\\"'#xX0ä\u0001".charAt(random.nextInt(15)));
      }
      String text = word.toString();
      assertEquals(
          List.of(text, "z"), QuotedWords.split(QuotedWords.quote(text) + "  z "), "seed " + seed);
    }
  }

  @Test
  void garbageIsRefusedAndNothingElse() {
    long seed = new Random().nextLong();
    System.out.println("ConfigurationFileTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 5000; round++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "port " : "bind ");
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append((char) random.nextInt(256));
      }
      try {
        Configuration.apply(
            ConfigurationFile.parse(Path.of("f"), text.toString().lines().toList()),
            Configuration.initialValues(),
            new java.util.ArrayList<>());
      } catch (ConfigurationException e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith("f:"), () -> "seed " + seed);
      }
    }
  }
}
