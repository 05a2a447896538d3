package io.varve.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.varve.server.Server;
import io.varve.server.config.Configuration;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a GET and a SET allocate on the Java heap, from socket to engine and back: next to nothing.
///
/// Counted over all threads of the server, for pipelines of requests on one connection. What happens once for
/// a socket read (some hundreds of bytes: its submission, its group of replies, the views that reading, logging
/// and writing take of a buffer) is spread over its requests, and an object for each of them would show. The
/// compiler has to have seen the code before objects that never
/// leave a method are gone: so rounds are repeated until one of them keeps the bound, a bounded number of times.
class HotPathAllocationTest {

  private static final int PIPELINE = 128;
  private static final int BATCHES = 64;
  private static final int BATCHES_PER_ROUND = 1000;
  private static final int ROUNDS_MAX = 30;
  private static final int KEYS = 10_000;
  private static final String VALUE = "x".repeat(100);

  /// Bytes per request; the smallest object has 16, or 8 with compact headers.
  private static final double BOUND = 6;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path directory;

  @Test
  void aGetAndASetAllocateNextToNothingWhereOneEventLoopDoesAll() throws IOException {
    measure(1);
  }

  @Test
  void norDoTheyWhereWritesAreHandedToTheCommandLoop() throws IOException {
    measure(2);
  }

  private void measure(int ioThreads) throws IOException {
    Server server =
        Server.start(
            Configuration.of(
                "port",
                "0",
                "admin-port",
                "0",
                "appendfsync",
                "no",
                "io-threads",
                Integer.toString(ioThreads),
                // No flush comes in between.
                "memtable-bytes",
                "512mb",
                "dir",
                directory.toString()));
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    try (SocketChannel client = SocketChannel.open(address)) {
      String set = "*3\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$100\r\n" + VALUE + "\r\n";
      String get = "*2\r\n$3\r\nGET\r\n$16\r\nkey:%012d\r\n";
      for (int key = 0; key < KEYS; key += PIPELINE) {
        StringBuilder batch = new StringBuilder();
        for (int i = 0; i < PIPELINE; i++) {
          batch.append(set.formatted((key + i) % KEYS));
        }
        exchange(client, bytes(batch.toString()), "+OK\r\n".length());
      }
      assertAllocatesLittle("SET", client, set, "+OK\r\n");
      assertAllocatesLittle("GET", client, get, "$100\r\n" + VALUE + "\r\n");
    } finally {
      server.close();
    }
  }

  private void assertAllocatesLittle(
      String command, SocketChannel client, String request, String reply) throws IOException {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    List<ByteBuffer> batches = new ArrayList<>();
    for (int i = 0; i < BATCHES; i++) {
      ByteArrayOutputStream batch = new ByteArrayOutputStream();
      for (int j = 0; j < PIPELINE; j++) {
        batch.writeBytes(
            request.formatted(random.nextInt(KEYS)).getBytes(StandardCharsets.US_ASCII));
      }
      batches.add(bytes(batch.toString(StandardCharsets.US_ASCII)));
    }
    double least = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS_MAX && least > BOUND; round++) {
      long before = allocated();
      for (int i = 0; i < BATCHES_PER_ROUND; i++) {
        exchange(client, batches.get(i % BATCHES), reply.length());
      }
      least = Math.min(least, (allocated() - before) / (double) (BATCHES_PER_ROUND * PIPELINE));
    }
    double found = least;
    assertTrue(found <= BOUND, () -> command + " allocates " + found + " bytes, seed " + seed);
  }

  /// By all threads of the server so far.
  private long allocated() {
    long sum = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("varve")) {
        sum += threads.getThreadAllocatedBytes(thread.threadId());
      }
    }
    return sum;
  }

  private static void exchange(SocketChannel client, ByteBuffer requests, int replyBytes)
      throws IOException {
    requests.rewind();
    while (requests.hasRemaining()) {
      client.write(requests);
    }
    ByteBuffer replies = ByteBuffer.allocateDirect(PIPELINE * replyBytes);
    while (replies.hasRemaining()) {
      if (client.read(replies) < 0) {
        throw new EOFException("the server closed the connection");
      }
    }
    assertEquals('\n', replies.get(replies.limit() - 1));
  }

  private static ByteBuffer bytes(String text) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocateDirect(ascii.length).put(ascii).flip();
  }
}
