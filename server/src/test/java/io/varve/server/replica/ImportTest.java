package io.varve.server.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import io.varve.server.Server;
import io.varve.server.cli.VarveMain;
import io.varve.server.commands.BesideRedis;
import io.varve.server.commands.RandomValues;
import io.varve.server.commands.ValueText;
import io.varve.server.config.Configuration;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What a Redis has comes to us, from its file and from itself while it goes on writing.
@DisplayName("needs redis-server")
class ImportTest extends BesideRedis {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int[] DATABASES = {0, 3};
  private static final int VALUES = 25;
  private static final Importer.Options PLAIN =
      new Importer.Options(Importer.Existing.REFUSED, false, false);

  private Server server;
  private RespClient ours;
  private SplittableRandom random;

  @BeforeEach
  void startOurs() throws Exception {
    server =
        Server.start(
            Configuration.of(
                "port",
                "0",
                "admin-port",
                "0",
                "dir",
                Files.createDirectory(directory.resolve("ours")).toString()));
    ours = RespClient.connect("127.0.0.1", server.port(), PATIENCE);
    long seed = Long.getLong("varve.seed", ThreadLocalRandom.current().nextLong());
    System.out.println("seed " + seed);
    random = new SplittableRandom(seed);
  }

  @AfterEach
  void stopOurs() throws Exception {
    if (server != null) {
      ours.close();
      server.close();
    }
  }

  @Test
  void aFileIsImportedWithAllThatIsInIt() throws Exception {
    fill();
    client.call("SAVE");
    Path file = directory.resolve("redis/dump.rdb");
    try (Importer importer = new Importer(to(), PLAIN, line -> {})) {
      importer.importFile(file);
      assertEquals(2 * VALUES, importer.progress().keys());
    }
    assertAlike();
    assertEquals(Reply.Bulk.of("hello"), ours.call("FCALL", "greet", "0"));

    byte[] bytes = Files.readAllBytes(file);
    Path damaged = directory.resolve("damaged.rdb");
    byte[] flipped = bytes.clone();
    flipped[bytes.length / 2] ^= 1;
    for (byte[] content :
        List.of(flipped, java.util.Arrays.copyOf(bytes, bytes.length - 20), new byte[] {1, 2, 3})) {
      Files.write(damaged, content);
      ours.call("FLUSHALL");
      assertEquals(1, varve("import", damaged.toString(), "--to", "127.0.0.1:" + server.port()));
      assertTrue(said.matches("(?s).*(is damaged|is no RDB file).*"), () -> said);
      assertEquals(new Reply.Int(0), ours.call("DBSIZE"), "nothing of a damaged file is written");
    }
  }

  @Test
  void aRunningRedisIsFollowedWhileItGoesOnWriting() throws Exception {
    fill();
    AtomicBoolean writing = new AtomicBoolean(true);
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(() -> write(writing), Thread::startVirtualThread);
    try (Importer importer = new Importer(to(), PLAIN, line -> {})) {
      CompletableFuture<Void> run =
          CompletableFuture.runAsync(
              () -> {
                try {
                  importer.follow(Address.parse("redis://127.0.0.1:" + port));
                } catch (ImportException failed) {
                  throw new IllegalStateException(failed);
                }
              },
              Thread::startVirtualThread);
      await(() -> importer.progress().commands() > 500 || run.isDone());
      // A short break of the connection, in the middle of whatever is being written.
      assertEquals(new Reply.Int(1), client.call("CLIENT", "KILL", "TYPE", "replica"));
      long before = importer.progress().commands();
      await(() -> importer.progress().commands() > before + 1000 || run.isDone());
      writing.set(false);
      writer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      // The source tells its replicas that a key has expired when it notices itself.
      await(() -> client.call("EXISTS", "short").equals(new Reply.Int(0)));
      client.call("SET", "last", "written");
      await(() -> run.isDone() || ours.call("EXISTS", "last").equals(new Reply.Int(1)));
      assertAlike();
      assertEquals(Reply.Bulk.of("hello"), ours.call("FCALL", "greet", "0"));
      importer.stop();
      run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertTrue(importer.progress().isFollowing());
      assertTrue(importer.progress().offset() > 0);
    }
  }

  @Test
  void oneDatabaseMayBeImportedAlone() throws Exception {
    fill();
    client.call("SELECT", "0");
    assertEquals(
        0,
        varve(
            "import",
            "redis://127.0.0.1:" + port + "/3",
            "--once",
            "--to",
            "127.0.0.1:" + server.port()));
    assertEquals(new Reply.Int(0), ours.call("DBSIZE"));
    ours.call("SELECT", "3");
    assertEquals(new Reply.Int(VALUES), ours.call("DBSIZE"));
    assertTrue(said.contains("copied " + VALUES + " keys"), () -> said);
  }

  @Test
  void whatIsInTheWayIsSaid() throws Exception {
    String target = "127.0.0.1:" + server.port();
    String source = "redis://127.0.0.1:" + port;
    assertEquals(1, varve("import", source, "--to", "127.0.0.1:1"));
    assertTrue(said.contains("the target 127.0.0.1:1 cannot be reached"), () -> said);
    assertEquals(1, varve("import", "redis://127.0.0.1:1", "--to", target));
    assertTrue(said.contains("the source 127.0.0.1:1 cannot be reached"), () -> said);
    assertEquals(1, varve("import", "no-such-file.rdb", "--to", target));
    assertTrue(said.contains("no such file: no-such-file.rdb"), () -> said);
    assertEquals(2, varve("import", source, "--to", target, "--flush", "--replace"));

    client.call("CONFIG", "SET", "requirepass", "secret");
    assertEquals(1, varve("import", source, "--to", target));
    assertTrue(said.contains("refuses: NOAUTH"), () -> said);
    assertEquals(1, varve("import", "redis://:wrong@127.0.0.1:" + port, "--to", target));
    assertTrue(said.contains("refuses: WRONGPASS"), () -> said);
    client.call("AUTH", "secret");
    client.call("SET", "key", "theirs");
    String withPassword = "redis://default:secret@127.0.0.1:" + port;

    ours.call("SET", "key", "ours");
    ours.call("SET", "other", "ours");
    assertEquals(1, varve("import", withPassword, "--once", "--to", target));
    assertTrue(said.contains("the target is not empty, it has 2 keys in database 0"), () -> said);
    assertEquals(Reply.Bulk.of("ours"), ours.call("GET", "key"));
    assertEquals(0, varve("import", withPassword, "--once", "--to", target, "--replace"));
    assertEquals(Reply.Bulk.of("theirs"), ours.call("GET", "key"));
    assertEquals(Reply.Bulk.of("ours"), ours.call("GET", "other"));
    assertEquals(0, varve("import", withPassword, "--once", "--to", target, "--flush"));
    assertEquals(new Reply.Int(1), ours.call("DBSIZE"));
    assertThrows(ImportException.class, () -> Address.parse("redis://host/name"));
  }

  @Test
  void whatTheTargetRefusesEndsTheImportUnlessToldOtherwise() throws Exception {
    client.call("SET", "k".repeat(70_000), "the key is too long for us");
    client.call("SET", "key", "value");
    String target = "127.0.0.1:" + server.port();
    String source = "redis://127.0.0.1:" + port;
    assertEquals(1, varve("import", source, "--once", "--to", target));
    assertTrue(said.contains("the target refuses RESTORE kkkk"), () -> said);
    assertEquals(1, varve("import", source, "--once", "--flush", "--skip-refused", "--to", target));
    assertTrue(said.contains("1 were refused"), () -> said);
    assertEquals(Reply.Bulk.of("value"), ours.call("GET", "key"));
  }

  private String said = "";

  /// Runs the tool; [#said] is what it has said.
  private int varve(String... arguments) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    int code =
        VarveMain.run(
            configuration -> {
              throw new AssertionError("no server is started");
            },
            out,
            out,
            arguments);
    said = text.toString();
    return code;
  }

  private Address to() throws ImportException {
    return Address.parse("127.0.0.1:" + server.port());
  }

  /// Values of all types in two databases, some with expiries, and a function.
  private void fill() throws Exception {
    client.call(
        "FUNCTION",
        "LOAD",
        "#!lua name=lib\nredis.register_function('greet', function() return 'hello' end)");
    RandomValues values = new RandomValues(random);
    for (int database : DATABASES) {
      client.call("SELECT", String.valueOf(database));
      for (int i = 0; i < VALUES; i++) {
        String key = "key" + i;
        for (byte[][] command : values.commands(key)) {
          client.call(command);
        }
        if (i % 3 == 0) {
          client.call("PEXPIRE", key, String.valueOf(10_000_000 + i));
        }
      }
    }
    client.call("SELECT", "0");
  }

  /// Writes in all the ways that reach a replica, on a connection of its own.
  private void write(AtomicBoolean on) {
    try (RespClient writer = RespClient.connect("127.0.0.1", port, PATIENCE)) {
      for (int i = 0; on.get(); i++) {
        String n = String.valueOf(i);
        writer.call("SELECT", String.valueOf(DATABASES[i % 2]));
        writer.call("INCR", "counter");
        writer.call("SET", "expiring" + i % 100, n, "PX", "10000000");
        writer.call("SET", "short", n, "PX", "20");
        writer.call("MULTI");
        writer.call("RPUSH", "queue", n, "x");
        writer.call("HSET", "hash", "field" + i % 50, n);
        writer.call("EXEC");
        writer.call(
            "EVAL",
            "redis.call('ZADD', KEYS[1], ARGV[1], 'm' .. (ARGV[1] % 97)) "
                + "return redis.call('SADD', KEYS[2], ARGV[1])",
            "2",
            "sorted",
            "set",
            n);
        writer.call("SPOP", "set");
        writer.call("XADD", "stream", "*", "n", n);
        writer.call("LPOP", "queue");
        writer.call("GETDEL", "expiring" + (i + 50) % 100);
        if (i % 50 == 0) {
          writer.call("XGROUP", "CREATE", "stream", "group" + i, "0");
        }
        if (i % 10 == 0) {
          writer.call(
              "XREADGROUP", "GROUP", "group0", "alice", "COUNT", "3", "STREAMS", "stream", ">");
          writer.call("APPEND", "text", n);
          writer.call("SETRANGE", "text", "5", "over");
          writer.call("UNLINK", "queue");
        }
      }
      writer.call("SELECT", "0");
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  private void assertAlike() throws Exception {
    for (int database : DATABASES) {
      client.call("SELECT", String.valueOf(database));
      ours.call("SELECT", String.valueOf(database));
      Set<String> theirs = keys(client);
      assertEquals(theirs, keys(ours));
      for (String key : theirs) {
        assertEquals(value(client, key), value(ours, key), key);
        assertEquals(client.call("PEXPIRETIME", key), ours.call("PEXPIRETIME", key), key);
      }
    }
    client.call("SELECT", "0");
    ours.call("SELECT", "0");
  }

  /// Redis 7.0 does not tell its replicas how many entries a group has read.
  private static String value(RespClient of, String key) throws Exception {
    String text = ValueText.of(of::call, key);
    return key.equals("stream")
        ? text.replaceAll("\"entries-read\", [^,]*, \"lag\", [^]]*", "")
        : text;
  }

  private static Set<String> keys(RespClient of) throws Exception {
    List<String> keys = new ArrayList<>();
    for (Reply key : ((Reply.Array) of.call("KEYS", "*")).elements()) {
      keys.add(key.asText());
    }
    return new TreeSet<>(keys);
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("it does not come");
      }
      Thread.sleep(5);
    }
  }
}
