package io.varve.server.net;

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

/// Prints what a GET and a SET allocate, in a JVM of its own: the compiler removes objects only where it has
/// not seen other uses of the same code, and a JVM full of tests has seen many.
///
/// Counted over all threads of the server, for pipelines of requests on one connection. Objects that never leave a
/// method are gone once the code is compiled: so rounds are repeated until one of them keeps the bound, a
/// bounded number of times.
final class AllocationProbe {

  private static final int PIPELINE = 128;
  private static final int BATCHES = 64;
  private static final int BATCHES_PER_ROUND = 1000;
  private static final int ROUNDS_MAX = 30;
  private static final int KEYS = 10_000;
  private static final String VALUE = "x".repeat(100);

  /// Bytes per request; the smallest object has 16, or 8 with compact headers.
  static final double BOUND = 6;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private AllocationProbe() {}

  /// @param args number of event loops, folder for a store
  public static void main(String[] args) throws IOException {
    measure(Integer.parseInt(args[0]), Path.of(args[1]));
  }

  private static void measure(int ioThreads, Path directory) throws IOException {
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
      System.out.println("SET " + allocatedBy(client, set, "+OK\r\n"));
      System.out.println("GET " + allocatedBy(client, get, "$100\r\n" + VALUE + "\r\n"));
    } finally {
      server.close();
    }
  }

  /// The least bytes per request of all rounds until one keeps the bound.
  private static double allocatedBy(SocketChannel client, String request, String reply)
      throws IOException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
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
    return least;
  }

  /// By all threads of the server so far.
  private static long allocated() {
    long sum = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("varve")) {
        sum += THREADS.getThreadAllocatedBytes(thread.threadId());
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
    if (replies.get(replies.limit() - 1) != '\n') {
      throw new IOException("the replies have another length than expected");
    }
  }

  private static ByteBuffer bytes(String text) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocateDirect(ascii.length).put(ascii).flip();
  }
}
