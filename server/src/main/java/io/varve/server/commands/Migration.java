package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import io.varve.server.keyspace.KeyEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The talk with the server that keys move to, on a thread of its own.
///
/// Made and read by the command loop, before and after it runs: what hands it over is the end of the
/// thread, which comes back through the loop's queue. The target is given up if nothing gets through to
/// it, or comes from it, for the time that the client has named.
final class Migration implements Runnable {

  private static final int CHUNK_BYTES = 64 << 10;

  private static final String NOT_CONNECTED = "IOERR error or timeout connecting to the client";
  private static final String NOT_WRITTEN = "IOERR error or timeout writing to target instance";
  private static final String NOT_READ = "IOERR error or timeout reading from target instance";

  /// A key and what it held when it was looked up.
  ///
  /// @param payload as DUMP gives it
  /// @param expiryMillis milliseconds since the epoch, or [KeyEntry#NO_EXPIRY]
  record MovingKey(Slice key, Slice payload, long expiryMillis) {}

  /// Where the keys go.
  ///
  /// @param user null for the default one
  /// @param password null for none
  record Target(
      String host,
      String port,
      long database,
      long timeoutMillis,
      boolean replace,
      @Nullable String user,
      @Nullable String password) {}

  /// The target has refused something; its words.
  private static final class RefusedByTargetException extends Exception {
    private static final long serialVersionUID = 1L;

    private RefusedByTargetException(String reply) {
      super(reply);
    }
  }

  private final Target target;
  private final int database;
  private final boolean copy;
  private final List<MovingKey> keys;
  private final long nowMillis;
  private final long madeNanos = System.nanoTime();
  private final List<MovingKey> arrived = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicLong progress = new AtomicLong();
  private @Nullable String error;

  /// @param database that the keys are of
  /// @param nowMillis when they were looked up
  Migration(Target target, int database, boolean copy, List<MovingKey> keys, long nowMillis) {
    this.target = target;
    this.database = database;
    this.copy = copy;
    this.keys = keys;
    this.nowMillis = nowMillis;
  }

  /// @param then called when it has ended, on a thread of its own
  void start(Runnable then) {
    Thread.ofVirtual()
        .name("varve-migrate")
        .start(
            () -> {
              try {
                run();
              } finally {
                then.run();
              }
            });
  }

  int database() {
    return database;
  }

  boolean isCopy() {
    return copy;
  }

  /// The keys that the target has said to have.
  List<MovingKey> arrived() {
    return arrived;
  }

  /// What went wrong first, as an error reply; null if nothing did.
  @Nullable String error() {
    return error;
  }

  @Override
  public void run() {
    try (RespClient client = connect()) {
      Thread.ofVirtual().name("varve-migrate-watch").start(() -> watch(client));
      talk(client);
    } catch (RefusedByTargetException refused) {
      failed("ERR Target instance replied with error: " + refused.getMessage());
    } catch (IOException | IllegalArgumentException unreachable) {
      failed(NOT_CONNECTED);
    } finally {
      ended.countDown();
    }
  }

  private RespClient connect() throws IOException {
    return RespClient.connect(
        target.host, Integer.parseInt(target.port), Duration.ofMillis(target.timeoutMillis));
  }

  private void talk(RespClient client) throws RefusedByTargetException {
    try {
      if (target.password != null) {
        List<String> words = new ArrayList<>(List.of("AUTH"));
        if (target.user != null) {
          words.add(target.user);
        }
        words.add(target.password);
        requireOk(client.call(words.toArray(new String[0])));
      }
      requireOk(client.call("SELECT", String.valueOf(target.database)));
    } catch (IOException _) {
      failed(NOT_READ);
      return;
    }
    // One after the other: so what is known of each is known, whatever becomes of the connection.
    for (MovingKey key : keys) {
      try {
        send(client, key);
      } catch (IOException _) {
        failed(NOT_WRITTEN);
        return;
      }
      try {
        requireOk(client.read());
        progress.incrementAndGet();
        arrived.add(key);
      } catch (RefusedByTargetException refused) {
        failed("ERR Target instance replied with error: " + refused.getMessage());
      } catch (IOException _) {
        failed(NOT_READ);
        return;
      }
    }
  }

  private void send(RespClient client, MovingKey key) throws IOException {
    long ttl =
        key.expiryMillis == KeyEntry.NO_EXPIRY
            ? 0
            : Math.max(1, key.expiryMillis - nowMillis - millisSinceThen());
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    head.writeBytes(ascii("*" + (target.replace ? 5 : 4) + "\r\n"));
    bulk(head, ascii("RESTORE"));
    bulk(head, key.key.toByteArray());
    bulk(head, ascii(String.valueOf(ttl)));
    head.writeBytes(ascii("$" + key.payload.length() + "\r\n"));
    client.sendRaw(head.toByteArray());
    for (int at = 0; at < key.payload.length(); at += CHUNK_BYTES) {
      int bytes = Math.min(CHUNK_BYTES, key.payload.length() - at);
      client.sendRaw(
          new Slice(key.payload.segment(), key.payload.offset() + at, bytes).toByteArray());
      progress.incrementAndGet();
    }
    client.sendRaw(ascii("\r\n"));
    if (target.replace) {
      client.sendRaw("$7\r\nREPLACE\r\n");
    }
    client.flush();
    progress.incrementAndGet();
  }

  /// Keys that are sent last have waited for the others.
  private long millisSinceThen() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - madeNanos);
  }

  /// Reads time out by themselves, writes do not: closes the connection if nothing moves.
  private void watch(RespClient client) {
    try {
      long seen = -1;
      while (!ended.await(target.timeoutMillis, TimeUnit.MILLISECONDS)) {
        long now = progress.get();
        if (now == seen) {
          client.close();
          return;
        }
        seen = now;
      }
    } catch (InterruptedException | IOException _) {
      // Nobody interrupts it; and what cannot be closed is closed by the other thread.
    }
  }

  private void failed(String reply) {
    if (error == null) {
      error = reply;
    }
  }

  private static void requireOk(Reply reply) throws RefusedByTargetException {
    if (reply instanceof Reply.Failure(String text)) {
      throw new RefusedByTargetException(text);
    }
  }

  private static void bulk(ByteArrayOutputStream out, byte[] bytes) {
    out.writeBytes(ascii("$" + bytes.length + "\r\n"));
    out.writeBytes(bytes);
    out.writeBytes(ascii("\r\n"));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
