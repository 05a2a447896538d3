package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What SCAN promises: a key that is there from beginning to end is returned, whatever else is
/// written, deleted and expires meanwhile, and a key that was never there is not.
@ExtendWith(ServerUnderTest.class)
class ScanIT {

  private static final int STAYING = 5000;

  @Test
  void everyKeyThatStaysIsReturnedUnderConcurrentWrites() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    try (RespClient client = ServerUnderTest.connect();
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Set<String> staying = load(client, "stay:", STAYING);
      load(client, "come:", STAYING);
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        int seed = i;
        writers.add(threads.submit(() -> disturb(seed, stop)));
      }
      try {
        for (int count : new int[] {1000, 100, 10}) {
          Set<String> seen = scanAll(client, "COUNT", Integer.toString(count));
          Set<String> missing = new HashSet<>(staying);
          missing.removeAll(seen);
          assertEquals(Set.of(), missing, "COUNT " + count);
          assertTrue(seen.stream().allMatch(key -> key.matches("(stay|come|new):\\d+")));
        }
      } finally {
        stop.set(true);
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
  }

  @Test
  void aPatternReturnsItsKeysAndNoOthers() throws IOException {
    try (RespClient client = ServerUnderTest.connect()) {
      Set<String> users = load(client, "user:", 1000);
      load(client, "a", 500);
      load(client, "z", 500);
      assertEquals(users, scanAll(client, "MATCH", "user:*"));
      assertEquals(users, scanAll(client, "MATCH", "user:*", "COUNT", "1000000"));
      assertEquals(users, scanAll(client, "COUNT", "7", "MATCH", "*s?r:*", "TYPE", "string"));
      assertEquals(Set.of("user:7"), scanAll(client, "MATCH", "user:7"));
      assertEquals(Set.of(), scanAll(client, "MATCH", "nothing*"));
      assertEquals(2000, scanAll(client).size());
    }
  }

  @Test
  void manyIterationsGoOnSideBySide() throws IOException {
    try (RespClient client = ServerUnderTest.connect()) {
      Set<String> expected = load(client, "key:", 2000);
      int iterations = 20;
      String[] cursors = new String[iterations];
      List<Set<String>> seen = new ArrayList<>();
      for (int i = 0; i < iterations; i++) {
        cursors[i] = "0";
        seen.add(new HashSet<>());
      }
      boolean going = true;
      for (int round = 0; going; round++) {
        going = false;
        for (int i = 0; i < iterations; i++) {
          if (round > 0 && cursors[i].equals("0")) {
            continue;
          }
          cursors[i] = page(client, cursors[i], seen.get(i), "COUNT", Integer.toString(50 + i));
          going |= !cursors[i].equals("0");
        }
      }
      for (Set<String> one : seen) {
        assertEquals(expected, one);
      }
    }
  }

  @Test
  void aDatabaseIsScannedAlone() throws IOException {
    try (RespClient client = ServerUnderTest.connect()) {
      Set<String> zero = load(client, "zero:", 300);
      client.call("SELECT", "1");
      Set<String> one = load(client, "one:", 300);
      assertEquals(one, scanAll(client));
      client.call("SELECT", "0");
      assertEquals(zero, scanAll(client));
    }
  }

  private static Void disturb(int seed, AtomicBoolean stop) throws IOException {
    Random random = new Random(seed);
    try (RespClient client = ServerUnderTest.connect()) {
      while (!stop.get()) {
        int number = random.nextInt(STAYING);
        switch (random.nextInt(5)) {
          case 0 -> client.call("SET", "new:" + random.nextInt(100_000), "v");
          case 1 -> client.call("DEL", "come:" + number);
          case 2 -> client.call("SET", "stay:" + number, "again");
          case 3 -> client.call("SET", "come:" + number, "v", "PX", "5");
          default -> client.call("RENAME", "stay:" + number, "stay:" + number);
        }
      }
    }
    return null;
  }

  private static Set<String> load(RespClient client, String prefix, int count) throws IOException {
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < count; i++) {
      keys.add(prefix + i);
      client.send("SET", prefix + i, "v");
    }
    client.flush();
    for (int i = 0; i < count; i++) {
      assertEquals(new Reply.Simple("OK"), client.read());
    }
    return keys;
  }

  private static Set<String> scanAll(RespClient client, String... options) throws IOException {
    Set<String> seen = new HashSet<>();
    String cursor = "0";
    do {
      cursor = page(client, cursor, seen, options);
    } while (!cursor.equals("0"));
    return seen;
  }

  /// Adds the keys of one call and returns the next cursor.
  private static String page(RespClient client, String cursor, Set<String> seen, String... options)
      throws IOException {
    String[] request = new String[2 + options.length];
    request[0] = "SCAN";
    request[1] = cursor;
    System.arraycopy(options, 0, request, 2, options.length);
    List<Reply> reply = client.call(request).asList();
    for (Reply key : reply.get(1).asList()) {
      seen.add(key.asText());
    }
    return reply.getFirst().asText();
  }
}
