package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Requests in a row without waiting: every one is answered, in order, however the bytes are cut.
@ExtendWith(ServerUnderTest.class)
class PipeliningIT {

  private static final long SEED = Long.getLong("varve.it.seed", System.nanoTime());
  private static final int COMMANDS = 10_000;

  @Test
  void tenThousandCommandsCutAnywhereAreAnsweredInOrder() throws Exception {
    System.out.println("PipeliningIT: -Dvarve.it.seed=" + SEED);
    Random random = new Random(SEED);
    for (int chunkMax : new int[] {1 << 20, 5000, 100}) {
      try (RespClient client = ServerUnderTest.connect()) {
        client.call("FLUSHDB");
        Script script = new Script(random);
        sendInChunks(client, script.bytes(), chunkMax, random);
        for (int i = 0; i < script.replies.size(); i++) {
          assertEquals(script.replies.get(i), client.read(), "reply " + i);
        }
      }
    }
  }

  @Test
  void aHundredThousandRequestsAreSentBeforeTheFirstReplyIsRead() throws Exception {
    int requests = 100_000;
    try (RespClient client = ServerUnderTest.connect();
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> sending =
          threads.submit(
              () -> {
                for (int i = 0; i < requests; i++) {
                  client.send("INCR", "counter");
                }
                client.flush();
                return null;
              });
      for (int i = 1; i <= requests; i++) {
        assertEquals(new Reply.Int(i), client.read());
      }
      sending.get();
    }
  }

  @Test
  void manyConnectionsAreServedAtOnce() throws Exception {
    int connections = 200;
    int rounds = 100;
    List<RespClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        clients.add(ServerUnderTest.connect());
      }
      for (int round = 1; round <= rounds; round++) {
        for (int i = 0; i < connections; i++) {
          RespClient client = clients.get(i);
          client.send("INCR", "shared");
          client.send("INCR", "own:" + i);
          client.send("GET", "own:" + i);
          client.flush();
        }
        for (RespClient client : clients) {
          client.read();
          assertEquals(new Reply.Int(round), client.read());
          assertEquals(Reply.Bulk.of(Integer.toString(round)), client.read());
        }
      }
      assertEquals(
          Integer.toString(connections * rounds),
          clients.getFirst().call("GET", "shared").asText());
    } finally {
      for (RespClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void concurrentPipelinesKeepTheirOwnOrder() throws InterruptedException, ExecutionException {
    int connections = 8;
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        String key = "key:" + i;
        running.add(threads.submit(() -> appendAndCompare(key)));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
  }

  @Test
  void largeValuesGoThroughAPipelineUnharmed() throws IOException {
    Random random = new Random(SEED);
    try (RespClient client = ServerUnderTest.connect()) {
      List<byte[]> values = new ArrayList<>();
      for (int size : new int[] {0, 1, 1000, 16_384, 65_536, 1 << 20, 5_000_000, 3, 16 << 20}) {
        byte[] value = new byte[size];
        random.nextBytes(value);
        values.add(value);
        client.send(ascii("SET"), ascii("big:" + size), value);
        client.send(ascii("GET"), ascii("big:" + size));
        client.flush();
        assertEquals(new Reply.Simple("OK"), client.read());
        assertEquals(new Reply.Bulk(value), client.read());
      }
      for (byte[] value : values) {
        Reply reply = client.call("GET", "big:" + value.length);
        assertEquals(new Reply.Bulk(value), reply);
      }
    }
  }

  private static Void appendAndCompare(String key) throws IOException {
    try (RespClient client = ServerUnderTest.connect()) {
      for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 500; i++) {
          client.send("APPEND", key, "x");
          client.send("STRLEN", key);
        }
        client.flush();
        for (int i = 1; i <= 500; i++) {
          Reply length = new Reply.Int(round * 500 + i);
          assertEquals(length, client.read());
          assertEquals(length, client.read());
        }
      }
    }
    return null;
  }

  private static void sendInChunks(RespClient client, byte[] bytes, int chunkMax, Random random)
      throws IOException {
    for (int at = 0; at < bytes.length; ) {
      int end = Math.min(bytes.length, at + 1 + random.nextInt(chunkMax));
      client.sendRaw(Arrays.copyOfRange(bytes, at, end));
      client.flush();
      at = end;
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Random requests as bytes, and the replies they must get.
  private static final class Script {
    private final ByteArrayOutputStream requests = new ByteArrayOutputStream();
    private final List<Reply> replies = new ArrayList<>();
    private final String[] values = new String[50];

    Script(Random random) {
      for (int i = 0; i < COMMANDS; i++) {
        int key = random.nextInt(values.length);
        switch (random.nextInt(6)) {
          case 0 -> {
            values[key] = i + "v".repeat(random.nextInt(200));
            add(new Reply.Simple("OK"), "SET", "key:" + key, values[key]);
          }
          case 1 -> add(value(key), "GET", "key:" + key);
          case 2 -> {
            add(new Reply.Int(values[key] == null ? 0 : 1), "DEL", "key:" + key);
            values[key] = null;
          }
          case 3 -> {
            values[key] = values[key] == null ? "y" : values[key] + "y";
            add(new Reply.Int(values[key].length()), "APPEND", "key:" + key, "y");
          }
          case 4 -> {
            requests.writeBytes(ascii("ECHO inline" + i + "\r\n"));
            replies.add(Reply.Bulk.of("inline" + i));
          }
          default ->
              add(
                  new Reply.Failure("ERR wrong number of arguments for 'get' command"),
                  "GET",
                  "a",
                  "b");
        }
      }
    }

    byte[] bytes() {
      return requests.toByteArray();
    }

    private Reply value(int key) {
      return values[key] == null ? new Reply.Null() : Reply.Bulk.of(values[key]);
    }

    private void add(Reply reply, String... request) {
      replies.add(reply);
      requests.writeBytes(ascii("*" + request.length + "\r\n"));
      for (String argument : request) {
        requests.writeBytes(ascii("$" + argument.length() + "\r\n" + argument + "\r\n"));
      }
    }
  }
}
