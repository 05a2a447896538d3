package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Far more data than a memtable holds: many flushes and merges run while it is loaded, partly
/// deleted and partly written anew. Every key then reads back right, and so it does after a kill.
///
/// `-Dvarve.it.keys=N` loads another number of keys (default 2,000,000).
class LoadIT {

  private static final int KEYS = Integer.getInteger("varve.it.keys", 2_000_000);
  private static final int VALUE_BYTES = 100;
  private static final int CONNECTIONS = 4;
  private static final int PIPELINE = 1000;

  /// Of all keys, these were deleted, and these written a second time.
  private static final int DELETED_ONE_IN = 50;

  private static final int REWRITTEN_ONE_IN = 20;

  /// Coprime to the number of keys unless that is a multiple of it: the order of loading is not the
  /// order of keys, so that tables overlap.
  private static final long STRIDE = 1_000_003;

  /// Of the stride, modulo the number of keys.
  private static final long INVERSE =
      BigInteger.valueOf(STRIDE).modInverse(BigInteger.valueOf(KEYS)).longValueExact();

  @Test
  void everyKeyReadsBackRightBeforeAndAfterAKill(@TempDir Path scratch)
      throws IOException, InterruptedException, ExecutionException {
    try (VarveProcess varve =
        VarveProcess.start(scratch.resolve("data"), "--memtable-bytes", "4mb")) {
      timed("load", () -> onEveryConnection(varve, LoadIT::load));
      timed("delete and rewrite", () -> onEveryConnection(varve, LoadIT::deleteAndRewrite));
      timed("read", () -> onEveryConnection(varve, LoadIT::verify));
      assertCountIsExact(varve);
      System.out.println("LoadIT: " + tables(varve) + " tables, " + bytes(varve) + " bytes");
      Assertions.assertTrue(KEYS < 200_000 || tables(varve) > 1, "nothing was flushed");
      varve.kill9();
      timed("restart", varve::restart);
      timed("read again", () -> onEveryConnection(varve, LoadIT::verify));
      assertCountIsExact(varve);
      assertEquals(0, varve.terminate(), varve::output);
    }
  }

  /// What one connection does with its share of the keys.
  private interface Share {
    void run(RespClient client, int first) throws IOException;
  }

  private interface Phase {
    void run() throws IOException, InterruptedException, ExecutionException;
  }

  private static void timed(String name, Phase phase)
      throws IOException, InterruptedException, ExecutionException {
    long start = System.nanoTime();
    phase.run();
    System.out.printf("LoadIT: %s took %.1f s%n", name, (System.nanoTime() - start) / 1e9);
  }

  private static void onEveryConnection(VarveProcess varve, Share share)
      throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Future<?>> shares = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        int first = i;
        shares.add(
            threads.submit(
                () -> {
                  try (RespClient client = varve.connect()) {
                    share.run(client, first);
                  }
                  return null;
                }));
      }
      for (Future<?> future : shares) {
        future.get();
      }
    }
  }

  private static void load(RespClient client, int first) throws IOException {
    byte[] set = bytes("SET");
    inPipelines(
        client,
        first,
        CONNECTIONS,
        number -> client.send(set, key(number), value(number, 1)),
        (number, reply) -> expect(reply, new Reply.Simple("OK"), number));
  }

  private static void deleteAndRewrite(RespClient client, int first) throws IOException {
    byte[] set = bytes("SET");
    byte[] del = bytes("DEL");
    inPipelines(
        client,
        first * REWRITTEN_ONE_IN,
        CONNECTIONS * REWRITTEN_ONE_IN,
        number -> client.send(set, key(number), value(number, 2)),
        (number, reply) -> expect(reply, new Reply.Simple("OK"), number));
    inPipelines(
        client,
        first * DELETED_ONE_IN,
        CONNECTIONS * DELETED_ONE_IN,
        number -> client.send(del, key(number)),
        (number, reply) -> expect(reply, new Reply.Int(1), number));
  }

  private static void verify(RespClient client, int first) throws IOException {
    byte[] get = bytes("GET");
    inPipelines(
        client,
        first,
        CONNECTIONS,
        number -> client.send(get, key(number)),
        (number, reply) -> expect(reply, expected(number), number));
  }

  /// How a request for a key is sent.
  private interface Sender {
    void send(long number) throws IOException;
  }

  private interface Receiver {
    void receive(long number, Reply reply);
  }

  private static void inPipelines(
      RespClient client, int first, int step, Sender sender, Receiver receiver) throws IOException {
    long[] numbers = new long[PIPELINE];
    long at = first;
    while (at < KEYS) {
      int count = 0;
      for (; count < PIPELINE && at < KEYS; at += step) {
        numbers[count] = at * STRIDE % KEYS;
        sender.send(numbers[count]);
        count++;
      }
      client.flush();
      for (int i = 0; i < count; i++) {
        receiver.receive(numbers[i], client.read());
      }
    }
  }

  private static Reply expected(long number) {
    long at = positionOf(number);
    if (at % DELETED_ONE_IN == 0) {
      return new Reply.Null();
    }
    return new Reply.Bulk(value(number, at % REWRITTEN_ONE_IN == 0 ? 2 : 1));
  }

  /// When in the order of loading a key came: the inverse of the stride.
  private static long positionOf(long number) {
    return number * INVERSE % KEYS;
  }

  private static void assertCountIsExact(VarveProcess varve) throws IOException {
    long deleted = ((long) KEYS + DELETED_ONE_IN - 1) / DELETED_ONE_IN;
    try (RespClient client = varve.connect()) {
      assertEquals(KEYS - deleted, client.call("DBSIZE").asLong(), "DBSIZE");
    }
  }

  private static void expect(Reply actual, Reply expected, long number) {
    if (!actual.equals(expected)) {
      throw new AssertionError("key " + number + ": " + actual + " and not " + expected);
    }
  }

  private static byte[] key(long keyNumber) {
    long number = keyNumber;
    byte[] key = bytes("key:0000000000");
    for (int i = key.length - 1; number > 0; i--, number /= 10) {
      key[i] = (byte) ('0' + number % 10);
    }
    return key;
  }

  /// Bytes that follow from the key and the version, and that hardly compress.
  private static byte[] value(long number, int version) {
    byte[] value = new byte[VALUE_BYTES];
    long state = number * 0x9E3779B97F4A7C15L + version;
    for (int i = 0; i < VALUE_BYTES; i++) {
      state ^= state << 13;
      state ^= state >>> 7;
      state ^= state << 17;
      value[i] = (byte) (state >>> 32);
    }
    return value;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static long tables(VarveProcess varve) throws IOException {
    try (Stream<Path> files = Files.walk(varve.directory())) {
      return files.filter(file -> file.toString().endsWith(".sst")).count();
    }
  }

  private static long bytes(VarveProcess varve) throws IOException {
    try (Stream<Path> files = Files.walk(varve.directory())) {
      return files.map(Path::toFile).mapToLong(java.io.File::length).sum();
    }
  }
}
